import type { FastifyContextConfig, FastifyReply, FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import type { TraceRecord } from '../chain/accounting/trace.ts'
import type { Client, Outcome, TracedCalls } from '../chain/request.ts'
import { noCost, sumCost, unknownCost } from '../chat/cost.ts'
import type { AttemptCost, AttemptReport, ErrorCode, RequestCost } from '../contract/index.ts'
import { HulumanageError } from '../contract/index.ts'
import type { NamedClient } from '../config/sections/clients.ts'
import { clientHeadersOf, traceHeader } from '../providers/headers/client-headers.ts'
import type { ClientHeaders } from '../providers/headers/client-headers.ts'
import type { Spender } from './access/budgets/spender.ts'
import { patienceOf } from './access/patience.ts'
import type { RequestRecord } from './ledger/record/request-record.ts'
import type { TraceContext } from './otel/trace-context.ts'
import type { SetMember } from './unordered-set.ts'

declare module 'fastify' {
  interface FastifyRequest {
    exchange: Exchange
  }
}

/** Failed attempts that are remembered for the log. */
const maxFailedAttempts = 20

/** Notified of exchanges and attempts that have ended. */
export interface ExchangeListener {
  exchangeEnded: (exchange: Exchange) => void
  attemptEnded: (report: AttemptReport, exchange: Exchange) => void
}

/** One request and its answer: the client for the chain, and the facts for the log and the metrics. */
export class Exchange implements Client, SetMember {
  readonly id: string
  readonly log: Logger
  readonly controller = new AbortController()
  readonly startedAt = performance.now()
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  /** The pattern of the route, which keeps the number of metrics small. */
  readonly route: string
  readonly routeConfig: Readonly<FastifyContextConfig>
  clientKey: string | undefined
  tenant: string | undefined
  /** Whether other clients than that of the key have keys, too, in the configuration or in the ledger. */
  hasOthers = false
  /** The client of the key, if the configuration names it. */
  named: NamedClient | undefined
  /** Whether the key was right, or no key is needed. */
  allowed = false
  /** The code of the error if the answer failed. */
  failure: ErrorCode | undefined
  /** The model that the client has named, chain included. */
  model: string | undefined
  /** The first attempts that failed, up to a number. */
  failedAttempts: AttemptReport[] | undefined
  /** Collects the facts for the ledger; undefined without one. */
  record: RequestRecord | undefined
  /** The time at which the answer had a head; 0 before. */
  answeredAt = 0
  /** Its place in a trace, if the server makes traces. */
  traceContext: TraceContext | undefined
  #outcome: Outcome | undefined
  /** The cost of the attempts that have ended. */
  #paid = noCost
  /** The calls of each run, if the request asks for them. */
  #traces: readonly TracedCalls[] | undefined
  #spender: Spender | undefined
  /** The tokens of the attempts that have ended. */
  #tokens = 0
  /** Receives progress; set if the client streams. */
  onNote: ((text: string) => void) | undefined
  setIndex = -1
  readonly #listener: ExchangeListener
  #over = false

  constructor(request: FastifyRequest, reply: FastifyReply, listener: ExchangeListener) {
    this.request = request
    this.reply = reply
    this.id = request.id
    // The app is built on a pino logger.
    this.log = request.log as Logger
    this.#listener = listener
    // Fastify creates this object at each access.
    const { url = 'unknown', config } = request.routeOptions
    this.route = url
    this.routeConfig = config
    // request.signal aborts as soon as the body has been read, and 'aborted' is not emitted after that: only this works.
    reply.raw.on('close', this.#onClose)
    // A response that waits behind another one on its connection gets no 'close' event with the connection.
    if (!reply.raw.socket) {
      const { socket } = request.raw
      // Any number of requests may wait: Node would take many listeners for a leak, and write a warning for each connection.
      socket.setMaxListeners(0)
      socket.once('close', this.#onClose)
    }
  }

  /** Whether the client disconnected before its answer was complete. */
  get gone(): boolean {
    const { raw } = this.reply
    return (raw.closed || this.request.raw.socket.destroyed) && !raw.writableFinished
  }

  /** The status for the log and the metrics: 499 if the client disconnected. */
  get status(): number {
    return this.gone ? 499 : this.reply.raw.statusCode
  }

  /** Whether it is for operators: no request to a model, even if it is a POST. */
  get isManagement(): boolean {
    return this.routeConfig.audience === 'operator'
  }

  /** The answer of the chain, once it has a head. */
  get outcome(): Outcome | undefined {
    return this.#outcome
  }

  /** The cost of the request. Without an answer, everything that was paid is wasted. */
  get cost(): RequestCost {
    return this.#outcome?.meter.cost ?? this.#paid
  }

  /** Tokens of attempts for answers that nobody uses; without an answer, those of all attempts. */
  get wastedTokens(): number {
    return Math.round(this.#outcome ? (this.#outcome.meter.wastedTokens ?? 0) : this.#tokens)
  }

  /** The field with the calls so far, for an error; undefined if none are asked for, or none could be made. */
  get traceField(): { readonly hulumanage_trace: readonly TraceRecord[] } | undefined {
    return this.#traces && { hulumanage_trace: this.#traces.flatMap(calls => calls.records()) }
  }

  /** Charges the request to budgets of its client, from now on. */
  chargeTo(spender: Spender): void {
    if (this.#over) return spender.end()
    if (this.#spender) this.#spender.join(spender)
    else this.#spender = spender
  }

  /** Throws if the client has used up its budget; undefined if it has none. */
  get checkBudget(): (() => void) | undefined {
    return this.#spender?.check
  }

  /** Called when the chain has an answer, with its first content if it is a stream. */
  answer(outcome: Outcome): void {
    this.#outcome = outcome
    this.answeredAt = performance.now()
  }

  readonly note = (text: string): void => this.onNote?.(text)

  readonly onAttempt = (report: AttemptReport): void => {
    if (hasFailed(report)) this.#remember(report)
    if (report.cost) this.#pay(report.cost)
    if (report.usage) this.#tokens += report.usage.total_tokens
    this.record?.attempted(report)
    this.#spender?.attempted(report)
    this.#listener.attemptEnded(report, this)
  }

  readonly onTrace = (calls: TracedCalls): void => {
    this.#traces = [...(this.#traces ?? []), calls]
  }

  #pay({ usd, estimated }: AttemptCost): void {
    if (usd === null) this.#paid = unknownCost
    else this.#paid = sumCost(this.#paid, { usd, wasted_usd: usd, ...(estimated && { estimated }) })
  }

  #remember(report: AttemptReport): void {
    // Created with the first one: most requests have none.
    this.failedAttempts ??= []
    if (this.failedAttempts.length < maxFailedAttempts) this.failedAttempts.push(report)
  }

  /** The headers of the request that belong to its body or its key. */
  get clientHeaders(): ClientHeaders | undefined {
    const headers = clientHeadersOf(this.request.headers)
    return this.traceContext ? { ...headers, [traceHeader]: this.traceContext.traceparent } : headers
  }

  /** Seconds that the client waits for an answer, if its request says so. */
  get patience(): number | undefined {
    return patienceOf(this.request.headers)
  }

  readonly #onClose = (): void => {
    if (this.#over) return
    this.#over = true
    this.request.raw.socket.off('close', this.#onClose)
    if (this.gone) {
      this.failure ??= 'client_closed'
      this.controller.abort(new HulumanageError('client_closed', 'The client disconnected'))
    }
    this.#spender?.end()
    this.#listener.exchangeEnded(this)
  }
}

/** Whether an attempt failed; one that was cancelled because nobody wanted its answer any more did not. */
function hasFailed({ outcome }: AttemptReport): boolean {
  return outcome !== 'ok' && !wasUnwanted(outcome)
}

/** Whether an attempt with this outcome was cancelled: its client has left, or another provider answered first. */
export function wasUnwanted(outcome: string): boolean {
  return outcome === 'client_closed' || outcome === 'outpaced'
}
