import { isPacked } from '../../text/carried-thoughts.ts'
import { blocksOf, canThink, isObject, withoutThinking } from './thinking.ts'

type Json = Readonly<Record<string, unknown>>

/**
 * Leaves out thinking without a signature, which the service refuses: it came from another service, in an earlier turn
 * of the same conversation. If the round of tools under way has then none left, this call does not think either.
 * Returns the same object for all other bodies.
 */
export function withoutForeignThinking(body: Json): Json {
  const { messages, thinking } = body
  if (!Array.isArray(messages) || !messages.some(hasForeign)) return body
  const turns = messages.map(withoutForeign).filter(turn => !isEmpty(turn))
  const cleaned = { ...body, messages: turns }
  return isObject(thinking) && thinking['type'] === 'enabled' && !canThink(cleaned)
    ? withoutThinking(cleaned)
    : cleaned
}

/** Whether a block is thinking that the service did not sign. */
export function isForeign({ type, signature, data }: Json): boolean {
  if (type === 'redacted_thinking') return typeof data !== 'string' || data === ''
  return type === 'thinking' && (typeof signature !== 'string' || signature === '' || isPacked(signature))
}

function hasForeign(turn: unknown): boolean {
  return isObject(turn) && turn['role'] === 'assistant' && blocksOf(turn).some(isForeign)
}

function withoutForeign(turn: unknown): unknown {
  if (!isObject(turn) || !hasForeign(turn)) return turn
  return { ...turn, content: blocksOf(turn).filter(block => !isForeign(block)) }
}

function isEmpty(turn: unknown): boolean {
  return isObject(turn) && Array.isArray(turn['content']) && turn['content'].length === 0
}
