import { argumentsOf } from '../../chat/read/tool-calls.ts'
import { isEmptyObject, ObjectText } from '../../chat/object-text.ts'

/**
 * The arguments of one call as they stream, held back while they may turn out to be something else: "null" in pieces means
 * none, `{}` may be a placeholder, and a text may contain the object, which shows at its end. Some services send all of
 * the arguments again at the end: that is left out.
 */
export class StreamedArguments {
  #state: State = 'silent'
  #held = ''
  /** The text that has been passed on. */
  readonly #passed = new ObjectText()

  /** Whether the call has no arguments so far. */
  get isSilent(): boolean {
    return this.#state === 'silent' && (this.#held === '' || this.#held === 'null')
  }

  /** Whether the arguments are complete: an object that has ended, or no arguments at all (an empty text or `null`). */
  get isWhole(): boolean {
    if (this.#state === 'passed') return this.#passed.isWhole
    if (this.#state === 'silent') return this.isSilent
    const object = new ObjectText()
    object.add(argumentsOf(this.#held))
    return object.isWhole
  }

  /** Adds a piece, and returns the text that can be passed on now. */
  add(piece: string): string {
    if (this.#state === 'passed') return this.#passed.isRepeatedBy(piece) ? '' : this.#pass(piece)
    if (this.#held === '' && piece.trim() === '') return piece
    // Nothing that a placeholder would have to be read again for.
    if (this.#state === 'empty' && piece.trim() === '') return ''
    const text = (this.#beginsAgain(piece) ? '' : this.#held) + piece
    if (this.#state !== 'quoted') this.#state = stateAfter(text)
    this.#held = this.#state === 'silent' ? text.trim() : text
    return this.#state === 'passed' ? this.#pass(text) : ''
  }

  /** Ends the arguments, and returns the text that is left to pass: `{}` if there were none. */
  end(): string {
    return this.#end(argumentsOf(this.#held))
  }

  /** Ends arguments that were cut off, and returns the text that was held back. */
  cut(): string {
    return this.#end(this.isSilent ? '' : this.#held)
  }

  #beginsAgain(piece: string): boolean {
    if (this.#held === 'null') return /^\s*[{"n]/.test(piece)
    return this.#state === 'empty' && /^\s*\{/.test(piece)
  }

  #pass(text: string): string {
    this.#passed.add(text)
    return text
  }

  #end(rest: string): string {
    if (this.#state === 'passed') return ''
    this.#state = 'passed'
    return this.#pass(rest)
  }
}

type State = 'silent' | 'empty' | 'quoted' | 'passed'

function stateAfter(text: string): State {
  const said = text.trim()
  if (said.startsWith('"')) return 'quoted'
  if (isEmptyObject(said) || said === '[]') return 'empty'
  return 'null'.startsWith(said) ? 'silent' : 'passed'
}
