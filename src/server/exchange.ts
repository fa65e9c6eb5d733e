import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import type { Client, Outcome } from '../chain/request.ts'
import type { AttemptReport, ErrorCode } from '../contract/index.ts'
import { HulumanageError } from '../contract/index.ts'
import type { Attendee } from './unordered-set.ts'

declare module 'fastify' {
  interface FastifyRequest {
    exchange: Exchange
  }
}

/** Told about each exchange that is over. */
export interface ExchangeListener {
  exchangeEnded: (exchange: Exchange) => void
  attemptEnded: (report: AttemptReport) => void
}

/** One request and its answer: what the chain sees of the client, and what log and metrics tell afterwards. */
export class Exchange implements Client, Attendee {
  readonly id: string
  readonly log: Logger
  readonly controller = new AbortController()
  readonly startedAt = performance.now()
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  clientKey: string | undefined
  tenant: string | undefined
  /** A key was right, or none is needed. */
  allowed = false
  /** Why the answer failed, where it did. */
  failure: ErrorCode | undefined
  /** The answer of the chain, once it has a head. */
  outcome: Outcome | undefined
  /** Takes progress; set where the client streams. */
  onNote: ((text: string) => void) | undefined
  place = -1
  readonly #listener: ExchangeListener
  #over = false

  constructor(request: FastifyRequest, reply: FastifyReply, listener: ExchangeListener) {
    this.request = request
    this.reply = reply
    this.id = request.id
    // The app is built on a pino logger.
    this.log = request.log as Logger
    this.#listener = listener
    // request.signal aborts as soon as the body is read, and 'aborted' never does after that: only this tells.
    reply.raw.once('close', this.#onClose)
    // A response that waits behind another on its connection is not told when the connection goes.
    if (!reply.raw.socket) request.raw.socket.once('close', this.#onClose)
  }

  /** The client went before its answer was complete. */
  get gone(): boolean {
    const { raw } = this.reply
    return (raw.closed || this.request.raw.socket.destroyed) && !raw.writableFinished
  }

  /** As the log and the metrics tell it: 499 where the client has gone. */
  get status(): number {
    return this.gone ? 499 : this.reply.raw.statusCode
  }

  /** The pattern of the route, so that metrics stay few. */
  get route(): string {
    return this.request.routeOptions.url ?? 'unknown'
  }

  readonly note = (text: string): void => this.onNote?.(text)

  readonly onAttempt = (report: AttemptReport): void => this.#listener.attemptEnded(report)

  readonly #onClose = (): void => {
    if (this.#over) return
    this.#over = true
    this.request.raw.socket.off('close', this.#onClose)
    if (this.gone) {
      this.failure ??= 'client_closed'
      this.controller.abort(new HulumanageError('client_closed', 'The client has gone'))
    }
    this.#listener.exchangeEnded(this)
  }
}
