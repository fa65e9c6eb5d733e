import { readTag, TagReader } from '../../../src/plugin.ts'
import type { Tag } from '../../../src/plugin.ts'

/**
 * Passes only the answer of a text that thinks in `<thinking>` and answers in `<output>`, as it streams. If there is no
 * output, the text without its thinking is the answer, returned at the end. An `<output>` within the thinking is ignored,
 * unless the thinking is never closed: then the last such output is the answer. Thinking itself never passes.
 */
export class OutputFilter {
  readonly #tags = new TagReader(['thinking', 'output'])
  #part: 'outside' | 'thinking' | 'output' | 'after' = 'outside'
  #outside = ''
  #thinking = ''
  #blanks = ''
  #begun = false

  /** Returns the text that may be sent now. */
  push(text: string): string {
    return this.#tags
      .push(text)
      .map(piece => this.#take(piece))
      .join('')
  }

  /** Returns the rest; undefined if the whole text had no answer. */
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
    // Without an opening tag, everything so far was thinking.
    else if (name === 'thinking') this.#outside = ''
    this.#thinking = ''
  }

  #text(text: string): string {
    if (this.#part === 'output') return this.#trim(text)
    if (this.#part === 'thinking') this.#thinking += text
    else if (this.#part === 'outside') this.#outside += text
    return ''
  }

  /** Drops blanks at the beginning, and holds others back until something follows them. */
  #trim(text: string): string {
    const held = this.#blanks + text
    const kept = held.trimEnd()
    this.#blanks = kept === '' && !this.#begun ? '' : held.slice(kept.length)
    if (this.#begun || kept === '') return kept
    this.#begun = true
    return kept.trimStart()
  }
}
