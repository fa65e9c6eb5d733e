/** A tag found in a text; `source` is its spelling there. */
export interface Tag {
  readonly name: string
  readonly closes: boolean
  readonly source: string
}

/** Maximum number of blanks before the `>` of a tag. */
const maxBlanks = 4

/** Finds tags of the given names, in any letter case, in a text that arrives in arbitrary pieces. Takes linear time. */
export class TagReader {
  readonly #pattern: RegExp
  readonly #maxLength: number
  #held = ''

  constructor(names: readonly string[]) {
    this.#pattern = patternOf(names)
    this.#maxLength = '</>'.length + maxBlanks + Math.max(...names.map(name => name.length))
  }

  /** Returns the tags and the text between them, in order; holds back a tail that may be the start of a tag. */
  push(piece: string): (string | Tag)[] {
    const text = this.#held + piece
    const open = text.lastIndexOf('<')
    const unfinished = open !== -1 && text.length - open < this.#maxLength && !text.includes('>', open)
    this.#held = unfinished ? text.slice(open) : ''
    return this.#split(unfinished ? text.slice(0, open) : text)
  }

  /** Returns the tail that was held back. */
  end(): string {
    return this.#held
  }

  #split(text: string): (string | Tag)[] {
    const pieces: (string | Tag)[] = []
    let from = 0
    for (const match of text.matchAll(this.#pattern)) {
      if (match.index > from) pieces.push(text.slice(from, match.index))
      const [source, slash, name = ''] = match
      pieces.push({ name: name.toLowerCase(), closes: slash === '/', source })
      from = match.index + source.length
    }
    if (from < text.length) pieces.push(text.slice(from))
    return pieces
  }
}

/**
 * The trimmed content of the last `<name>` tag in a text; an unclosed tag extends to the end. Undefined if the text has no
 * such tag.
 */
export function readTag(text: string, name: string): string | undefined {
  const pattern = patternOf([name])
  let from: number | undefined
  let to: number | undefined
  // Not by matches: an object for each of many tags takes most of the time.
  while (pattern.test(text)) {
    const start = text.lastIndexOf('<', pattern.lastIndex - 1)
    if (text[start + 1] === '/') to ??= start
    else [from, to] = [pattern.lastIndex, undefined]
  }
  return from === undefined ? undefined : text.slice(from, to).trim()
}

function patternOf(names: readonly string[]): RegExp {
  return new RegExp(`<(/?)(${names.join('|')})\\s{0,${maxBlanks}}>`, 'gi')
}
