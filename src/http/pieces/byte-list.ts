/** Bytes of a block, into which pieces are copied. */
const blockBytes = 16 * 1024
/** Pieces that are kept as they are: most bodies have no more. */
const keptPieces = 16
const noBlock = Buffer.alloc(0)

/**
 * The bytes of a body while it arrives, in about as much memory as they are long. A sender chooses the pieces: the object of each
 * takes hundreds of bytes even if the piece is one byte, and each may keep the whole buffer alive that it was read into.
 */
export class ByteList {
  #length = 0
  readonly #pieces: Uint8Array[] = []
  #block = noBlock
  #used = 0

  /** The number of bytes. */
  get length(): number {
    return this.#length
  }

  add(bytes: Uint8Array): void {
    this.#length += bytes.length
    if (this.#pieces.length < keptPieces) this.#pieces.push(bytes)
    else if (bytes.length >= blockBytes) {
      this.#closeBlock()
      this.#pieces.push(bytes)
    } else this.#copy(bytes)
  }

  /** All of them in one piece, which may be one that was added. */
  whole(): Buffer {
    const [first] = this.#pieces
    if (this.#used === 0 && this.#pieces.length === 1 && Buffer.isBuffer(first)) return first
    return Buffer.concat([...this.#pieces, this.#block.subarray(0, this.#used)], this.#length)
  }

  #copy(bytes: Uint8Array): void {
    if (this.#used + bytes.length > this.#block.length) {
      this.#closeBlock()
      this.#block = Buffer.allocUnsafeSlow(blockBytes)
    }
    this.#block.set(bytes, this.#used)
    this.#used += bytes.length
  }

  #closeBlock(): void {
    if (this.#used > 0) this.#pieces.push(this.#block.subarray(0, this.#used))
    this.#block = noBlock
    this.#used = 0
  }
}
