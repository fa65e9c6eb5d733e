/** Where a text may be cut, the best first. */
const seams = [/\n\s*\n/g, /\n/g, /[.!?。！？]["')\]]?\s/g, /\s/g]

/** Of a chunk, the end in which a seam is looked for. */
const searched = 0.25

interface Cutting {
  /** Most characters of a chunk. */
  readonly size: number
  /** Characters that a chunk shares with the one before it, about. */
  readonly overlap: number
  /** Most chunks. */
  readonly most: number
}

/**
 * A text in chunks that overlap and together hold all of it, cut between paragraphs, lines, sentences or words where
 * there is one in reach. Where `most` chunks of `size` do not hold it, they become larger: nothing is left out.
 */
export function chunksOf(text: string, { size, overlap, most }: Cutting): string[] {
  const least = most === 1 ? text.length : Math.ceil(text.length / most)
  for (let length = Math.max(size, least); ; length = Math.ceil(length * 1.1)) {
    const chunks = cut(text, length, Math.min(overlap, Math.floor(length / 4)))
    if (chunks.length <= most) return chunks
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

/** Behind the last of the best seams near the end; at the end where there is none, but never inside of a character. */
function seamIn(chunk: string): number {
  const from = Math.floor(chunk.length * (1 - searched))
  const tail = chunk.slice(from)
  for (const seam of seams) {
    const last = [...tail.matchAll(seam)].at(-1)
    if (last) return from + last.index + last[0].length
  }
  return whole(chunk, chunk.length)
}

/** Where the overlap begins: with a word where one does. */
function startIn(text: string, from: number, end: number): number {
  const blank = text.slice(from - 1, end).search(/\s/)
  return blank === -1 ? whole(text, from) : from + blank
}

/** The position, or the one before it where it would part a surrogate pair. */
function whole(text: string, at: number): number {
  const code = text.charCodeAt(at - 1)
  return at > 1 && code >= 0xd800 && code <= 0xdbff ? at - 1 : at
}
