import type { Dispatcher } from 'undici'
import type { CompleteReply } from '../chat/reply.ts'
import type { AttemptReport, Reply } from '../contract/index.ts'
import { faultKindOf, wasReused } from '../http/fault.ts'
import type { ResponseHeaders } from '../http/headers.ts'
import { AttemptTimer, lingerMs } from './attempt-timer.ts'
import type { AttemptFailure } from './failure.ts'
import { type BodyOwner, IncomingBody } from './incoming-body.ts'
import { learnFromRefusal, outgoingFor, sentFor, withFittingRequest } from './options.ts'
import type { AttemptOptions, Sent } from './options.ts'
import { inParts } from './pauses/in-parts.ts'
import { recordEnd, releaseSlot } from './record-end.ts'
import {
  abortFailure,
  cancelFailure,
  sizeFailure,
  timeoutFailure,
  unreadableFailure,
} from './own-failures.ts'
import type { StreamBody } from './stream/stream-body.ts'
import { failedCallOf, failureOfFault, failureToSend } from './transport-failure.ts'

/**
 * Makes one call to one provider. Resolves with the whole JSON answer or at the first content of a stream, so that until
 * then another provider can be tried; rejects with an `AttemptFailure`. Records itself in meter, trace and debug log.
 */
export function attempt(options: AttemptOptions): Promise<Reply> {
  const passed = options.call.request.source?.passed
  if (passed) return import('./passed/passed-attempt.ts').then(({ passOn }) => passOn(options, passed))
  return inParts(withFittingRequest(options), part => new Attempt(part).start())
}

/**
 * `sent`: waits for the head; `resent`: the same, on a second connection; `answering`: the body arrives; `lingering`:
 * `[DONE]` has come, but not the end of the body; `received`: the body is read to its end; `over`: its slot is free.
 */
type Phase = 'sent' | 'resent' | 'answering' | 'lingering' | 'received' | 'over'

/** The transport's handler, the timer and the state of an attempt in a single object: this is the hot path. */
class Attempt implements Dispatcher.DispatchHandler, BodyOwner {
  #options: AttemptOptions
  /** Whether the client streams. If it does not, a stream is read to its end before the reply is handed out. */
  readonly #streams: boolean
  readonly #promised = Promise.withResolvers<Reply>()
  readonly #startedAt = performance.now()
  readonly #timer: AttemptTimer = new AttemptTimer(() => this.#runOut())
  // A function, not this object: Node would keep the object alive for too long, see decision 16.
  readonly #onAbort = () => this.#fail(abortFailure(this.#options, this.#body?.status))
  #phase: Phase = 'sent'
  #controller: Dispatcher.DispatchController | undefined
  /** The response, once its head has arrived. */
  #body: IncomingBody | undefined
  #reply: StreamBody | CompleteReply | undefined
  #repliedAt: number | undefined
  #report: AttemptReport | undefined
  /** The request as the provider got it, which decides how its answer is read. */
  #sent: Sent | undefined

  constructor(options: AttemptOptions) {
    this.#options = options
    this.#streams = options.request.stream === true
  }

