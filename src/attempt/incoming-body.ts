import type { Transform } from 'node:stream'
import type { CompleteReply } from '../chat/reply.ts'
import { startsAsEvents } from '../http/body-start.ts'
import { ByteList } from '../http/pieces/byte-list.ts'
import { createDecoder } from '../http/decoder.ts'
import { codingOf } from '../http/headers.ts'
import type { ResponseHeaders } from '../http/headers.ts'
import { badResponse } from './failure.ts'
import type { AttemptFailure } from './failure.ts'
import type { AttemptOptions } from './options.ts'
import type { Way } from '../providers/relayed-source.ts'
import type { Pausable } from './stream/event-queue.ts'
import { openStream } from './stream/open-stream.ts'
import type { StreamBody } from './stream/stream-body.ts'
import type { StreamSource } from './stream/stream-options.ts'
import { readError, readWhole } from './whole/whole-body.ts'

/** Error bodies are read up to this size; the rest is of no use to anyone. */
const maxErrorBytes = 64 * 1024

/** The attempt that a body belongs to, as the body sees it. */
export interface BodyOwner extends StreamSource {
  /** The body has arrived completely. */
  bodyEnded: () => void
  /** The body exceeds its limit. */
  bodyTooLarge: (limit: number) => void
}

/** A response whose body is about to arrive. */
interface Head {
  readonly status: number
  readonly headers: ResponseHeaders
  /** Where the bytes come from. */
  readonly transport: Pausable
  /** How the call was sent. */
  readonly way: Way
}

/** The body of a response while it arrives: decoded, within its limit, and read as a stream once its bytes show one. */
export class IncomingBody {
  readonly status: number
  /** Whether the status is that of an answer, not of an error. */
  readonly isAnswer: boolean
  /** Set once the body has turned out to be a stream. */
  stream: StreamBody | undefined
  readonly #headers: ResponseHeaders
  readonly #options: AttemptOptions
  readonly #owner: BodyOwner
  readonly #transport: Pausable
  readonly #way: Way
  /** Whether the client streams: a stream for it is passed on as it comes. */
  readonly #isHandedOn: boolean
  #decoder: Transform | undefined
  /** The bytes of a body that is not a stream, or the start of one that may still turn out to be. */
  #bytes = new ByteList()
  #isUndecided: boolean
  #size = 0
  #isPaused = false
  #isClosed = false

  constructor(options: AttemptOptions, { status, headers, transport, way }: Head, owner: BodyOwner) {
    this.status = status
    this.isAnswer = status >= 200 && status < 300
    this.#isUndecided = this.isAnswer
    this.#headers = headers
    this.#options = options
    this.#owner = owner
    this.#transport = transport
    this.#way = way
    this.#isHandedOn = options.request.stream === true
  }

  /** Undoes the coding that the headers name. An unknown coding, which we did not ask for, makes an answer invalid. */
  beginDecoding(): void {
    const coding = codingOf(this.#headers)
    if (coding === undefined) return
    const { name } = this.#options.provider
    this.#decoder = createDecoder(coding, {
      onBytes: bytes => this.#take(bytes),
      onEnd: () => this.#owner.bodyEnded(),
      onDrain: () => this.#receive(),
      onError: error => {
        if (this.stream?.hasEnded) this.#owner.bodyEnded()
        else this.#owner.broke(badResponse(name, `sent a body that does not decode as ${coding}`, error))
      },
    })
    if (!this.#decoder && this.isAnswer)
      this.#owner.broke(badResponse(name, 'sent a content-encoding that was not asked for'))
  }

  /** Takes the next bytes from the transport. */
  add(bytes: Buffer): void {
    if (!this.#decoder) this.#take(bytes)
    else if (!this.#decoder.write(bytes)) this.#transport.pause()
  }

  /** Takes no more until `resume`. Few bytes of a coded body can be many once they are decoded, so the decoder stops, too. */
  pause(): void {
    this.#isPaused = true
    this.#transport.pause()
    this.#decoder?.pause()
  }

  resume(): void {
    this.#isPaused = false
    this.#decoder?.resume()
    this.#receive()
  }

  /** Lets the transport continue, unless the reader or the decoder has enough to do. */
  #receive(): void {
    if (!this.#isPaused && !this.#decoder?.writableNeedDrain) this.#transport.resume()
  }

  /** The transport has no more bytes. */
  end(): void {
    if (this.#decoder) this.#decoder.end()
    else this.#owner.bodyEnded()
  }

  /** Ignores everything that may still arrive. */
  close(): void {
    this.#isClosed = true
    this.#decoder?.destroy()
  }

  /** Reads an answer that has ended. Throws an `AttemptFailure` or `UnreadableAnswer` if it is not one. */
  read(): StreamBody | CompleteReply {
    if (!this.stream)
      return readWhole(this.#options, { headers: this.#headers, way: this.#way }, this.#bytes.whole())
    this.stream.end()
    return this.stream
  }

  /** The error described by the body of an unsuccessful response. */
  readError(): AttemptFailure {
    return readError(this.#options, this.status, this.#headers, this.#bytes.whole())
  }

  #take(bytes: Buffer): void {
    if (this.#isClosed) return
    if (this.stream && this.#isHandedOn) return this.stream.feed(bytes)
    this.#size += bytes.length
    const limit = this.isAnswer ? this.#options.maxResponseBytes : maxErrorBytes
    if (this.#size > limit) this.#owner.bodyTooLarge(limit)
    else if (this.stream) this.stream.feed(bytes)
    else {
      this.#bytes.add(bytes)
      if (this.#isUndecided) this.#decide()
    }
  }

  /** Looks at the start of the body: its bytes decide whether it is a stream. */
  #decide(): void {
    const start = this.#bytes.whole()
    const isStream = startsAsEvents(start)
    this.#isUndecided = isStream === undefined
    if (!isStream) return
    this.#bytes = new ByteList()
    this.#options.onBegin?.()
    this.stream = openStream(this.#options, { headers: this.#headers, way: this.#way }, this.#owner)
    this.stream.feed(start)
  }
}
