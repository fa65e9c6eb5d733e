import { mapReply } from '../../../src/plugin.ts'
import type { Candidate, Candidates, ChatRequest } from '../../../src/plugin.ts'

/** Alternatives to each token that are asked for. */
const alternatives = 5
/** Tokens over which confidence is averaged: the least sure stretch of an answer counts. */
const stretch = 1024

/** The request, asking for log probabilities; a service that does not support them may leave them out. */
export function withLogprobs(request: ChatRequest): ChatRequest {
  const { top_logprobs: given } = request
  const top = typeof given === 'number' ? Math.max(given, alternatives) : alternatives
  return { ...request, logprobs: true, top_logprobs: top }
}

/** Candidates whose answers contain no log probabilities, unless the client asked for them. */
export function hideLogprobs([first, ...others]: Candidates, request: ChatRequest): Candidates {
  if (request['logprobs'] === true) return [first, ...others]
  return [hideFrom(first), ...others.map(hideFrom)]
}

function hideFrom(candidate: Candidate): Candidate {
  const answer = () =>
    mapReply(candidate.answer(), chunk => ({
      ...chunk,
      choices: chunk.choices.map(choice => ({ ...choice, logprobs: null })),
    }))
  return { ...candidate, answer }
}

/** How sure a model was of an answer. */
export interface Confidence {
  /** Mean probability of the tokens of its least sure stretch, above 0 and at most 1. */
  readonly probability: number
  /**
   * How peaked the choice of each token was there, by the mean log probability of its alternatives (DeepConf). Comparable
   * only between answers of one model.
   */
  readonly peak: number
}

/** Reads the confidence from the log probabilities of a candidate; undefined without any. */
export function confidenceOf({ logprobs }: Pick<Candidate, 'logprobs'>): Confidence | undefined {
  const tokens = listIn(logprobs, 'content')
  const chosen = tokens.map(token => numberIn(token, 'logprob'))
  if (chosen.length === 0 || !chosen.every(value => value !== undefined)) return undefined
  const peaks = tokens.map((token, at) => {
    const others = listIn(token, 'top_logprobs').flatMap(other => numberIn(other, 'logprob') ?? [])
    return others.length > 1 ? -meanOf(others) : chosen[at]!
  })
  return { probability: Math.exp(Math.min(0, lowestMean(chosen))), peak: lowestMean(peaks) }
}

/** The lowest mean of as many successive values as a stretch has. */
function lowestMean(values: readonly number[]): number {
  const size = Math.min(stretch, values.length)
  let sum = values.slice(0, size).reduce((before, value) => before + value, 0)
  let lowest = sum
  for (let at = size; at < values.length; at++) {
    sum += values[at]! - values[at - size]!
    lowest = Math.min(lowest, sum)
  }
  return lowest / size
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

function fieldIn(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined
}

function listIn(value: unknown, name: string): readonly unknown[] {
  const list = fieldIn(value, name)
  return Array.isArray(list) ? list : []
}

/** A log probability; services that know none send null, -9999 or text. */
function numberIn(value: unknown, name: string): number | undefined {
  const number = fieldIn(value, name)
  return typeof number === 'number' && Number.isFinite(number) ? Math.max(number, -100) : undefined
}
