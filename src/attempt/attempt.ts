import type { Dispatcher } from 'undici'
import type { AttemptReport, ErrorCode, Reply, Usage } from '../contract/index.ts'
import { HulumanageError, toHulumanageError } from '../contract/index.ts'
import { faultKindOf, wasReused } from '../http/fault.ts'
import { codingOf, headerText, passedHeaders } from '../http/headers.ts'
import type { ResponseHeaders } from '../http/headers.ts'
import { withFittingRequest } from './options.ts'
import type { AttemptOptions } from './options.ts'
import { recordEnd } from './record-end.ts'
import { AttemptClock, missing } from './attempt-timer.ts'
import { AttemptFailure } from './failure.ts'
import type { Blame } from './failure.ts'
import { failureOfStatus } from './status.ts'
import { relayedEvents } from './relayed-answer.ts'
import { StreamBody } from './stream/stream-body.ts'
import type { StreamSource } from './stream/stream-options.ts'
import { failureOfFault, failureToSend } from './transport-failure.ts'
import { readWhole } from './whole/whole-body.ts'

type Controller = Dispatcher.DispatchController

/** Error bodies are read up to this size; the rest is of no use to anyone. */
const errorBodyBytes = 64 * 1024
/** A provider may keep its connection busy this long after `[DONE]` before it is closed. */
const lingerMs = 1_000

/**
 * One call to one provider. Resolves when the whole JSON answer or the first content of a stream is there, so that
 * until then another provider can be asked; rejects with an `AttemptFailure`.
 */
export function attempt(options: AttemptOptions): Promise<Reply> {
  return new Promise((resolve, reject) => {
    new Attempt(withFittingRequest(options), resolve, reject).start()
  })
}

/** A reply that knows its usage once its body has ended. */
type AnswerReply = Reply & { readonly usage: Usage | undefined }

/** The transport's handler, the clocks and the state of one attempt in a single object: this is the hot path. */
class Attempt implements Dispatcher.DispatchHandler, StreamSource {
  readonly #options: AttemptOptions
  readonly #resolve: (reply: Reply) => void
  readonly #reject: (failure: AttemptFailure) => void
  readonly #startedAt = performance.now()
  #headAt: number | undefined
  #controller: Controller | undefined
  readonly #clock = new AttemptClock(() => this.#timeUp())
  // A function, not this object: Node makes one of an object, in a way that keeps it past its time, see decision 16.
  readonly #onAbort = () => this.#fail(this.#abandoned())
  #status: number | undefined
  #headers: ResponseHeaders = {}
  #chunks: Buffer[] = []
  #size = 0
  #stream: StreamBody | undefined
  #bodyEnded = false
  #settled = false
  #replied: AnswerReply | undefined
  #retried = false

  constructor(
    options: AttemptOptions,
    resolve: (reply: Reply) => void,
    reject: (failure: AttemptFailure) => void,
  ) {
    this.#options = options
    this.#resolve = resolve
    this.#reject = reject
  }

  start(): void {
    this.#options.call.request.meter.begin(this.#options.provider.name)
    if (this.#options.call.signal.aborted) return this.#fail(this.#abandoned())
    this.#options.call.signal.addEventListener('abort', this.#onAbort)
    if (this.#streams) this.#clock.start('first_token', this.#options.clocks.firstTokenMs)
    else this.#clock.start('request', this.#options.clocks.requestMs)
    this.#dispatch()
  }

  /** Whether the answer is wanted as it comes. What a provider streams unasked is read to its end first. */
  get #streams(): boolean {
    return this.#options.request.stream === true
  }

  #dispatch(): void {
    const { id: requestId, clientKey, clientHeaders, source, operation = 'chat' } = this.#options.call.request
    const { provider, request, key } = this.#options
    try {
      const from = { requestId, clientKey, key, source, clientHeaders }
      provider.dispatcher.dispatch(provider.outgoing(operation, request, from), this)
    } catch (error) {
      this.#fail(failureToSend(this.#options.provider.name, error))
    }
  }

  // What the transport tells.

