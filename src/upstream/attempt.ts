import type { Dispatcher } from 'undici'
import type { AttemptReport, ErrorCode, Reply } from '../contract/index.ts'
import { toHulumanageError } from '../contract/index.ts'
import { faultKindOf, wasReused } from '../http/fault.ts'
import { codingOf, headerText, passedHeaders } from '../http/headers.ts'
import type { ResponseHeaders } from '../http/headers.ts'
import type { AttemptOptions } from './attempt-options.ts'
import { AttemptClock, missing } from './clock.ts'
import { AttemptFailure } from './failure.ts'
import type { Blame } from './failure.ts'
import { decodeBody, JsonReply, readCompletion } from './json-body.ts'
import { CompleteReply } from './reply.ts'
import { failureOfStatus } from './status.ts'
import { StreamBody } from './stream-body.ts'
import type { StreamSource } from './stream-body.ts'
import { failureOfFault } from './transport-failure.ts'

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
  return new Promise((resolve, reject) => new Attempt(options, resolve, reject).start())
}

/** The transport's handler, the clocks and the state of one attempt in a single object: this is the hot path. */
class Attempt implements Dispatcher.DispatchHandler, StreamSource {
  readonly #options: AttemptOptions
  readonly #resolve: (reply: Reply) => void
  readonly #reject: (failure: AttemptFailure) => void
  readonly #startedAt = performance.now()
  #headAt: number | undefined
  #controller: Controller | undefined
  readonly #clock = new AttemptClock(() => this.#timeUp())
  #status: number | undefined
  #headers: ResponseHeaders = {}
  #chunks: Buffer[] = []
  #size = 0
  #stream: StreamBody | undefined
  #settled = false
  #replied = false
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
    this.#options.call.signal.addEventListener('abort', this)
    if (this.#options.request.stream === true)
      this.#clock.start('first_token', this.#options.clocks.firstTokenMs)
    else this.#clock.start('request', this.#options.clocks.requestMs)
    this.#dispatch()
  }

  /** The call's signal has aborted. */
  handleEvent(): void {
    this.#fail(this.#abandoned())
  }

  #dispatch(): void {
    const { id, clientKey, source } = this.#options.call.request
    try {
      const outgoing = this.#options.provider.outgoing('chat', this.#options.request, {
        requestId: id,
        clientKey,
        source,
      })
      this.#options.provider.dispatcher.dispatch(outgoing, this)
    } catch (error) {
      this.#fail(this.#failure('upstream_error', 'could not be called', 'failing', error))
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
      },
      this,
    )
  }

  onResponseData(_controller: Controller, bytes: Buffer): void {
    if (this.#settled) return
    this.#size += bytes.length
    if (this.#stream) return this.#stream.feed(bytes)
    const limit = this.#status === 200 ? this.#options.maxResponseBytes : errorBodyBytes
    if (this.#size <= limit) return void this.#chunks.push(bytes)
    if (this.#status !== 200) return this.#finishError()
    this.#fail(this.#failure('upstream_too_large', `sent more than ${limit} bytes`, 'failing'))
  }

  onResponseEnd(): void {
    if (this.#settled) return
    const stream = this.#stream
    if (stream) {
      return this.#guard(() => {
        stream.end()
        this.#succeed()
      })
    }
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
    this.#clock.start('idle', this.#options.clocks.idleMs)
    if (this.#stream) this.#reply(this.#stream)
  }

  doneSeen(): void {
    this.#clock.start('linger', lingerMs)
  }

  // How it ends.

  async #finishJson(): Promise<void> {
    const { name } = this.#options.provider
    try {
      let bytes = this.#chunks.length === 1 ? this.#chunks[0]! : Buffer.concat(this.#chunks)
      const coding = codingOf(this.#headers)
      if (coding) bytes = await decodeBody(name, coding, bytes, this.#options.maxResponseBytes)
      const { completion, untouched } = readCompletion(name, this.#options.request, bytes, this.#secrets)
      if (this.#settled) return
      this.#reply(
        untouched
          ? new JsonReply(completion, name, passedHeaders(this.#headers), bytes)
          : new CompleteReply(completion, name),
      )
      this.#succeed()
    } catch (error) {
      this.#failBadly('sent an answer that could not be read', error)
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

  #reply(reply: Reply): void {
    if (this.#replied) return
    this.#replied = true
    this.#headAt = performance.now()
    this.#resolve(reply)
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
    this.#options.call.signal.removeEventListener('abort', this)
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
    this.#options.call.request.meter.report(report)
    this.#options.listener?.attemptEnded(report, failure)
  }

  #timeUp(): void {
    const { name } = this.#clock
    const blame = name === 'idle' ? 'failing' : 'unreachable'
    this.#fail(this.#failure('upstream_timeout', `${missing[name]} within the ${name} timeout`, blame))
  }

  /** Runs what may throw an `AttemptFailure` inside a callback of the transport. */
  #guard(work: () => void): void {
    try {
      work()
    } catch (error) {
      this.#failBadly('sent an answer that could not be read', error)
    }
  }

  #failBadly(message: string, cause?: unknown): void {
    if (cause instanceof AttemptFailure) return this.#fail(cause)
    this.#fail(this.#failure('upstream_bad_response', message, 'failing', cause))
  }

  #abandoned(): AttemptFailure {
    const reason = toHulumanageError(this.#options.call.signal.reason, 'client_closed')
    return this.#failure(reason.code, reason.message, 'nobody', reason)
  }

  #failure(code: ErrorCode, message: string, blame: Blame, cause?: unknown): AttemptFailure {
    const { name } = this.#options.provider
    return new AttemptFailure(code, message, { provider: name, blame, upstreamStatus: this.#status, cause })
  }
}
