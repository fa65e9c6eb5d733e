import { argumentsOf } from '../../chat/read/tool-calls.ts'

/**
 * The arguments of one call as they stream, held back while they may turn out to be something else: "null" in pieces means
 * none, and a text may contain the object, which shows at its end.
 */
export class StreamedArguments {
  #state: State = 'silent'
  #held = ''

  /** Whether the call has no arguments so far. */
  get isSilent(): boolean {
    return this.#state === 'silent' && (this.#held === '' || this.#held === 'null')
  }

  /** Adds a piece, and returns the text that can be passed on now. */
  add(piece: string): string {
    if (this.#state === 'passed' || (this.#held === '' && piece.trim() === '')) return piece
    const beginsAgain = this.#held === 'null' && /^\s*[{"n]/.test(piece)
    const text = (beginsAgain ? '' : this.#held) + piece
    if (this.#state === 'silent') this.#state = stateAfter(text)
    this.#held = this.#state === 'silent' ? text.trim() : text
    return this.#state === 'passed' ? text : ''
  }

  /** Ends the arguments, and returns the text that is left to pass: `{}` if there were none. */
  end(): string {
    return this.#end(argumentsOf(this.#held))
  }

  /** Ends arguments that were cut off, and returns the text that was held back. */
  cut(): string {
    return this.#end(this.isSilent ? '' : this.#held)
  }

  #end(rest: string): string {
    if (this.#state === 'passed') return ''
    this.#state = 'passed'
    return rest
  }
}

type State = 'silent' | 'quoted' | 'passed'

function stateAfter(text: string): State {
  const said = text.trim()
  if (said.startsWith('"')) return 'quoted'
  return 'null'.startsWith(said) ? 'silent' : 'passed'
}
