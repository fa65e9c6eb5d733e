import { HulumanageError } from '../../contract/index.ts'
import type { KeyFlags } from './options.ts'

/** The fields of a client that flags describe, unchecked: the schema of `clients` checks them. */
export function fieldsFrom({ role, models, chains, rateLimit, budget, expires }: KeyFlags): object {
  return {
    ...(role !== undefined && { role }),
    ...(models !== undefined && { models: listOf(models) }),
    ...(chains !== undefined && { chains: listOf(chains) }),
    ...(rateLimit !== undefined && { rate_limit: pairsOf('--rate-limit', rateLimit) }),
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

/** `usd=20,per=month` as a mapping. */
function pairsOf(flag: string, value: string): object {
  const pairs = listOf(value).map(pair => {
    const [, name, text] = /^([a-z_]+)=(.+)$/.exec(pair) ?? []
    if (name !== undefined && text !== undefined) return [name, numberOr(text)] as const
    throw new HulumanageError('invalid_value', `${flag}: expected pairs such as usd=20,per=month`)
  })
  return Object.fromEntries(pairs)
}

/** The number that a text shows, or else the text itself. */
function numberOr(text: string): number | string {
  return /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : text
}
