const headEnd = Buffer.from('\r\n\r\n')
const lastChunk = Buffer.from('0\r\n\r\n')

/** Finds the ends of the answers that come over one connection, one after the other. */
export class AnswerReader {
  readonly #fail: (reason: string) => never
  #head: Buffer | undefined
  #isBody = false
  /** Bytes that the body still has; undefined if it comes in chunks. */
  #left: number | undefined = 0
  /** The last bytes of a body in chunks: its end may come in pieces. */
  #tail: Buffer = Buffer.alloc(0)

  /** `fail` is called with the reason if an answer is not a 200. */
  constructor(fail: (reason: string) => never) {
    this.#fail = fail
  }

  /** Reads the next bytes; true if the answer is complete. */
  read(bytes: Buffer): boolean {
    if (this.#isBody) return this.#readBody(bytes)
    const head: Buffer = this.#head ? Buffer.concat([this.#head, bytes]) : bytes
    const end = head.indexOf(headEnd)
    if (end === -1) {
      this.#head = head
      return false
    }
    const text = head.toString('latin1', 0, end)
    if (!text.startsWith('HTTP/1.1 200')) this.#fail(head.toString('latin1', 0, 500))
    const length = /^content-length: *(\d+)/im.exec(text)?.[1]
    this.#head = undefined
    this.#isBody = true
    this.#left = length === undefined ? undefined : Number(length)
    return this.#readBody(head.subarray(end + headEnd.length))
  }

  #readBody(bytes: Buffer): boolean {
    if (this.#left === undefined) this.#tail = Buffer.concat([this.#tail, bytes]).subarray(-lastChunk.length)
    else this.#left -= bytes.length
    const isComplete = this.#left === undefined ? this.#tail.equals(lastChunk) : this.#left <= 0
    if (!isComplete) return false
    this.#isBody = false
    this.#tail = this.#tail.subarray(0, 0)
    return true
  }
}