  start(): Promise<Reply> {
    const { call, provider, timeouts } = this.#options
    call.request.meter.begin(provider.name)
    call.signal.addEventListener('abort', this.#onAbort)
    if (this.#streams) this.#timer.start('first_token', timeouts.firstTokenMs, timeouts.impatience)
    else this.#timer.start('request', timeouts.requestMs)
    if (call.signal.aborted) this.#onAbort()
    else this.#dispatch()
    return this.#promised.promise
  }

  #dispatch(): void {
    const { provider } = this.#options
    try {
      this.#sent = sentFor(this.#options)
      provider.dispatcher.dispatch(outgoingFor(this.#options, this.#sent), this)
    } catch (error) {
      this.#fail(failureToSend(provider.name, error))
    }
  }

  // Called by the transport.

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#phase === 'over') controller.abort(new Error('the attempt is over'))
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, headers: ResponseHeaders): void {
    if (status < 200 || this.#phase === 'over') return
    // They are parts of the first packet, which they would keep for as long as the answer lasts.
    controller.rawHeaders = null
    this.#phase = 'answering'
    const head = { status, headers, transport: controller, way: this.#sent!.way }
    this.#body = new IncomingBody(this.#options, head, this)
    this.#body.beginDecoding()
  }

  onResponseData(_controller: Dispatcher.DispatchController, bytes: Buffer): void {
    if (this.#reply === undefined && this.#timer.name === 'first_token' && this.#options.timeouts.thinks)
      this.#timer.refresh()
    this.#body?.add(bytes)
  }

  onResponseEnd(): void {
    this.#body?.end()
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (this.#phase === 'over') return
    const isStale = wasReused(error) && faultKindOf(error, this.#body !== undefined) === 'no_response'
    if (isStale && this.#phase === 'sent') return this.#resend()
    // The connection broke after the end of the answer.
    if (this.#phase === 'lingering' || this.#body?.stream?.hasEnded) return this.bodyEnded()
    this.#fail(failureOfFault(failedCallOf(this.#options), error, this.#body !== undefined))
  }

  /** Sends the request once more if an idle connection died under it: the provider closed the connection for its age. */
  #resend(): void {
    this.#phase = 'resent'
    // By the next turn, other idle connections that died with it have been noticed.
    setImmediate(() => {
      if (this.#phase !== 'over') this.#dispatch()
    })
  }

  // Called by the body and its stream.

  bodyEnded(): void {
    if (this.#phase === 'over' || !this.#body) return
    this.#phase = 'received'
    if (!this.#body.isAnswer) return this.#endRefused(this.#body.readError())
    try {
      this.#succeed(this.#body.read())
    } catch (error) {
      this.broke(error)
    }
  }

  /** Sends the call again if it was refused only for a dispensable field, else fails. */
  #endRefused(failure: AttemptFailure): void {
    const repeated = learnFromRefusal(this.#options, failure, this.#sent!)
    if (!repeated) return this.#fail(failure)
    this.#options = repeated
    this.#phase = 'sent'
    this.#body?.close()
    this.#body = undefined
    this.#dispatch()
  }

  bodyTooLarge(limit: number): void {
    this.#fail(this.#body?.isAnswer === false ? this.#body.readError() : sizeFailure(this.#options, limit))
  }

  pause(): void {
    // A stream that is read to its end first has no reader yet.
    if (!this.#streams) return
    this.#body?.pause()
    this.#timer.pause()
  }

  resume(): void {
    if (this.#phase === 'over') return
    this.#timer.resume()
    this.#body?.resume()
  }

  cancel(reason?: unknown): void {
    this.#fail(cancelFailure(this.#options, this.#body?.status, reason))
  }

  broke(error: unknown): void {
    this.#fail(unreadableFailure(this.#options, error))
  }

  eventSeen(isOver = false): void {
    this.#timer.awaitNext(isOver, this.#options.timeouts.idleMs)
  }

  contentSeen(): void {
    const stream = this.#body?.stream
    if (!stream || !this.#streams || this.#phase === 'over') return
    if (this.#phase !== 'received') this.#timer.start('idle', this.#options.timeouts.idleMs)
    this.#handOut(stream)
  }

  doneSeen(): void {
    const stream = this.#body?.stream
    if (!stream || this.#phase !== 'answering') return
    this.#phase = 'lingering'
    this.#timer.start('linger', lingerMs)
    this.#handOut(stream)
    this.#record()
  }

  // How it ends.

  #runOut(): void {
    if (this.#phase !== 'answering' || !this.#body?.stream?.progress.complete)
      return this.#fail(timeoutFailure(this.#options, this.#timer.name, this.#body?.status))
    // The answer has ended, but the provider keeps the connection open.
    this.bodyEnded()
    this.#controller?.abort(new Error('the answer has ended'))
  }

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
    this.#phase = 'over'
    this.#controller?.abort(failure)
    this.#body?.stream?.fail(failure)
    if (!this.#reply) this.#promised.reject(failure)
    // After [DONE] nothing of the answer is missing.
    this.#end(this.#report ? undefined : failure)
  }

  #end(failure?: AttemptFailure): void {
    this.#timer.stop()
    this.#body?.close()
    this.#options.call.signal.removeEventListener('abort', this.#onAbort)
    releaseSlot(this.#options, { report: this.#record(failure), failure, usage: this.#reply?.usage })
  }

  #record(failure?: AttemptFailure): AttemptReport {
    return (this.#report ??= recordEnd(this.#options, {
      response: this.#body,
      startedAt: this.#startedAt,
      repliedAt: this.#repliedAt,
      sent: this.#controller !== undefined,
      failure,
      usage: this.#reply?.usage,
    }))
  }
}
