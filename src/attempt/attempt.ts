import type { Transform } from 'node:stream'
import type { Dispatcher } from 'undici'
import type { CompleteReply } from '../chat/reply.ts'
import type { Reply } from '../contract/index.ts'
import { startsAsEvents } from '../http/body-start.ts'
import { createDecoder } from '../http/decoder.ts'
import { faultKindOf, wasReused } from '../http/fault.ts'
import { codingOf } from '../http/headers.ts'
import type { ResponseHeaders } from '../http/headers.ts'
import { AttemptTimer, lingerMs } from './attempt-timer.ts'
import { badResponse } from './failure.ts'
import type { AttemptFailure } from './failure.ts'
import { outgoingFor, withFittingRequest } from './options.ts'
import type { AttemptOptions } from './options.ts'
import { recordEnd } from './record-end.ts'
import {
  abortFailure,
  cancelFailure,
  sizeFailure,
  timeoutFailure,
  unreadableFailure,
} from './own-failures.ts'
import { openStream } from './stream/open-stream.ts'
import type { StreamBody } from './stream/stream-body.ts'
import type { StreamSource } from './stream/stream-options.ts'
import { failureOfFault, failureToSend } from './transport-failure.ts'
import { readError, readWhole } from './whole/whole-body.ts'

/** Error bodies are read up to this size; the rest is of no use to anyone. */
const maxErrorBytes = 64 * 1024

/**
 * Makes one call to one provider. Resolves with the whole JSON answer or at the first content of a stream, so that until
 * then another provider can be tried; rejects with an `AttemptFailure`. Records itself in meter, trace and debug log.
 */
export function attempt(options: AttemptOptions): Promise<Reply> {
  return new Attempt(withFittingRequest(options)).start()
}

/**
 * `sent`: waits for the head; `resent`: the same, on a second connection; `answering`: the body arrives; `lingering`:
 * `[DONE]` has come, but not the end of the body; `received`: the body is read to its end; `over`: it is reported.
 */
type Phase = 'sent' | 'resent' | 'answering' | 'lingering' | 'received' | 'over'

