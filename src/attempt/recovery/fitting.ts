import type { Chunk, ChunkChoice, ReplyHead } from '../../contract/index.ts'

/** Fits the chunks of another stream to what was shown of a broken one. */
export interface Fitting {
  /** The chunk as the client gets it; undefined if it is left out; `departed` if it does not fit what was shown. */
  add: (chunk: Chunk) => Chunk | undefined | 'departed'
}

/** A chunk under the head of the broken stream, with those of its choices that are left; undefined if it is empty then. */
export function fittedChunk(
  chunk: Chunk,
  { id, created, model }: ReplyHead,
  choices: readonly ChunkChoice[],
): Chunk | undefined {
  // A chunk without choices from the start has something else to say.
  if (choices.length === 0 && chunk.choices.length > 0 && !chunk.usage) return undefined
  return { ...chunk, id, created, model, choices }
}
