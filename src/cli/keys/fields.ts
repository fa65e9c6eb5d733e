import { HulumanageError } from '../../contract/index.ts'
import type { KeyFlags } from './options.ts'

/** The fields of a client that flags describe, unchecked: the schema of `clients` checks them. */
export function fieldsFrom({ role, models, chains, rateLimit, budget, expires }: KeyFlags): object {
  return {
    ...(role !== undefined && { role }),
    ...(models !== undefined && { models: listOf(models) }),
    ...(chains !== undefined && { chains: listOf(chains) }),
    ...(rateLimit !== undefined && { rate_limit: rateFrom(rateLimit) }),
    ...(budget !== undefined && { budget: pairsOf('--budget', budget) }),
    ...(expires !== undefined && { expires }),
  }
}

/** How a key is replaced, as flags describe it. */
export function rotationFrom({ grace, expires }: KeyFlags): object {
  return {
    ...(grace !== undefined && { grace: numberOr(grace) }),
    ...(expires !== undefined && { expires }),
  }
}

function listOf(value: string): readonly string[] {
  return value
    .split(',')
    .map(item => item.trim())
    .filter(item => item !== '')
}

/** `requests=100,/embeddings=200/10s` as a rate limit; a path limits its endpoint, with or without a window of its own. */
function rateFrom(value: string): object {
  const pairs = Object.entries(pairsOf('--rate-limit', value))
  const isPath = ([name]: readonly [string, unknown]) => name.startsWith('/')
  const endpoints = pairs.filter(isPath)
  return {
    ...Object.fromEntries(pairs.filter(pair => !isPath(pair))),
    ...(endpoints.length > 0 && { endpoints: Object.fromEntries(endpoints.map(withWindow)) }),
  }
}

function withWindow([path, limit]: readonly [string, number | string]): readonly [string, unknown] {
  const [, requests, window] = /^(\d+)\/(\d+(?:\.\d+)?)s$/.exec(String(limit)) ?? []
  return [path, requests === undefined ? limit : { requests: Number(requests), window: Number(window) }]
}

/** `usd=20,per=month` as a mapping. */
function pairsOf(flag: string, value: string): Record<string, number | string> {
  const pairs = listOf(value).map(pair => {
    const [, name, text] = /^([a-z_]+|\/[\w/.-]+)=(.+)$/.exec(pair) ?? []
    if (name !== undefined && text !== undefined) return [name, numberOr(text)] as const
    throw new HulumanageError('invalid_value', `${flag}: expected pairs such as usd=20,per=month`)
  })
  return Object.fromEntries(pairs)
}

/** The number that a text shows, or else the text itself. */
function numberOr(text: string): number | string {
  return /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : text
}
