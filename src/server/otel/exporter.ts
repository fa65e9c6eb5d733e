import type { BaseLogger } from 'pino'
import type { OtelConfig } from '../../config/sections/monitoring.ts'
import { version } from '../version.ts'
import { postToCollector, reasonOf } from './collector.ts'
import { keyValues } from './encoding.ts'
import { Patience } from './patience.ts'
import type { Span } from './spans.ts'

/** Maximum traces that wait for the collector, and that are sent at once. Further ones are dropped. */
const ofFacts = { waiting: 2_048, batch: 256 }
/** The same of traces with texts: collectors refuse messages of more than some megabytes. */
const ofTexts = { waiting: 256, batch: 16 }
/** Milliseconds between batches. */
const periodMs = 1_000

/** The parts that an exporter works with. */
export interface ExporterOptions<T> {
  readonly config: OtelConfig
  readonly log: Pick<BaseLogger, 'info' | 'warn'>
  /** Never rejects. */
  readonly spansOf: (trace: T) => Promise<readonly Span[]>
}

/**
 * Sends traces to a collector in batches, as OTLP in JSON. Nothing waits for it: without a collector traces are dropped,
 * which is logged once until it is back.
 */
export class Exporter<T> {
  readonly #options: ExporterOptions<T>
  #waiting: T[] = []
  #dropped = 0
  #isDown = false
  readonly #patience = new Patience()
  #sending: Promise<void> | undefined
  readonly #timer: NodeJS.Timeout
  readonly #max: typeof ofFacts

  constructor(options: ExporterOptions<T>) {
    this.#options = options
    this.#max = options.config.content ? ofTexts : ofFacts
    this.#timer = setInterval(() => void this.flush(), periodMs).unref()
  }

  add(trace: T): void {
    if (this.#waiting.length >= this.#max.waiting) this.#dropped++
    else this.#waiting.push(trace)
  }

  /** Sends what waits; settles when that is done or has failed. Never rejects. */
  flush(): Promise<void> {
    if (this.#sending) return this.#sending
    if (this.#waiting.length === 0) return Promise.resolve()
    this.#sending = this.#sendAll().finally(() => {
      this.#sending = undefined
    })
    return this.#sending
  }

  /** Sends what waits, for the last time. Settles in a few seconds, whatever the collector does. */
  async close(): Promise<void> {
    clearInterval(this.#timer)
    this.#patience.end()
    await this.#sending
    await this.flush()
  }

  async #sendAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, this.#max.batch)
      try {
        await this.#send(batch)
        this.#onSent()
      } catch (error) {
        this.#dropped += batch.length
        this.#onFailed(error)
        return
      }
    }
  }

  async #send(batch: readonly T[]): Promise<void> {
    const { config, spansOf } = this.#options
    const spans = await Promise.all(batch.map(spansOf))
    const message = requestOf(spans.flat(), config)
    await postToCollector(config, 'traces', message, this.#patience.limit())
  }

  #onSent(): void {
    if (this.#isDown) this.#options.log.info({ dropped: this.#dropped }, 'the collector of traces is back')
    this.#isDown = false
    this.#dropped = 0
  }

  #onFailed(error: unknown): void {
    if (this.#isDown) return
    this.#isDown = true
    this.#options.log.warn(
      { error: reasonOf(error) },
      'the collector of traces cannot be reached; traces are dropped until it is back',
    )
  }
}

/** An `ExportTraceServiceRequest`. */
function requestOf(spans: readonly Span[], { service_name: name }: OtelConfig): object {
  const resource = { attributes: keyValues({ 'service.name': name, 'service.version': version }) }
  return { resourceSpans: [{ resource, scopeSpans: [{ scope: { name: 'hulumanage', version }, spans }] }] }
}
