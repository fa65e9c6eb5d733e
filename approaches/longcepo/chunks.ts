/** The places at which a text may be cut, the best first. */
const seams = [/\n\s*\n/g, /\n/g, /[.!?。！？]["')\]]?\s/g, /\s/g]

/** Share of a chunk, at its end, in which to look for a seam. */
const searchedShare = 0.25

interface ChunkOptions {
  /** Maximum number of characters in a chunk. */
  readonly size: number
  /** Approximate number of characters that a chunk shares with the previous one. */
  readonly overlap: number
  /** Maximum number of chunks. */
  readonly maxChunks: number
}

/**
 * Cuts a text into overlapping chunks, if possible between paragraphs, lines, sentences or words. If
 * `maxChunks` chunks of `size` are not enough, the chunks become larger: nothing is left out.
 */
export function chunksOf(text: string, { size, overlap, maxChunks }: ChunkOptions): string[] {
  const minimum = maxChunks === 1 ? text.length : Math.ceil(text.length / maxChunks)
  for (let length = Math.max(size, minimum); ; length = Math.ceil(length * 1.1)) {
    const chunks = cut(text, length, Math.min(overlap, Math.floor(length / 4)))
    if (chunks.length <= maxChunks) return chunks
  }
}

function cut(text: string, size: number, overlap: number): string[] {
  const chunks: string[] = []
  let from = 0
  while (text.length - from > size) {
    const end = from + seamIn(text.slice(from, from + size))
    chunks.push(text.slice(from, end))
    from = overlap === 0 ? end : startIn(text, end - overlap, end)
  }
  return [...chunks, text.slice(from)]
}

/** The position after the last of the best seams near the end; without a seam, the end, but never within a character. */
function seamIn(chunk: string): number {
  const from = Math.floor(chunk.length * (1 - searchedShare))
  const tail = chunk.slice(from)
  for (const seam of seams) {
    const last = [...tail.matchAll(seam)].at(-1)
    if (last) return from + last.index + last[0].length
  }
  return characterStart(chunk, chunk.length)
}

/** The start of the overlap: that of the next word; in a text without spaces, that of a character. */
function startIn(text: string, from: number, end: number): number {
  const blank = text.slice(from - 1, end).search(/\s/)
  return blank === -1 ? characterStart(text, from) : from + blank
}

/** The position, or the one before it if it would split a surrogate pair. */
function characterStart(text: string, at: number): number {
  const code = text.charCodeAt(at - 1)
  return at > 1 && code >= 0xd800 && code <= 0xdbff ? at - 1 : at
}
