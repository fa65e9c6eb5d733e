import { readTag, TagReader } from '../../../src/plugin.ts'
import type { Tag } from '../../../src/plugin.ts'

/**
 * Lets through only the answer of a text that thinks in `<thinking>` and answers in `<output>`, as it streams. A text
 * without an output is its own answer, less the thinking, given at the end. An `<output>` inside the thinking is talk,
 * unless the thinking never closes: then the last one there is the answer. Thinking itself never gets out.
 */
export class OutputFilter {
  readonly #tags = new TagReader(['thinking', 'output'])
  #part: 'outside' | 'thinking' | 'output' | 'after' = 'outside'
  #outside = ''
  #thinking = ''
  #blanks = ''
  #begun = false

  /** What may go out now. */
  push(text: string): string {
    return this.#tags
      .push(text)
      .map(piece => this.#take(piece))
      .join('')
  }

  /** The rest, or undefined where the whole text held no answer. */
  end(): string | undefined {
    const last = this.#take(this.#tags.end())
    if (this.#begun) return last
    const unclosed = this.#part === 'thinking' ? readTag(this.#thinking, 'output') : undefined
    return unclosed || this.#outside.trim() || undefined
  }

  #take(piece: string | Tag): string {
    if (typeof piece === 'string') return this.#text(piece)
    const { name, closes, source } = piece
    if (this.#part === 'output') {
      if (name !== 'output' || !closes) return this.#text(source)
      this.#part = 'after'
    } else if (this.#part === 'thinking') {
      if (name !== 'thinking' || !closes) return this.#text(source)
      this.#part = 'outside'
    } else if (this.#part === 'outside') {
      this.#open(name, closes)
    }
    return ''
  }

  #open(name: string, closes: boolean): void {
    if (!closes) this.#part = name === 'output' ? 'output' : 'thinking'
    // A model that did not write the opening tag has been thinking so far.
    else if (name === 'thinking') this.#outside = ''
    this.#thinking = ''
  }

  #text(text: string): string {
    if (this.#part === 'output') return this.#trimmed(text)
    if (this.#part === 'thinking') this.#thinking += text
    else if (this.#part === 'outside') this.#outside += text
    return ''
  }

  /** Blanks at the begin are dropped, others wait until something follows them. */
  #trimmed(text: string): string {
    const held = this.#blanks + text
    const kept = held.trimEnd()
    this.#blanks = kept === '' && !this.#begun ? '' : held.slice(kept.length)
    if (this.#begun || kept === '') return kept
    this.#begun = true
    return kept.trimStart()
  }
}
