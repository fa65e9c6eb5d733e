import type { BaseLogger } from 'pino'
import type { OtelConfig } from '../../config/sections/monitoring.ts'
import type { Exchange, ExchangeListener } from '../exchange.ts'
import { callRows } from '../ledger/record/call-rows.ts'
import type { TextsOfCall } from '../ledger/record/recorded-texts.ts'
import type { RecordedWork } from '../ledger/record/request-end.ts'
import { contentOf, tracedTexts } from './content.ts'
import type { Content, TracedTexts } from './content.ts'
import { Exporter } from './exporter.ts'
import { spansOf } from './spans.ts'
import type { EndedTrace, Span, TracedWork } from './spans.ts'
import type { TraceTexts } from './trace-texts.ts'
import { traceContextOf } from './trace-context.ts'
import type { TraceContext } from './trace-context.ts'

/** The parts that tracing works with. */
export interface TracingOptions {
  readonly config: OtelConfig
  readonly log: Pick<BaseLogger, 'info' | 'warn'>
  /** The kind of service of a provider; undefined if there is no such provider. */
  readonly kindOf: (provider: string) => string | undefined
  /** Undefined if traces have no texts. */
  readonly texts: TraceTexts | undefined
}

const noContent: Content = new Map()

/** Makes a trace of each request: a span for it, and one for each step, call and attempt. */
export class Tracing implements ExchangeListener {
  readonly #exporter: Exporter<EndedTrace>
  readonly #options: TracingOptions

  constructor(options: TracingOptions) {
    const { config, log } = options
    this.#options = options
    this.#exporter = new Exporter({ config, log, spansOf: trace => this.#spansOf(trace) })
  }

  /** Whether traces have the texts of requests. */
  get hasTexts(): boolean {
    return this.#options.texts !== undefined
  }

  /** The place of a new request in the trace of its client, or in one of its own. */
  begin(traceparent: unknown): TraceContext {
    return traceContextOf(traceparent, () => Math.random() < this.#options.config.sample)
  }

  exchangeEnded(exchange: Exchange): void {
    const { record, traceContext: context, outcome, cost, named, startedAt, request, allowed } = exchange
    // A traceparent does not let a client without a key fill the queue.
    if (!record || !context?.sampled || !allowed || request.method !== 'POST') return
    const [now, wall] = [performance.now(), Date.now()]
    this.#exporter.add({
      context,
      facts: {
        id: exchange.id,
        method: request.method,
        route: exchange.route,
        status: exchange.status,
        error: exchange.failure,
        client: named?.name,
        chain: outcome?.approach,
        model: record.runs[0]?.model ?? exchange.model,
        served: outcome?.reply.head.model,
        costUsd: cost.usd,
      },
      startedAt: wall - (now - startedAt),
      endedAt: wall,
      work: () => this.#workOf(record, startedAt),
    })
  }

  attemptEnded(): void {
    // The record of the exchange has it.
  }

  #workOf(record: RecordedWork, startedAt: number): TracedWork {
    const { texts } = this.#options
    const ofCalls: TextsOfCall[] = []
    const calls = callRows(record, startedAt, ofCalls)
    const isOneCall = calls[0]?.kind === 'call' && ofCalls.length === 0
    return { calls, texts: texts ? tracedTexts(record, ofCalls, isOneCall, texts.characters) : [] }
  }

  async #spansOf(trace: EndedTrace): Promise<Span[]> {
    const { calls, texts } = trace.work()
    return spansOf(trace, calls, await this.#contentOf(texts), this.#options.kindOf)
  }

  async #contentOf(texts: readonly TracedTexts[]): Promise<Content> {
    const redacted = texts.length === 0 ? [] : await this.#options.texts?.redacted(texts)
    return redacted ? contentOf(texts, redacted) : noContent
  }

  /** Sends what is left. */
  async close(): Promise<void> {
    await this.#exporter.close()
    await this.#options.texts?.close()
  }
}
