import { ObjectEnd } from '../../chat/object-end.ts'
import type { ChunkChoice } from '../../contract/index.ts'
import type { Changes } from './changed-choices.ts'

/**
 * Reduces each answer to the JSON object in it, for services that can only be told to write nothing else: models like to
 * put it into a code fence. A text without an object stays as it is.
 */
export const objectAnswers: Changes = {
  whole: choice => {
    const content = choice.message?.content
    if (typeof content !== 'string') return choice
    const found = new FoundObject()
    const text = found.add(content) + found.end()
    return text === content ? choice : { ...choice, message: { ...choice.message, content: text } }
  },
  pieces: () => {
    const all = new Map<number, FoundObject>()
    return {
      change: choice => {
        const found = all.get(choice.index) ?? new FoundObject()
        all.set(choice.index, found)
        return pieceOf(choice, found)
      },
    }
  },
}

function pieceOf(choice: ChunkChoice, found: FoundObject): ChunkChoice {
  const { delta, finish_reason: finish } = choice
  const sent = delta?.content
  const text = (typeof sent === 'string' ? found.add(sent) : '') + (finish ? found.end() : '')
  if (text === (sent ?? '')) return choice
  const { content: _content, ...rest } = delta ?? {}
  return { ...choice, delta: text === '' ? rest : { ...rest, content: text } }
}

/** The beginning of an object. Other braces belong to the text before it, as in `{1, 2}`. */
const beginning = /\{\s{0,64}["}]/
/** A text that may end with the beginning of an object. */
const open = /\{\s{0,64}$/

/** The object in a text that arrives in pieces. */
class FoundObject {
  readonly #end = new ObjectEnd()
  /** The text before the object, as long as none has begun. */
  #before: string | undefined = ''
  /** The text behind it that may begin the object. */
  #open = ''

  /** The part of the object in this piece. */
  add(piece: string): string {
    if (this.#before === undefined) return this.#within(piece)
    const text = this.#open + piece
    const start = text.search(beginning)
    if (start >= 0) {
      this.#before = undefined
      return this.#within(text.slice(start))
    }
    const end = text.search(open)
    this.#before += end < 0 ? text : text.slice(0, end)
    this.#open = end < 0 ? '' : text.slice(end)
    return ''
  }

  /** The whole text, if there was no object in it. */
  end(): string {
    const text = this.#before === undefined ? '' : this.#before + this.#open
    this.#before = undefined
    return text
  }

  #within(piece: string): string {
    if (this.#end.reached) return ''
    return piece.slice(0, this.#end.add(piece))
  }
}
