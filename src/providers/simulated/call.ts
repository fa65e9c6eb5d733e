import type { Dispatcher } from 'undici'
import type { SimulatedReply } from './model.ts'

/** One answer on its way to a handler, part by part as time goes on; the controller that the handler is given. */
export class SimulatedCall implements Dispatcher.DispatchController {
  readonly #reply: SimulatedReply
  readonly #handler: Dispatcher.DispatchHandler
  readonly #ended: () => void
  #timer: NodeJS.Timeout | undefined
  #reason: Error | null = null
  #state: 'waiting' | 'sending' | 'held' | 'over' = 'waiting'
  #headSent = false
  #partsSent = 0
  #paused = false

  constructor(reply: SimulatedReply, handler: Dispatcher.DispatchHandler, ended: () => void) {
    this.#reply = reply
    this.#handler = handler
    this.#ended = ended
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

  start(): void {
    this.#tell(() => this.#handler.onRequestStart?.(this, {}))
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
    if (this.#state === 'held') this.#wait(0)
  }

  #wait(milliseconds: number): void {
    this.#state = 'waiting'
    this.#timer = setTimeout(() => this.#send(), milliseconds)
  }

  /** Sends what is due, and waits for the next part or for `resume`. */
  #send(): void {
    this.#state = 'sending'
    while (this.#state === 'sending') {
      if (this.#paused) this.#state = 'held'
      else if (!this.#headSent) this.#sendHead()
      else if (this.#partsSent < this.#reply.parts.length) this.#sendPart()
      else this.#end()
    }
  }

  #sendHead(): void {
    const { status, contentType } = this.#reply
    const headers = { 'content-type': contentType }
    this.#headSent = true
    this.#tell(() => this.#handler.onResponseStart?.(this, status, headers, ''))
  }

  #sendPart(): void {
    const { parts, betweenMs } = this.#reply
    const part = Buffer.from(parts[this.#partsSent] ?? '')
    this.#partsSent += 1
    this.#tell(() => this.#handler.onResponseData?.(this, part))
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
    this.#ended()
  }

  /** A handler that throws gives its call up, as in undici. */
  #tell(event: () => void): void {
    try {
      event()
    } catch (error) {
      this.abort(error instanceof Error ? error : new Error(String(error)))
    }
  }
}
