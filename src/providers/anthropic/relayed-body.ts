import { isPacked } from '../../text/carried-thoughts.ts'
import {
  blocksOf,
  canThink,
  isObject,
  isPlain,
  isThought,
  lastQuestion,
  withoutThinking,
} from './thinking/thinking.ts'
import { readableBlocks } from './content-from-chat.ts'
import type { Block } from './content-from-chat.ts'

type Json = Readonly<Record<string, unknown>>

/**
 * Leaves out thinking without a signature, which Claude refuses: it came from another service, in an earlier turn
 * of the same conversation. If a turn of the round of tools under way then begins without a thought, this call does not
 * think either. Models of others that are behind this API, such as DeepSeek's and Kimi's, do not sign their thinking and
 * want it back.
 * Returns the same object for all other bodies.
 */
export function withoutForeignThinking(body: Json, model: string): Json {
  return withoutThoughts(body, signs(model) ? isForeign : block => isForeign(block) && !isPlain(block))
}

/**
 * Tells Claude of the sounds and videos of earlier turns and of results, for which Messages has no blocks, and refuses those of
 * the current turn, so that another provider is asked. Returns the same object for all other bodies.
 */
export function withReadableTurns(body: Json, model: string): Json {
  const { messages } = body
  if (!Array.isArray(messages) || !signs(model)) return body
  const now = messages.findLastIndex(turn => isObject(turn) && turn['role'] === 'assistant') + 1
  const readable = messages.map((turn: unknown, index) => {
    const blocks = isObject(turn) ? (blocksOf(turn) as readonly Block[]) : []
    const content = readableBlocks(blocks, `messages.${index}`, index < now)
    return content === blocks ? turn : { ...(turn as Json), content }
  })
  return readable.some((turn, index) => turn !== messages[index]) ? { ...body, messages: readable } : body
}

/** Whether a model signs its thinking: Claude does, and so may one with a name of the operator's own. */
export function signs(model: string): boolean {
  return !unsigned.test(model)
}

/** Names of models that do not sign their thinking. */
const unsigned = /deepseek|kimi|minimax|glm-|qwen|mimo|longcat/i

/** The same for thoughts that are unwanted for another reason. */
export function withoutThoughts(body: Json, isUnwanted: (block: Json) => boolean): Json {
  const { messages, thinking } = body
  if (!Array.isArray(messages)) return body
  const isLeftOut = (block: Json) => isThought(block) && isUnwanted(block)
  const turns = messages.map((turn: unknown) => withoutBlocks(turn, isLeftOut))
  const isChanged = (index: number) => turns[index] !== messages[index]
  if (!turns.some((_, index) => isChanged(index))) return body
  const asked = lastQuestion(messages)
  const hasGap = turns.some((turn, index) => index > asked && isChanged(index) && !beginsWithThought(turn))
  const cleaned = { ...body, messages: turns.filter((turn, index) => !isChanged(index) || !isEmpty(turn)) }
  return isObject(thinking) && thinking['type'] === 'enabled' && (hasGap || !canThink(cleaned))
    ? withoutThinking(cleaned)
    : cleaned
}

/** Whether a block is thinking that the service did not sign. */
export function isForeign({ type, signature, data }: Json): boolean {
  if (type === 'redacted_thinking') return typeof data !== 'string' || data === ''
  return type === 'thinking' && (typeof signature !== 'string' || signature === '' || isPacked(signature))
}

function withoutBlocks(turn: unknown, isLeftOut: (block: Json) => boolean): unknown {
  if (!isObject(turn) || turn['role'] !== 'assistant') return turn
  const blocks = blocksOf(turn)
  const kept = blocks.filter(block => !isLeftOut(block))
  return kept.length === blocks.length ? turn : { ...turn, content: kept }
}

function beginsWithThought(turn: unknown): boolean {
  return isObject(turn) && isThought(blocksOf(turn)[0])
}

function isEmpty(turn: unknown): boolean {
  return isObject(turn) && Array.isArray(turn['content']) && turn['content'].length === 0
}
