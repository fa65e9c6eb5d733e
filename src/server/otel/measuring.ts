import { randomUUID } from 'node:crypto'
import type { BaseLogger } from 'pino'
import type { OtelConfig } from '../../config/sections/monitoring.ts'
import type { AttemptReport } from '../../contract/index.ts'
import type { Exchange, ExchangeListener } from '../exchange.ts'
import { wasUnwanted } from '../exchange.ts'
import { ModelLabels } from '../metrics/model-labels.ts'
import { version } from '../version.ts'
import { postToCollector, reasonOf } from './collector.ts'
import {
  durationMetric,
  firstChunkMetric,
  measuredAttributes,
  operationOf,
  tokensMetric,
} from './conventions.ts'
import { keyValues } from './encoding.ts'
import { OtelHistogram } from './histogram.ts'
import { Patience } from './patience.ts'

/** The parts that measuring works with. */
export interface MeasuringOptions {
  readonly config: OtelConfig
  /** Seconds between two messages. */
  readonly interval: number
  readonly log: Pick<BaseLogger, 'info' | 'warn'>
  /** The kind of service of a provider; undefined if there is no such provider. */
  readonly kindOf: (provider: string) => string | undefined
}

/**
 * Measures the attempts at providers by the conventions for generative AI, and sends the sums since the start to a
 * collector. If a message is lost, the next one makes up for it.
 */
export class Measuring implements ExchangeListener {
  readonly #options: MeasuringOptions
  readonly #tokens = new OtelHistogram(tokensMetric)
  readonly #duration = new OtelHistogram(durationMetric)
  readonly #firstChunk = new OtelHistogram(firstChunkMetric)
  readonly #models = new ModelLabels()
  readonly #startedAt = Date.now()
  /** Tells the sums of this process from those of other servers and workers. */
  readonly #instance = randomUUID()
  readonly #timer: NodeJS.Timeout
  readonly #patience = new Patience()
  #sending: Promise<void> | undefined
  #isDown = false

  constructor(options: MeasuringOptions) {
    this.#options = options
    this.#timer = setInterval(() => this.#sendUnlessBusy(), options.interval * 1000).unref()
  }

  attemptEnded(report: AttemptReport, { route }: Exchange): void {
    const { provider, model, outcome, totalMs, headMs, streamed, usage } = report
    const operation = operationOf(route)
    const kind = this.#options.kindOf(provider)
    const label = this.#models.labelOf(model, outcome === 'ok')
    const attributes = measuredAttributes({ provider, kind, model: label, operation })
    const error = outcome === 'ok' || wasUnwanted(outcome) ? undefined : outcome
    this.#duration.record(totalMs / 1000, { ...attributes, ...(error && { 'error.type': error }) })
    if (streamed) this.#firstChunk.record(headMs / 1000, attributes)
    if (!usage) return
    this.#tokens.record(usage.prompt_tokens, { ...attributes, 'gen_ai.token.type': 'input' })
    if (operation !== 'embeddings')
      this.#tokens.record(usage.completion_tokens, { ...attributes, 'gen_ai.token.type': 'output' })
  }

  exchangeEnded(): void {
    // The conventions know no metric of a request.
  }

  /** Sends the sums for the last time. Settles in a few seconds, whatever the collector does. */
  async close(): Promise<void> {
    clearInterval(this.#timer)
    this.#patience.end()
    await this.#sending
    await this.#send()
  }

  /** Skips a turn while the collector has not answered: a message that is overtaken would set its sums back. */
  #sendUnlessBusy(): void {
    this.#sending ??= this.#send().finally(() => {
      this.#sending = undefined
    })
  }

  /** Never rejects. */
  async #send(): Promise<void> {
    const { config, log } = this.#options
    try {
      const now = Date.now()
      const histograms = [this.#tokens, this.#duration, this.#firstChunk]
      const metrics = histograms.flatMap(each => each.message(this.#startedAt, now) ?? [])
      if (metrics.length === 0) return
      await postToCollector(config, 'metrics', this.#requestOf(metrics), this.#patience.limit())
      if (this.#isDown) log.info({}, 'the collector of metrics is back')
      this.#isDown = false
    } catch (error) {
      if (!this.#isDown)
        log.warn(
          { error: reasonOf(error) },
          'the collector of metrics cannot be reached; it gets their sums when it is back',
        )
      this.#isDown = true
    }
  }

  /** An `ExportMetricsServiceRequest`. */
  #requestOf(metrics: readonly object[]): object {
    const attributes = keyValues({
      'service.name': this.#options.config.service_name,
      'service.version': version,
      'service.instance.id': this.#instance,
    })
    const scopeMetrics = [{ scope: { name: 'hulumanage', version }, metrics }]
    return { resourceMetrics: [{ resource: { attributes }, scopeMetrics }] }
  }
}
