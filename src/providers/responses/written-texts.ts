/** The texts of a stream as far as they were passed on, by the place that each has in the answer. */
export class WrittenTexts {
  readonly #texts = new Map<string, string>()
  readonly #fields = new Set<string>()

  /** Whether anything of a field was passed on. */
  has(field: string): boolean {
    return this.#fields.has(field)
  }

  /** Adds a piece at the end of a text; returns it, or an empty text if it is not a text. */
  piece(field: string, place: string, text: unknown): string {
    if (typeof text !== 'string' || text === '') return ''
    const key = `${field} ${place}`
    this.#fields.add(field)
    this.#texts.set(key, (this.#texts.get(key) ?? '') + text)
    return text
  }

  /** The rest of a text that is now known as a whole: what was not passed on yet. Empty if that was another text. */
  rest(field: string, place: string, whole: unknown): string {
    const before = this.#texts.get(`${field} ${place}`) ?? ''
    if (typeof whole !== 'string' || !whole.startsWith(before)) return ''
    return this.piece(field, place, whole.slice(before.length))
  }
}
