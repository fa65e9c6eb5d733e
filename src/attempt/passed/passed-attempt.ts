import { toError } from '../../contract/errors.ts'
import type { Dispatcher } from 'undici'
import type { PassedRequest } from '../../chat/passed-request.ts'
import type { Usage } from '../../contract/index.ts'
import { faultKindOf, wasReused } from '../../http/fault.ts'
import { request as send } from '../../http/undici.ts'
import { background } from '../../time/background.ts'
import { AttemptTimer } from '../attempt-timer.ts'
import { AttemptFailure } from '../failure.ts'
import { outgoingOptions } from '../options.ts'
import type { AttemptOptions } from '../options.ts'
import { abortFailure, cancelFailure, timeoutFailure } from '../own-failures.ts'
import { recordEnd, releaseSlot } from '../record-end.ts'
import { failedCallOf, failureOfFault, failureToSend } from '../transport-failure.ts'
import { readError } from '../whole/whole-body.ts'
import { errorStart, failureOfEndpoint } from './endpoint-failure.ts'
import { PassedReply } from './passed-reply.ts'
import { UsageReader } from './usage-reader.ts'

type Answer = Dispatcher.ResponseData

/**
 * Passes a request on to one provider. Resolves at the first byte of the answer's body, or at its end if it is empty,
 * so that until then another provider can be tried; rejects with an `AttemptFailure`. Records itself like every
 * attempt.
 */
export function passOn(options: AttemptOptions, passed: PassedRequest): Promise<PassedReply> {
  return new PassedAttempt(options, passed).start()
}

class PassedAttempt {
  readonly #options: AttemptOptions
  readonly #passed: PassedRequest
  readonly #startedAt = performance.now()
  readonly #timer: AttemptTimer = new AttemptTimer(() =>
    this.#abort(timeoutFailure(this.#options, this.#timer.name, this.#status)),
  )
  readonly #onAbort = () => this.#abort(abortFailure(this.#options, this.#status))
  readonly #controller = new AbortController()
  #status: number | undefined
  #reply: PassedReply | undefined
  #repliedAt: number | undefined
  #isOver = false

  constructor(options: AttemptOptions, passed: PassedRequest) {
    this.#options = options
    this.#passed = passed
  }

  async start(): Promise<PassedReply> {
    const { call, provider } = this.#options
    call.request.meter.begin(provider.name)
    call.signal.addEventListener('abort', this.#onAbort)
    if (call.signal.aborted) this.#onAbort()
    try {
      background(this.#startTimer(), call.request.log, 'the timeout of a call did not start')
      return await this.#answer()
    } catch (error) {
      throw this.#end(this.#failureOf(error))
    }
  }

  /** The provider's timeout starts once the whole request has arrived from the client. */
  async #startTimer(): Promise<void> {
    const { call, provider, timeouts } = this.#options
    const seconds = provider.config.timeout ?? call.request.config.pass_through.timeout
    await this.#passed.body.arrived
    if (this.#isOver || this.#reply) return
    if (this.#passed.isCall) this.#timer.start('request', timeouts.requestMs)
    else this.#timer.start('pass_through', seconds * 1000)
  }

  async #answer(): Promise<PassedReply> {
    const answer = await this.#ask()
    const { statusCode: status, headers, body } = answer
    this.#status = status
    const bytes = body[Symbol.asyncIterator]() as AsyncIterator<Buffer>
    if (status < 200 || status >= 300) {
      const failure = readError(this.#options, status, headers, await errorStart(bytes))
      throw failureOfEndpoint(failure, this.#passed)
    }
    const first = await bytes.next()
    this.#timer.stop()
    this.#controller.signal.throwIfAborted()
    this.#repliedAt = performance.now()
    this.#reply = new PassedReply(this.#options, answer, {
      bytes: this.#relay(first, bytes, new UsageReader(headers)),
      cancel: () => this.#abort(cancelFailure(this.#options, status)),
    })
    if (first.done === true) this.#end()
    return this.#reply
  }

  /** Sends the request, and again if an idle connection had died. */
  async #ask(): Promise<Answer> {
    try {
      return await this.#send()
    } catch (error) {
      const isStale =
        error instanceof Error && wasReused(error) && faultKindOf(error, false) === 'no_response'
      if (!isStale || this.#passed.body.spent) throw error
      return await this.#send()
    }
  }

  async #send(): Promise<Answer> {
    const { provider } = this.#options
    this.#controller.signal.throwIfAborted()
    const outgoing = this.#outgoing()
    return await send(provider.dispatcher, { ...outgoing, signal: this.#controller.signal })
  }

  #outgoing() {
    const { provider, request } = this.#options
    try {
      return provider.passedCall(this.#passed, request.model, outgoingOptions(this.#options))
    } catch (error) {
      throw failureToSend(provider.name, error)
    }
  }

  async *#relay(
    first: IteratorResult<Buffer, unknown>,
    bytes: AsyncIterator<Buffer>,
    reader: UsageReader,
  ): AsyncGenerator<Uint8Array> {
    try {
      for (let next = first; next.done !== true; next = await this.#next(bytes)) {
        reader.add(next.value)
        yield next.value
      }
      this.#end(undefined, reader.usage)
    } catch (error) {
      throw this.#end(this.#failureOf(error))
    } finally {
      // The reader has disconnected.
      this.#abort(cancelFailure(this.#options, this.#status))
    }
  }

  async #next(bytes: AsyncIterator<Buffer>): Promise<IteratorResult<Buffer, unknown>> {
    this.#timer.start('idle', this.#options.timeouts.idleMs)
    const next = await bytes.next()
    this.#timer.stop()
    return next
  }

  /** Ends the call. A caller that waits for the provider gets the failure; without one, it is recorded here. */
  #abort(failure: AttemptFailure): void {
    if (this.#isOver) return
    this.#controller.abort(failure)
    if (this.#reply) this.#end(failure)
  }

  #failureOf(error: unknown): AttemptFailure {
    const { signal } = this.#controller
    const reason: unknown = signal.aborted ? signal.reason : error
    const failure = this.#clientFailure() ?? (reason instanceof AttemptFailure ? reason : this.#fault(reason))
    failure.final = this.#passed.body.spent
    return failure
  }

  #fault(reason: unknown): AttemptFailure {
    const error = toError(reason)
    return failureOfFault(failedCallOf(this.#options), error, this.#status !== undefined)
  }

  /** The failure of a body that did not arrive from the client. */
  #clientFailure(): AttemptFailure | undefined {
    const { error } = this.#passed.body
    if (!error) return undefined
    const { code, message } = error
    return new AttemptFailure(code, message, {
      provider: this.#options.provider.name,
      blame: 'nobody',
      cause: error,
    })
  }

  #end<F extends AttemptFailure | undefined>(failure?: F, usage?: Usage): F {
    if (this.#isOver) return failure as F
    this.#isOver = true
    this.#timer.stop()
    this.#options.call.signal.removeEventListener('abort', this.#onAbort)
    if (failure) this.#controller.abort(failure)
    this.#reply?.end(failure, usage)
    const report = recordEnd(this.#options, {
      response: this.#status === undefined ? undefined : { status: this.#status },
      startedAt: this.#startedAt,
      repliedAt: this.#repliedAt,
      // Without usage, nothing is known of what such a request costs.
      sent: false,
      failure,
      usage,
    })
    releaseSlot(this.#options, { report, failure, usage })
    return failure as F
  }
}