/** The transport's handler, the timer and the state of an attempt in a single object: this is the hot path. */
class Attempt implements Dispatcher.DispatchHandler, StreamSource {
  readonly #options: AttemptOptions
  readonly #promised = Promise.withResolvers<Reply>()
  readonly #startedAt = performance.now()
  readonly #timer: AttemptTimer = new AttemptTimer(() =>
    this.#fail(timeoutFailure(this.#options, this.#timer.name, this.#status)),
  )
  // A function, not this object: Node would keep the object alive for too long, see decision 16.
  readonly #onAbort = () => this.#fail(abortFailure(this.#options, this.#status))
  #phase: Phase = 'sent'
  #controller: Dispatcher.DispatchController | undefined
  #status: number | undefined
  #headers: ResponseHeaders = {}
  #decoder: Transform | undefined
  #stream: StreamBody | undefined
  /** The body of an answer that is not a stream, or the start of one that has yet to show what it is. */
  #chunks: Buffer[] = []
  #isUndecided = false
  #size = 0
  #reply: StreamBody | CompleteReply | undefined
  #repliedAt: number | undefined

  constructor(options: AttemptOptions) {
    this.#options = options
  }

  start(): Promise<Reply> {
    const { call, provider, timeouts } = this.#options
    call.request.meter.begin(provider.name)
    call.signal.addEventListener('abort', this.#onAbort)
    if (this.#streams) this.#timer.start('first_token', timeouts.firstTokenMs)
    else this.#timer.start('request', timeouts.requestMs)
    if (call.signal.aborted) this.#onAbort()
    else this.#dispatch()
    return this.#promised.promise
  }

  /** Whether the client streams. If it does not, a stream is read to its end before the reply is handed out. */
  get #streams(): boolean {
    return this.#options.request.stream === true
  }

  #dispatch(): void {
    const { provider } = this.#options
    try {
      provider.dispatcher.dispatch(outgoingFor(this.#options), this)
    } catch (error) {
      this.#fail(failureToSend(provider.name, error))
    }
  }

  // Called by the transport.

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#phase === 'over') controller.abort(new Error('the attempt is over'))
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: ResponseHeaders,
  ): void {
    if (status < 200 || this.#phase === 'over') return
    this.#phase = 'answering'
    this.#status = status
    this.#headers = headers
    this.#isUndecided = this.#isAnswer
    const coding = codingOf(headers)
    if (coding !== undefined) this.#decode(coding)
  }

  get #isAnswer(): boolean {
    return this.#status !== undefined && this.#status >= 200 && this.#status < 300
  }

  #decode(coding: string): void {
    const { name } = this.#options.provider
    this.#decoder = createDecoder(coding, {
      onBytes: bytes => this.#take(bytes),
      onEnd: () => this.#endBody(),
      onError: error => {
        if (this.#stream?.complete) this.#endBody()
        else this.broke(badResponse(name, `sent a body that does not decode as ${coding}`, error))
      },
    })
    if (!this.#decoder && this.#isAnswer)
      this.broke(badResponse(name, 'sent a content-encoding that was not asked for'))
  }

  onResponseData(_controller: Dispatcher.DispatchController, bytes: Buffer): void {
    if (this.#decoder) this.#decoder.write(bytes)
    else this.#take(bytes)
  }

  #take(bytes: Buffer): void {
    if (this.#phase === 'over') return
    if (this.#stream && this.#streams) return this.#stream.feed(bytes)
    this.#size += bytes.length
    const limit = this.#isAnswer ? this.#options.maxResponseBytes : maxErrorBytes
    if (this.#size > limit)
      this.#fail(this.#isAnswer ? sizeFailure(this.#options, limit) : this.#statusFailure())
    else if (this.#stream) this.#stream.feed(bytes)
    else {
      this.#chunks.push(bytes)
      if (this.#isUndecided) this.#decide()
    }
  }

  /** Looks at the start of the body: its bytes decide whether it is a stream. */
  #decide(): void {
    const start = Buffer.concat(this.#chunks)
    const isStream = startsAsEvents(start)
    this.#isUndecided = isStream === undefined
    if (!isStream) return
    this.#chunks = []
    this.#stream = openStream(this.#options, this.#headers, this)
    this.#stream.feed(start)
  }

  onResponseEnd(): void {
    if (this.#decoder) this.#decoder.end()
    else this.#endBody()
  }

  #endBody(): void {
    if (this.#phase === 'over') return
    this.#phase = 'received'
    if (!this.#isAnswer) return this.#fail(this.#statusFailure())
    try {
      this.#stream?.end()
      this.#succeed(this.#stream ?? readWhole(this.#options, this.#headers, this.#chunks))
    } catch (error) {
      this.broke(error)
    }
  }

  #statusFailure(): AttemptFailure {
    return readError(this.#options, this.#status ?? 0, this.#headers, this.#chunks)
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (this.#phase === 'over') return
    const headSeen = this.#status !== undefined
    const isStale = wasReused(error) && faultKindOf(error, headSeen) === 'no_response'
    if (isStale && this.#phase === 'sent') return this.#resend()
    // The connection broke after the end of the answer.
    if (this.#phase === 'lingering' || this.#stream?.complete) return this.#endBody()
    this.#fail(failureOfFault(this.#options.provider.name, error, headSeen))
  }

  /** Sends the request once more if an idle connection died under it: the provider closed the connection for its age. */
  #resend(): void {
    this.#phase = 'resent'
    // By the next turn, other idle connections that died with it have been noticed.
    setImmediate(() => {
      if (this.#phase !== 'over') this.#dispatch()
    })
  }

  // Called by the stream.

  pause(): void {
    // A stream that is read to its end first has no reader yet.
    if (!this.#streams) return
    this.#controller?.pause()
    this.#timer.stop()
  }

  resume(): void {
    if (this.#phase === 'over') return
    this.#timer.start('idle', this.#options.timeouts.idleMs)
    this.#controller?.resume()
  }

  cancel(): void {
    this.#fail(cancelFailure(this.#options, this.#status))
  }

  broke(error: unknown): void {
    this.#fail(unreadableFailure(this.#options, error))
  }

  eventSeen(): void {
    if (this.#timer.name === 'idle') this.#timer.refresh()
  }

  contentSeen(): void {
    if (!this.#stream || !this.#streams || this.#phase === 'over') return
    if (this.#phase !== 'received') this.#timer.start('idle', this.#options.timeouts.idleMs)
    this.#handOut(this.#stream)
  }

  doneSeen(): void {
    if (!this.#stream || this.#phase !== 'answering') return
    this.#phase = 'lingering'
    this.#timer.start('linger', lingerMs)
    this.#handOut(this.#stream)
  }

  // How it ends.

  #handOut(reply: StreamBody | CompleteReply): void {
    if (this.#reply) return
    this.#reply = reply
    this.#repliedAt = performance.now()
    this.#promised.resolve(reply)
  }

  #succeed(reply: StreamBody | CompleteReply): void {
    if (this.#phase === 'over') return
    this.#handOut(reply)
    this.#phase = 'over'
    this.#end()
  }

  #fail(failure: AttemptFailure): void {
    if (this.#phase === 'over') return
    // After [DONE] nothing of the answer is missing.
    const isComplete = this.#phase === 'lingering'
    this.#phase = 'over'
    this.#controller?.abort(failure)
    this.#stream?.fail(failure)
    if (!this.#reply) this.#promised.reject(failure)
    this.#end(isComplete ? undefined : failure)
  }

  #end(failure?: AttemptFailure): void {
    const now = performance.now()
    this.#timer.stop()
    this.#decoder?.destroy()
    this.#options.call.signal.removeEventListener('abort', this.#onAbort)
    recordEnd(this.#options, {
      status: this.#status,
      headMs: (this.#repliedAt ?? now) - this.#startedAt,
      totalMs: now - this.#startedAt,
      failure,
      usage: this.#reply?.usage,
    })
  }
}
