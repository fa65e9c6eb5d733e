/** Decodes text that comes in pieces. A decoder with a memory is made only once a piece may end within a character. */
export class Utf8Pieces {
  #decoder: TextDecoder | undefined
  #begun = false

  decode(bytes: Buffer): string {
    if (!this.#decoder) {
      const marked = !this.#begun && bytes[0] === 0xef
      const endsWhole = bytes.length > 0 && bytes[bytes.length - 1]! < 0x80
      if (endsWhole && !marked) {
        this.#begun = true
        return bytes.toString('utf8')
      }
      // Only at the very start is a byte order mark one.
      this.#decoder = new TextDecoder('utf-8', { ignoreBOM: this.#begun })
    }
    return this.#decoder.decode(bytes, { stream: true })
  }

  /** Flushes the decoder: returns U+FFFD for a character that was cut off, else an empty string. */
  end(): string {
    return this.#decoder?.decode() ?? ''
  }
}
