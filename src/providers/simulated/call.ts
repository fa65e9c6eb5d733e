import { toError } from '../../contract/errors.ts'
import type { Dispatcher } from 'undici'
import type { SimulatedReply } from './model.ts'

/** Sends one reply to a handler, part by part over time. Also the controller that is passed to the handler. */
export class SimulatedCall implements Dispatcher.DispatchController {
  readonly #reply: SimulatedReply
  readonly #handler: Dispatcher.DispatchHandler
  readonly #onEnd: () => void
  #timer: NodeJS.Timeout | undefined
  #reason: Error | null = null
  #state: 'waiting' | 'sending' | 'blocked' | 'over' = 'waiting'
  #headSent = false
  #partsSent = 0
  #paused = false

  constructor(reply: SimulatedReply, handler: Dispatcher.DispatchHandler, onEnd: () => void) {
    this.#reply = reply
    this.#handler = handler
    this.#onEnd = onEnd
  }

  get aborted(): boolean {
    return this.#reason !== null
  }

  get reason(): Error | null {
    return this.#reason
  }

  get paused(): boolean {
    return this.#paused
  }

  /** Starts the call: the first part is sent after `firstMs`. */
  start(): void {
    this.#notify(() => this.#handler.onRequestStart?.(this, {}))
    if (this.#state === 'waiting') this.#wait(this.#reply.firstMs)
  }

  abort(reason: Error): void {
    if (this.#state === 'over') return
    this.#reason = reason
    this.#finish()
    this.#handler.onResponseError?.(this, reason)
  }

  pause(): void {
    this.#paused = true
  }

  resume(): void {
    this.#paused = false
    if (this.#state === 'blocked') this.#wait(0)
  }

  #wait(milliseconds: number): void {
    this.#state = 'waiting'
    this.#timer = setTimeout(() => this.#send(), milliseconds)
  }

  /** Sends the parts that are due, then waits for the time of the next one, or for `resume`. */
  #send(): void {
    this.#state = 'sending'
    while (this.#state === 'sending') {
      if (this.#paused) this.#state = 'blocked'
      else if (!this.#headSent) this.#sendHead()
      else if (this.#partsSent < this.#reply.parts.length) this.#sendPart()
      else this.#end()
    }
  }

  #sendHead(): void {
    const { status, contentType } = this.#reply
    const headers = { 'content-type': contentType }
    this.#headSent = true
    this.#notify(() => this.#handler.onResponseStart?.(this, status, headers, ''))
  }

  #sendPart(): void {
    const { parts, betweenMs } = this.#reply
    const part = Buffer.from(parts[this.#partsSent] ?? '')
    this.#partsSent += 1
    this.#notify(() => this.#handler.onResponseData?.(this, part))
    const last = this.#partsSent === parts.length
    if (this.#state === 'sending' && betweenMs > 0 && !last) this.#wait(betweenMs)
  }

  #end(): void {
    this.#finish()
    this.#handler.onResponseEnd?.(this, {})
  }

  #finish(): void {
    this.#state = 'over'
    clearTimeout(this.#timer)
    this.#onEnd()
  }

  /** Calls the handler. If it throws, the call is aborted, as in undici. */
  #notify(event: () => void): void {
    try {
      event()
    } catch (error) {
      this.abort(toError(error))
    }
  }
}
