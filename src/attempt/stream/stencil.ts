import { charactersBeside } from '../../chat/estimate.ts'
import type { Chunk } from '../../contract/index.ts'
import type { Frames } from './frames.ts'

/** The fields of a delta whose text may differ from frame to frame. */
const textFields = ['content', 'reasoning_content', 'reasoning', 'refusal'] as const
type TextField = (typeof textFields)[number]

/** The fields of random text with which OpenAI and Mistral hide the length of an event. */
const paddingFields = ['obfuscation', 'p'] as const

type FieldName = TextField | (typeof paddingFields)[number]

/** Finds the beginning of a field's text. Within a string, a backslash precedes each quote, so that only names match. */
const patterns: Readonly<Record<FieldName, RegExp>> = {
  content: /"content"\s*:\s*"/g,
  reasoning_content: /"reasoning_content"\s*:\s*"/g,
  reasoning: /"reasoning"\s*:\s*"/g,
  refusal: /"refusal"\s*:\s*"/g,
  obfuscation: /"obfuscation"\s*:\s*"/g,
  p: /"p"\s*:\s*"/g,
}

/** Characters counted for a frame whose padding hides how many there are: about a token. */
const paddedCharacters = 4

/** Characters beside the text that a piece may repeat without being counted: some services send empty lists. */
const maxBeside = 64

/** Fills the holes while a stencil is checked. */
const mark = '#'

/**
 * A valid frame with holes in place of its texts. Nearly every frame of a stream fits the stencil of the one before it, and
 * such a frame is valid, too: it differs from a valid one in the content of strings alone.
 */
export class Stencil {
  /** The text before, between and after the holes. Each piece after a hole begins with the quote that ends its string. */
  readonly #pieces: readonly string[]
  readonly #namesUsage: boolean
  /** Length of a frame without the texts in its holes. */
  readonly #frameLength: number
  readonly #isPadded: boolean

  private constructor(pieces: readonly string[], namesUsage: boolean) {
    this.#pieces = pieces.map(copied)
    this.#frameLength = pieces.reduce((length, piece) => length + piece.length, 0)
    this.#isPadded = pieces.length > 2
    this.#namesUsage = namesUsage
  }

  /** Cuts a stencil from the frame of a valid chunk; undefined if it contains more than a text of the first choice. */
  static cut(frame: string, { choices, usage }: Chunk): Stencil | undefined {
    const [choice, ...others] = choices
    if (!choice || others.length > 0 || choice.finish_reason != null || usage != null) return undefined
    const { delta } = choice
    const field = textFields.find(name => typeof delta[name] === 'string' && delta[name] !== '')
    if (field === undefined || delta.tool_calls !== undefined) return undefined
    if (charactersBeside(choice) > maxBeside) return undefined
    const pieces = piecesOf(frame, field)
    return pieces && isSound(pieces.join(mark), field) ? new Stencil(pieces, usage === null) : undefined
  }

  /** The frames from `from` on that fit, maybe none. */
  framesIn(text: string, from: number): Frames {
    let end = from
    let count = 0
    for (let next = this.#endOfFrame(text, from); next !== -1; next = this.#endOfFrame(text, next)) {
      end = next
      count++
    }
    const characters = this.#isPadded ? count * paddedCharacters : end - from - count * this.#frameLength
    return { text: text.slice(from, end), count, characters, namesUsage: this.#namesUsage }
  }

  /** The end of the frame that begins at `from`; -1 if it does not fit. */
  #endOfFrame(text: string, from: number): number {
    const pieces = this.#pieces
    let at = endOf(pieces[0]!, text, from)
    for (let index = 1; index < pieces.length && at !== -1; index++) {
      const end = endOfString(text, at)
      at = end === -1 ? -1 : endOf(pieces[index]!, text, end)
    }
    return at
  }
}

/** The same text in its own memory: a slice would keep the whole text alive. */
function copied(piece: string): string {
  return Buffer.from(piece).toString()
}

/** The end of a piece, if it is at `from`; otherwise -1. Several times faster than `startsWith`. */
function endOf(piece: string, text: string, from: number): number {
  const end = from + piece.length
  return text.slice(from, end) === piece ? end : -1
}

/** The pieces of a frame around the text of its delta, and around its padding. */
function piecesOf(frame: string, field: TextField): string[] | undefined {
  const start = valueOf(frame, field, frame.indexOf('"delta"'))
  const end = start === -1 ? -1 : endOfString(frame, start)
  if (end === -1) return undefined
  for (const name of paddingFields) {
    const padding = valueOf(frame, name, end)
    const paddingEnd = padding === -1 ? -1 : endOfString(frame, padding)
    if (paddingEnd !== -1) return [frame.slice(0, start), frame.slice(end, padding), frame.slice(paddingEnd)]
  }
  return [frame.slice(0, start), frame.slice(end)]
}

/** The place where the text of a field begins, after its quote; -1 if the frame lacks the field. */
function valueOf(frame: string, field: FieldName, from: number): number {
  const pattern = patterns[field]
  pattern.lastIndex = from
  return pattern.test(frame) ? pattern.lastIndex : -1
}

/** Whether the marks in the holes arrive as the text of the delta and as padding. */
function isSound(frame: string, field: TextField): boolean {
  const value = JSON.parse(frame.slice(frame.indexOf('{'))) as Chunk
  const isPadded = paddingFields.every(name => (value[name] ?? '') === '' || value[name] === mark)
  return isPadded && value.choices[0]?.delta[field] === mark
}

const quote = 0x22
const backslash = 0x5c
const escapes = new Set(Buffer.from('"\\/bfnrt'))

/** The place of the quote that ends the JSON string whose content begins at `from`; -1 if it is not valid, or not whole. */
function endOfString(text: string, from: number): number {
  for (let at = from; ; at++) {
    const code = text.charCodeAt(at)
    if (code === quote) return at
    if (code === backslash) {
      const width = escapeWidth(text, at + 1)
      if (width === 0) return -1
      at += width
    } else if (!(code >= 0x20)) return -1
  }
}

/** The number of characters after the backslash of an escape; 0 if it is not valid. */
function escapeWidth(text: string, at: number): number {
  if (escapes.has(text.charCodeAt(at))) return 1
  return /^u[\da-f]{4}$/i.test(text.slice(at, at + 5)) ? 5 : 0
}