  onRequestStart(controller: Controller): void {
    this.#controller = controller
    if (this.#settled) controller.abort(new Error('the attempt is over'))
  }

  onResponseStart(_controller: Controller, status: number, headers: ResponseHeaders): void {
    if (status < 200) return
    this.#status = status
    this.#headers = headers
    if (status !== 200 || !headerText(headers, 'content-type').startsWith('text/event-stream')) return
    if (codingOf(headers)) return this.#failBadly('sent an encoded stream nobody asked for')
    this.#stream = new StreamBody(
      {
        provider: this.#options.provider.name,
        request: this.#options.request,
        headers: passedHeaders(headers),
        secrets: this.#secrets,
        stripUsage: this.#options.provider.addsUsageTo(this.#options.request),
        translate: this.#options.provider.translation?.events(),
        relayed: relayedEvents(this.#options),
      },
      this,
    )
  }

  onResponseData(_controller: Controller, bytes: Buffer): void {
    if (this.#settled) return
    this.#size += bytes.length
    if (this.#stream && this.#streams) return this.#stream.feed(bytes)
    const limit = this.#status === 200 ? this.#options.maxResponseBytes : errorBodyBytes
    if (this.#size <= limit) return this.#stream ? this.#stream.feed(bytes) : void this.#chunks.push(bytes)
    if (this.#status !== 200) return this.#finishError()
    this.#fail(this.#failure('upstream_too_large', `sent more than ${limit} bytes`, 'failing'))
  }

  onResponseEnd(): void {
    if (this.#settled) return
    this.#bodyEnded = true
    if (this.#stream) return this.#finishStream(this.#stream)
    if (this.#status !== 200) return this.#finishError()
    void this.#finishJson()
  }

  onResponseError(_controller: Controller, error: Error): void {
    if (this.#settled) return
    const headSeen = this.#status !== undefined
    const stale = !this.#retried && wasReused(error) && faultKindOf(error, headSeen) === 'no_response'
    if (stale) return this.#retryOnce()
    // Nothing of the answer is missing: the connection broke after its end.
    if (this.#clock.name === 'linger' || this.#stream?.progress.complete) return this.onResponseEnd()
    this.#fail(failureOfFault(this.#options.provider.name, error, headSeen))
  }

  /** A connection that was idle died under the request: the provider closed it for its age, and is asked once more. */
  #retryOnce(): void {
    this.#retried = true
    // The other idle connections that died with it are noticed before the next turn.
    setImmediate(() => {
      if (!this.#settled) this.#dispatch()
    })
  }

  // What the stream body asks for.

  pause(): void {
    // What is read as a whole has no reader before its end.
    if (!this.#streams) return
    this.#controller?.pause()
    this.#clock.stop()
  }

  resume(): void {
    if (this.#settled) return
    this.#clock.start('idle', this.#options.clocks.idleMs)
    this.#controller?.resume()
  }

  cancel(): void {
    this.#fail(this.#failure('client_closed', 'the answer is no longer wanted', 'nobody'))
  }

  broke(error: unknown): void {
    this.#failBadly('sent an answer that could not be read', error)
  }

  eventSeen(): void {
    if (this.#clock.name === 'idle') this.#clock.refresh()
  }

  contentSeen(): void {
    if (!this.#streams || this.#settled) return
    if (!this.#bodyEnded) this.#clock.start('idle', this.#options.clocks.idleMs)
    if (this.#stream) this.#reply(this.#stream)
  }

  doneSeen(): void {
    if (this.#settled) return
    this.#clock.start('linger', lingerMs)
    if (this.#stream) this.#reply(this.#stream)
  }

  // How it ends.

  #finishStream(stream: StreamBody): void {
    try {
      stream.end()
      this.#reply(stream)
      this.#succeed()
    } catch (error) {
      this.broke(error)
    }
  }

  async #finishJson(): Promise<void> {
    try {
      const secrets = this.#secrets
      const reply = await readWhole(this.#options, { headers: this.#headers, chunks: this.#chunks, secrets })
      if (!this.#settled) this.#reply(reply)
      this.#succeed()
    } catch (error) {
      this.broke(error)
    }
  }

  #finishError(): void {
    const body = Buffer.concat(this.#chunks).toString('utf8')
    const { name } = this.#options.provider
    this.#fail(failureOfStatus(name, this.#status ?? 0, this.#headers, body, this.#secrets))
  }

  /** What the provider was sent and must not repeat to the client. */
  get #secrets(): readonly string[] {
    return this.#options.provider.secretsWith(this.#options.call.request.clientKey)
  }

  #reply(reply: AnswerReply): void {
    if (this.#replied) return
    this.#headAt = performance.now()
    this.#resolve((this.#replied = reply))
  }

  #succeed(): void {
    if (this.#settled) return
    this.#settle()
    this.#report(undefined)
  }

  #fail(failure: AttemptFailure): void {
    if (this.#settled) return
    const completed = this.#clock.name === 'linger'
    this.#settle()
    this.#controller?.abort(failure)
    this.#stream?.fail(failure)
    if (!this.#replied) this.#reject(failure)
    this.#report(completed ? undefined : failure)
  }

  #settle(): void {
    this.#settled = true
    this.#clock.stop()
    this.#options.call.signal.removeEventListener('abort', this.#onAbort)
  }

  #report(failure: AttemptFailure | undefined): void {
    const now = performance.now()
    const report: AttemptReport = {
      path: this.#options.call.path,
      provider: this.#options.provider.name,
      model: this.#options.request.model,
      reason: this.#options.reason,
      outcome: failure?.code ?? 'ok',
      status: this.#status,
      headMs: (this.#headAt ?? now) - this.#startedAt,
      totalMs: now - this.#startedAt,
    }
    recordEnd(this.#options, { report, failure, usage: this.#replied?.usage })
  }

  #timeUp(): void {
    const { name } = this.#clock
    const blame = name === 'idle' ? 'failing' : 'unreachable'
    this.#fail(this.#failure('upstream_timeout', `${missing[name]} within the ${name} timeout`, blame))
  }

  #failBadly(message: string, cause?: unknown): void {
    if (cause instanceof AttemptFailure) return this.#fail(cause)
    if (cause instanceof HulumanageError)
      return this.#fail(this.#failure(cause.code, cause.message, 'failing', cause))
    this.#fail(this.#failure('upstream_bad_response', message, 'failing', cause))
  }

  #abandoned(): AttemptFailure {
    const reason = toHulumanageError(this.#options.call.signal.reason, 'client_closed')
    return this.#failure(reason.code, reason.message, 'nobody', reason)
  }

  #failure(code: ErrorCode, message: string, blame: Blame, cause?: unknown): AttemptFailure {
    const provider = this.#options.provider.name
    return new AttemptFailure(code, message, { provider, blame, upstreamStatus: this.#status, cause })
  }
}
