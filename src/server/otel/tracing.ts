import type { BaseLogger } from 'pino'
import type { OtelConfig } from '../../config/sections/monitoring.ts'
import type { Exchange, ExchangeListener } from '../exchange.ts'
import { callRows } from '../ledger/record/call-rows.ts'
import { Exporter } from './exporter.ts'
import { spansOf } from './spans.ts'
import type { EndedTrace } from './spans.ts'
import { traceContextOf } from './trace-context.ts'
import type { TraceContext } from './trace-context.ts'

/** The parts that tracing works with. */
export interface TracingOptions {
  readonly config: OtelConfig
  readonly log: Pick<BaseLogger, 'info' | 'warn'>
  /** The kind of service of a provider; undefined if there is no such provider. */
  readonly kindOf: (provider: string) => string | undefined
}

/** Makes a trace of each request: a span for it, and one for each step, call and attempt. Contains no text of either side. */
export class Tracing implements ExchangeListener {
  readonly #exporter: Exporter<EndedTrace>
  readonly #sample: number

  constructor({ config, log, kindOf }: TracingOptions) {
    this.#sample = config.sample
    this.#exporter = new Exporter({ config, log, spansOf: trace => spansOf(trace, kindOf) })
  }

  /** The place of a new request in the trace of its client, or in one of its own. */
  begin(traceparent: unknown): TraceContext {
    return traceContextOf(traceparent, () => Math.random() < this.#sample)
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
      calls: () => callRows(record, startedAt),
    })
  }

  attemptEnded(): void {
    // The record of the exchange has it.
  }

  /** Sends what is left. */
  async close(): Promise<void> {
    await this.#exporter.close()
  }
}
