import { z } from 'zod'
import { groupByAnswer } from '../../../src/plugin.ts'
import type { AnswerGroup, Candidate, Candidates, NextWindow } from '../../../src/plugin.ts'

/** For each candidate, the number of those that share its answer, itself included. */
export function votesFor(candidates: readonly Candidate[]): ReadonlyMap<Candidate, number> {
  const groups = groupByAnswer(candidates)
  return new Map(groups.flatMap(({ members }) => members.map(member => [member, members.length])))
}

/** The params of draws that end when the vote is decided. */
export const adaptiveParams = {
  adaptive: z
    .boolean()
    .default(true)
    .describe('draw in steps and stop when the vote is decided; otherwise draw all answers at once'),
  confidence: z
    .number()
    .min(0.5)
    .max(1)
    .default(0.95)
    .describe(
      'probability that the leading answer stays ahead of the next that ends the draw; at 1, only when the missing ones cannot change the vote',
    ),
}

/** Votes for the leading answer and for the next one. */
export interface Lead {
  readonly first: number
  readonly second: number
}

/** The votes of the two most common answers. */
export function leadOf(groups: readonly AnswerGroup[]): Lead {
  const [first = 0, second = 0] = groups
    .map(({ members }) => members.length)
    .toSorted((one, other) => other - one)
  return { first, second }
}

/**
 * Whether a vote is decided: if the missing answers cannot change the leader, or if two or more agree and the leading answer
 * is more common than the next with this probability, given an even prior (a Beta distribution of their two counts).
 */
export function isDecided({ first, second }: Lead, missing: number, confidence: number): boolean {
  if (first > second + missing) return true
  return first >= 2 && confidence < 1 && leadProbability({ first, second }) > confidence
}

/** P(p > 1/2) of Beta(first + 1, second + 1): that of at most `first` heads in first + second + 1 fair tosses. */
export function leadProbability({ first, second }: Lead): number {
  const tosses = first + second + 1
  let chance = 2 ** -tosses
  let sum = 0
  for (let heads = 0; heads <= first; heads++) {
    sum += chance
    chance *= (tosses - heads) / (heads + 1)
  }
  return sum
}

/**
 * Windows for `sampleInWindows`: each is the smallest that may decide the vote, but no smaller than a quarter of `n`, rounded
 * down, so that disagreement costs few rounds.
 */
export function windowsUntilDecided(n: number, confidence: number): NextWindow {
  return (drawn, missing) => {
    const lead = leadOf(groupByAnswer(drawn))
    return isDecided(lead, missing, confidence) ? 0 : windowFor(lead, missing, n, confidence)
  }
}

interface AdaptiveParams {
  readonly adaptive: boolean
  readonly confidence: number
  readonly quorum: number
}

/** The maximum number of rounds in which `n` answers are drawn. */
export function roundsOf(n: number, { adaptive, confidence, quorum }: AdaptiveParams): number {
  if (!adaptive || quorum > 0) return 1
  const first = windowFor({ first: 0, second: 0 }, n, n, confidence)
  return 1 + Math.ceil((n - first) / quarterOf(n))
}

function windowFor({ first, second }: Lead, missing: number, n: number, confidence: number): number {
  let size = 1
  while (size < missing && !isDecided({ first: first + size, second }, missing - size, confidence)) size++
  return Math.min(missing, Math.max(size, quarterOf(n)))
}

function quarterOf(n: number): number {
  return Math.max(1, Math.floor(n / 4))
}

/** For each of these candidates, the number of those in its group. */
export function drawsOf(candidates: readonly Candidate[], groups: readonly AnswerGroup[]): readonly number[] {
  return candidates.map(
    candidate => groups.find(({ members }) => members.includes(candidate))?.members.length ?? 1,
  )
}

/** The candidates of several groups, one for each, with the most common answer first; ties keep their order. */
export function oneOfEach(groups: readonly AnswerGroup[]): Candidates {
  const [first, ...rest] = groups
    .toSorted((one, other) => other.members.length - one.members.length)
    .map(group => group.first)
  return [first!, ...rest]
}
