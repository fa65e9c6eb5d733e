import { HulumanageError } from '../../contract/index.ts'
import { type ChainText, parseChain } from './grammar.ts'
import type { Tree } from './grammar.ts'

/** The names that distinguish a chain from a model id. */
export interface KnownNames {
  /** Whether a step or a configured chain has this name. */
  readonly step: (name: string) => boolean
  /** Whether another server has a step of this name, so that it is meant as one. */
  readonly foreign: (name: string) => boolean
  /** Whether a provider names this id, or a pattern or prefix that it matches. */
  readonly model: (id: string) => boolean
  /** The error for a name that no step has, with a caret under it. */
  readonly unknown: (name: string, source: ChainText, at: number) => HulumanageError
}

/** The parts of a `model` field. */
export interface ModelName {
  /** Undefined if there is no chain before the model id. */
  readonly chain: Tree | undefined
  /** Empty if the whole name is a chain. */
  readonly model: string
}

const operator = /[&|()]/

/**
 * Splits a `model` field into chain and model id. A listed model id is never read as a chain, a part with an operator
 * always is. `none-` ends the chain; `auto-` is ignored.
 */
export function splitModelName(source: ChainText, known: KnownNames): ModelName {
  const { text } = source
  const start = text === 'auto' || text.startsWith('auto-') ? 5 : 0
  if (start > 0 && known.model(text)) return { chain: undefined, model: text }
  let at = start
  for (let parts = 0; at < text.length && !known.model(text.slice(at)); parts++) {
    const end = partEnd(text, at)
    const part = text.slice(at, end)
    if (!operator.test(part)) {
      if (!known.step(part)) {
        const isMeant = end < text.length && known.foreign(part)
        if (isMeant || operator.test(text.slice(end))) throw known.unknown(part, source, at)
        break
      }
    }
    at = end + 1
    // One part too many is enough: the parser reports that the chain is too long.
    if (part === 'none' || parts > source.limit) break
  }
  const chain = at > start ? parseChain(source, start, Math.min(at - 1, text.length)) : undefined
  return { chain, model: text.slice(at) }
}

/** The end of the part that starts at `at`: the next `-` outside parentheses. */
function partEnd(text: string, at: number): number {
  let level = 0
  for (; at < text.length; at++) {
    if (text[at] === '(') level++
    else if (text[at] === ')') level--
    else if (text[at] === '-' && level <= 0) break
  }
  return at
}
