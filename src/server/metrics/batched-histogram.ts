import type { Histogram, Registry } from '@prometheus-io/client'
import { prometheus } from './prometheus.ts'

/** Values kept before they are handed over. */
const batch = 1000

export interface HistogramOptions {
  readonly name: string
  readonly help: string
  /** The name of its one label. */
  readonly label: string
  readonly buckets: readonly number[]
}

/**
 * A Prometheus histogram with one label, which takes values in batches and when it is scraped: one by one, amid a
 * request, each costs several times as much.
 */
export class BatchedHistogram {
  readonly #options: HistogramOptions
  #histogram: Histogram<string> | undefined
  #labels: string[] = []
  #values: number[] = []

  constructor(options: HistogramOptions) {
    this.#options = options
  }

  /** Enters a value under the value of the label. */
  observe(label: string, value: number): void {
    this.#labels.push(label)
    if (this.#values.push(value) >= batch) this.#handOver()
  }

  /** Has the histogram read whenever the registry is scraped. */
  register(registry: Registry): void {
    registry.registerMetric(this.#made())
  }

  #made(): Histogram<string> {
    const { name, help, label, buckets } = this.#options
    this.#histogram ??= new (prometheus().Histogram)({
      name,
      help,
      labelNames: [label],
      buckets: [...buckets],
      registers: [],
      collect: () => this.#handOver(),
    })
    return this.#histogram
  }

  #handOver(): void {
    const [labels, values] = [this.#labels, this.#values]
    this.#labels = []
    this.#values = []
    const histogram = this.#made()
    for (const [index, value] of values.entries()) {
      histogram.observe({ [this.#options.label]: labels[index]! }, value)
    }
  }
}
