import { isRefusal, mayRefuse, ThinkingFilter } from '../../../src/plugin.ts'
import type { ChunkChoice, Delta } from '../../../src/plugin.ts'

/** Returns another end for a choice that is not an answer; `why` is for the trace. */
export type Replacing = (choice: ChunkChoice, why: string) => ChunkChoice

/** One choice of a final call as it arrives, whose end is replaced if it turns out not to answer. */
export class FinalChoice {
  readonly #index: number
  readonly #replace: Replacing
  /** Whether a refusal is replaced, too. */
  readonly #refusals: boolean
  readonly #filter = new ThinkingFilter()
  /** Pieces of a text that may turn out to be a refusal. */
  readonly #held: ChunkChoice[] = []
  /** The text without thinking, and without the blanks before it, which are not read again with each piece. */
  #spoken = ''
  #refuses = false
  #isSettled = false

  constructor(index: number, replace: Replacing, refusals: boolean) {
    this.#index = index
    this.#replace = replace
    this.#refusals = refusals
  }

  /** Takes the next piece; returns the pieces to pass on. */
  push(choice: ChunkChoice): readonly ChunkChoice[] {
    if (this.#isSettled) return [choice]
    const isLast = choice.finish_reason != null
    const { content, refusal } = choice.delta ?? {}
    const said = this.#filter.push(content ?? '') + (isLast ? this.#filter.end() : '')
    this.#say(said)
    this.#refuses ||= Boolean(refusal)
    if (hasOtherContent(choice.delta) || this.#answers()) return this.#settle(choice)
    const [thinking, rest] = splitThinking(choice, said)
    if (isLast) {
      const why = this.#objection()
      if (why === undefined) return this.#settle(choice)
      this.#isSettled = true
      return [...thinking, this.#replace(rest, why)]
    }
    if (!this.#refuses && this.#spoken === '') return [choice]
    this.#held.push(rest)
    return thinking
  }

  /** Returns the rest at the end of the stream: nothing if the choice has had its end. */
  close(): readonly ChunkChoice[] {
    if (this.#isSettled) return []
    this.#say(this.#filter.end())
    const why = this.#objection()
    const end: ChunkChoice = { index: this.#index, delta: {}, finish_reason: 'stop' }
    return why === undefined ? this.#held : [this.#replace(end, why)]
  }

  #say(text: string): void {
    this.#spoken = this.#spoken === '' ? text.trimStart() : this.#spoken + text
  }

  /** Whether the choice certainly answers. */
  #answers(): boolean {
    if (!this.#refusals && this.#refuses) return true
    return this.#spoken !== '' && !(this.#refusals && (this.#refuses || mayRefuse(this.#spoken)))
  }

  #settle(choice: ChunkChoice): readonly ChunkChoice[] {
    this.#isSettled = true
    return [...this.#held, choice]
  }

  /** Why the choice, as far as it has come, is not an answer. */
  #objection(): string | undefined {
    if (this.#refusals && (this.#refuses || isRefusal(this.#spoken))) return 'refuses, unlike the drafts'
    return this.#spoken === '' && !this.#refuses ? 'empty' : undefined
  }
}

/** Whether a piece has content other than text. */
function hasOtherContent(delta: Delta | undefined): boolean {
  const parts = [delta?.tool_calls, delta?.['images']].some(list => Array.isArray(list) && list.length > 0)
  return parts || Boolean(delta?.['audio'] ?? delta?.['function_call'])
}

/** The end of thinking in a piece that continues with the answer, which streams, and the piece from there on. */
function splitThinking(choice: ChunkChoice, said: string): readonly [readonly ChunkChoice[], ChunkChoice] {
  const content = choice.delta?.content ?? ''
  const isSplit = said.length < content.length && content.endsWith(said)
  if (!isSplit) return [[], choice]
  const thinking = content.slice(0, content.length - said.length)
  const { index, finish_reason } = choice
  return [
    [{ ...choice, delta: { ...choice.delta, content: thinking }, finish_reason: null }],
    { index, delta: { content: said }, ...(finish_reason === undefined ? {} : { finish_reason }) },
  ]
}
