import type { Block } from './content-from-chat.ts'
import { isForeign } from './relayed-body.ts'

/** The place of a thought in an answer: the characters of text and the calls before it. */
interface Place {
  readonly text: number
  readonly calls: number
}

/**
 * Adds its place to a block of thinking that does not come first. A chat message has its thoughts, its text and its calls
 * in three fields, but the service accepts its own turn only in the order in which it wrote it.
 */
export function withPlace(block: Block, place: Place): Block {
  return place.text === 0 && place.calls === 0 ? block : { ...block, after: place }
}

/** Puts signed thinking back where it was between the text and the calls of a turn; that of other services is left out. */
export function interleave(
  thinking: readonly Block[],
  said: readonly Block[],
  calls: readonly Block[],
): Block[] {
  const turn: Block[] = []
  let text: readonly Block[] = said
  let spoken = 0
  let called = 0
  for (const { after, ...block } of thinking.filter(each => !isForeign(each))) {
    const place = placeOf(after)
    const [before, rest] = splitText(text, place.text - spoken)
    for (const one of [...before, ...calls.slice(called, place.calls)]) turn.push(one)
    turn.push({ ...block, type: block.type })
    text = rest
    spoken = Math.max(spoken, place.text)
    called = Math.max(called, place.calls)
  }
  return [...turn, ...text, ...calls.slice(called)]
}

/** The place as a client returned it. */
function placeOf(after: unknown): Place {
  const { text, calls } = (after ?? {}) as { text?: unknown; calls?: unknown }
  const count = (value: unknown) => (Number.isSafeInteger(value) && Number(value) > 0 ? Number(value) : 0)
  return { text: count(text), calls: count(calls) }
}

/** Text up to a length, and the rest. What is not one plain text is not cut. */
function splitText(blocks: readonly Block[], length: number): [readonly Block[], readonly Block[]] {
  const [only] = blocks
  const text = only?.['text']
  if (length <= 0 || typeof text !== 'string') return [[], blocks]
  if (blocks.length > 1 || text.length <= length) return [blocks, []]
  const pieces = [text.slice(0, length), text.slice(length)].map(piece => ({
    ...only,
    type: 'text',
    text: piece,
  }))
  const [before, rest] = pieces.map(piece => (/\S/.test(piece.text) ? [piece] : []))
  return [before ?? [], rest ?? []]
}
