import { HulumanageError } from '../../contract/index.ts'
import { type ChainText, parseChain } from './grammar.ts'
import type { Tree } from './grammar.ts'

/** What telling chain from model id needs to know. */
export interface Known {
  /** Whether a step or a configured chain has this name. */
  readonly step: (name: string) => boolean
  /** Whether a provider's `models` or `model_map` has this id. */
  readonly model: (id: string) => boolean
  /** The error for a name that is no step, with the spot shown. */
  readonly unknown: (name: string, source: ChainText, at: number) => HulumanageError
}

export interface ModelName {
  /** Absent where the name has no chain before the model id. */
  readonly chain: Tree | undefined
  /** Empty where the name is all chain. */
  readonly model: string
}

const operator = /[&|()]/

/**
 * Splits a `model` field into chain and model id. A listed model id wins over reading it as a chain; a part with an
 * operator is always a chain; `none-` ends the chain and `auto-` says nothing.
 */
export function splitModelName(source: ChainText, known: Known): ModelName {
  const { text } = source
  const start = text === 'auto' || text.startsWith('auto-') ? 5 : 0
  if (start > 0 && known.model(text)) return { chain: undefined, model: text }
  let at = start
  for (let parts = 0; at < text.length && !known.model(text.slice(at)); parts++) {
    const end = partEnd(text, at)
    const part = text.slice(at, end)
    if (!operator.test(part)) {
      if (!known.step(part)) {
        if (operator.test(text.slice(end))) throw known.unknown(part, source, at)
        break
      }
    }
    at = end + 1
    // One part more than may be: the parser says that the chain is too long.
    if (part === 'none' || parts > source.limit) break
  }
  const chain = at > start ? parseChain(source, start, Math.min(at - 1, text.length)) : undefined
  return { chain, model: text.slice(at) }
}

/** Where the part that starts at `at` ends: at the next `-` outside parentheses. */
function partEnd(text: string, at: number): number {
  let level = 0
  for (; at < text.length; at++) {
    if (text[at] === '(') level++
    else if (text[at] === ')') level--
    else if (text[at] === '-' && level <= 0) break
  }
  return at
}
