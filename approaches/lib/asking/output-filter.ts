import { readTag, TagReader, ThinkingFilter, withoutThinking } from '../../../src/plugin.ts'
import type { Tag } from '../../../src/plugin.ts'

/**
 * Passes only the answer of a text that thinks in `<thinking>` and answers in `<output>`, as it streams. If there is no
 * output, the text without its thinking is the answer, returned at the end. An `<output>` within the thinking is ignored,
 * unless the thinking is never closed: then the last such output is the answer.
 *
 * Thinking itself never passes. Models that think by themselves do so in marks of their own, or without an opening mark,
 * and may mention the tags there: an output streams only if the text begins with one of the tags.
 */
export class OutputFilter {
  readonly #own = new ThinkingFilter('<thinking>')
  readonly #tags = new TagReader(['thinking', 'output'])
  #part: 'outside' | 'thinking' | 'output' | 'after' = 'outside'
  /** Whether the text does not begin with a tag; it is read as a whole, then. */
  #unruly = false
  #whole = ''
  #outside = ''
  /** Whether there is more than blanks outside. */
  #speaks = false
  #thinking = ''
  #after = ''
  /** Whether a tag has been opened behind the output. */
  #opensAfter = false
  #depth = 0
  /** Pieces of blanks that may be followed by text. */
  #blanks: string[] = []
  #begun = false

  /** Returns the text that may be sent now. */
  push(text: string): string {
    return this.#read(this.#own.push(text))
  }

  /** Returns the rest; undefined if the whole text had no answer. */
  end(): string | undefined {
    const text = this.#read(this.#own.end())
    const last = this.#unruly ? '' : text + this.#take(this.#tags.end())
    if (this.#unruly) return answerIn(this.#whole + this.#tags.end())
    if (this.#begun) return last
    const unclosed = this.#part === 'thinking' ? readTag(this.#thinking, 'output') : undefined
    return unclosed || withoutThinking(this.#outside) || undefined
  }

  #read(text: string): string {
    return this.#tags
      .push(text)
      .map(piece => this.#take(piece))
      .join('')
  }

  #take(piece: string | Tag): string {
    if (this.#unruly) {
      this.#whole += typeof piece === 'string' ? piece : piece.source
      return ''
    }
    if (typeof piece === 'string') return this.#text(piece)
    if (this.#part === 'output') return this.#inOutput(piece)
    if (this.#part === 'after') return this.#inRest(piece)
    const { name, closes, source } = piece
    if (this.#part === 'outside') return this.#open(piece)
    if (name !== 'thinking' || !closes) return this.#text(source)
    this.#part = 'outside'
    return ''
  }

  #open({ name, closes, source }: Tag): string {
    if (closes || this.#speaks) {
      this.#unruly = true
      this.#whole = this.#outside + source
    } else {
      this.#part = name === 'output' ? 'output' : 'thinking'
      this.#thinking = ''
    }
    return ''
  }

  #inOutput({ name, closes, source }: Tag): string {
    if (name === 'output') this.#depth += closes ? -1 : 1
    if (this.#depth >= 0) return this.#text(source)
    this.#part = 'after'
    return ''
  }

  /** Text behind an output belongs to it if the output is closed once more: the answer is about such tags. */
  #inRest({ name, closes, source }: Tag): string {
    const isPart = name === 'output' && closes && !this.#opensAfter
    const text = isPart ? this.#trim(`</output>${this.#after}`) : ''
    this.#after = isPart ? '' : this.#after + source
    this.#opensAfter ||= !closes
    return text
  }

  #text(text: string): string {
    if (this.#part === 'output') return this.#trim(text)
    if (this.#part === 'thinking') this.#thinking += text
    else if (this.#part === 'after') this.#after += text
    else {
      this.#outside += text
      this.#speaks ||= text.trim() !== ''
    }
    return ''
  }

  /** Drops blanks at the beginning, and holds others back until something follows them. */
  #trim(text: string): string {
    const kept = text.trimEnd()
    if (kept === '') {
      if (this.#begun) this.#blanks.push(text)
      return ''
    }
    const held = this.#blanks.join('')
    this.#blanks = kept.length < text.length ? [text.slice(kept.length)] : []
    if (this.#begun) return held + kept
    this.#begun = true
    return kept.trimStart()
  }
}

/** The answer in a whole text that does not keep to the form. */
function answerIn(text: string): string | undefined {
  const spoken = withoutThinking(text)
  return readTag(spoken, 'output') || spoken.replaceAll(/<\/?output\s{0,4}>/gi, '').trim() || undefined
}
