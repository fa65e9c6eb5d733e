/** Finds the end of a JSON object whose text arrives in pieces. Reads each character once and does not check the rest. */
export class ObjectEnd {
  #depth = 0
  #state: 'before' | 'inside' | 'string' | 'escape' | 'ended' | 'other' = 'before'

  /** Whether the last bracket of the object has arrived. Never true if the text is not an object. */
  get reached(): boolean {
    return this.#state === 'ended'
  }

  /** Reads the next piece. Returns how much of it comes before the end of the object, or is the end. */
  add(text: string): number {
    let length = 0
    for (const character of text) {
      this.#step(character)
      length += character.length
      if (this.reached) break
    }
    return length
  }

  #step(character: string): void {
    switch (this.#state) {
      case 'before':
        if (character === '{') this.#open()
        else if (character.trim() !== '') this.#state = 'other'
        break
      case 'inside':
        if (character === '"') this.#state = 'string'
        else if (character === '{' || character === '[') this.#open()
        else if ((character === '}' || character === ']') && --this.#depth === 0) this.#state = 'ended'
        break
      case 'string':
        if (character === '"') this.#state = 'inside'
        else if (character === '\\') this.#state = 'escape'
        break
      case 'escape':
        this.#state = 'string'
        break
      default:
    }
  }

  #open(): void {
    this.#depth++
    this.#state = 'inside'
  }
}
