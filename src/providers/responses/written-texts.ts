/** Maximum number of parts of an item that are searched for a text: no service is known to send more. */
const mostSearched = 64

/** The texts of a stream as far as they were passed on, by the place that each has in the answer. */
export class WrittenTexts {
  readonly #texts = new Map<string, string>()
  /** The keys of the texts of each item. */
  readonly #parts = new Map<string, string[]>()
  readonly #fields = new Set<string>()
  /** The keys of the texts that came as a whole. */
  readonly #ended = new Set<string>()

  /** Whether anything of a field was passed on. */
  has(field: string): boolean {
    return this.#fields.has(field)
  }

  /** Whether anything of one text was passed on. */
  hasAt(field: string, place: string): boolean {
    return this.#texts.has(`${field} ${place}`)
  }

  /** The part of one text that was passed on. */
  textAt(field: string, place: string): string {
    return this.#texts.get(`${field} ${place}`) ?? ''
  }

  /**
   * Adds a piece at the end of a text; returns it. Empty if it is not a text, or if the text came as a whole before: the piece
   * is a part of that.
   */
  piece(field: string, place: string, text: unknown): string {
    return this.#ended.has(`${field} ${place}`) ? '' : this.#add(field, place, text)
  }

  /** The rest of a text that is now known as a whole: what was not passed on yet. Empty if that was another text. */
  rest(field: string, place: string, whole: unknown): string {
    const before = this.#texts.get(`${field} ${place}`) ?? ''
    if (typeof whole !== 'string' || !whole.startsWith(before)) return ''
    if (before === '' && this.#isAtLaterPart(field, place, whole)) return ''
    if (whole !== '') this.#ended.add(`${field} ${place}`)
    return this.#add(field, place, whole.slice(before.length))
  }

  /** Whether the text came as that of a later part of the same item: vLLM counts the parts of all items in a stream. */
  #isAtLaterPart(field: string, place: string, whole: string): boolean {
    const [item, part] = itemAndPart(`${field} ${place}`)
    const keys = this.#parts.get(item) ?? []
    if (!place.includes(' ') || whole === '' || keys.length > mostSearched) return false
    return keys.some(key => itemAndPart(key)[1] > part && this.#texts.get(key) === whole)
  }

  #add(field: string, place: string, text: unknown): string {
    if (typeof text !== 'string' || text === '') return ''
    const key = `${field} ${place}`
    this.#fields.add(field)
    const before = this.#texts.get(key)
    this.#texts.set(key, (before ?? '') + text)
    if (before === undefined) this.#note(key)
    return text
  }

  #note(key: string): void {
    const [item] = itemAndPart(key)
    const keys = this.#parts.get(item)
    if (keys) keys.push(key)
    else this.#parts.set(item, [key])
  }
}

function itemAndPart(key: string): readonly [string, number] {
  const end = key.lastIndexOf(' ') + 1
  return [key.slice(0, end), Number(key.slice(end))]
}
