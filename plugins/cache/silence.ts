import { saysSomething } from '../../src/chat/read/message.ts'
import type { Chunk, Completion } from '../../src/contract/index.ts'

// An empty answer is passed on to its client, but a model that is asked again may say more.

/** Whether every choice of a whole answer says something. */
export function isSpoken({ choices }: Completion): boolean {
  return choices.every(({ message }) => saysSomething(message))
}

/** Whether each of `count` choices says something in these chunks. Stops reading once it is known. */
export function areSpoken(chunks: Iterable<Chunk>, count: number): boolean {
  const spoken = new Set<number>()
  for (const { choices } of chunks) {
    for (const { index, delta } of choices) if (saysSomething(delta)) spoken.add(index)
    if (spoken.size >= count) return true
  }
  return false
}
