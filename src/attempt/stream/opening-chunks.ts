import type { Fields } from '../../chat/read/fields.ts'
import type { Chunk, ReplyHead } from '../../contract/index.ts'
import { frame } from '../../text/sse.ts'
import type { QueuedEvents } from './event-queue.ts'

/**
 * The chunks before the first content with the names of the answer, which they may lack. One without choices becomes part of
 * the next: Azure begins with the results of a filter, and clients look for a choice in every chunk. Those that no other
 * follows become one.
 */
export function withHead(events: readonly QueuedEvents[], head: ReplyHead): readonly QueuedEvents[] {
  const chunks = events.flatMap(({ chunk }) => chunk ?? [])
  if (chunks.every(chunk => isNamed(chunk, head) && !isBare(chunk))) return events
  const { id, created, model } = head
  const named: Chunk[] = []
  let bare: Fields | undefined
  for (const chunk of chunks) {
    const { choices, usage: _usage, ...fields } = chunk
    if (isBare(chunk)) bare = { ...bare, ...fields }
    else {
      named.push({ ...bare, ...chunk, id, created, model, choices })
      bare = undefined
    }
  }
  if (bare) named.push({ object: 'chat.completion.chunk', ...bare, id, created, model, choices: [] })
  return named.map(chunk => ({ frames: frame(JSON.stringify(chunk)), chunk }))
}

function isNamed(chunk: Chunk, { id, model }: ReplyHead): boolean {
  return chunk.id === id && chunk.model === model
}

/** Whether a chunk has neither choices nor usage. */
function isBare({ choices, usage }: Chunk): boolean {
  return choices.length === 0 && !usage
}
