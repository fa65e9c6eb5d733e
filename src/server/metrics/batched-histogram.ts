import type { Histogram, Registry } from '@prometheus-io/client'
import { prometheus } from './prometheus.ts'

/** The number of values that are kept before they are entered in the histogram. */
const batchSize = 1000

/** The definition of a histogram. */
export interface HistogramOptions {
  readonly name: string
  readonly help: string
  /** The name of its only label. */
  readonly label: string
  readonly buckets: readonly number[]
}

/**
 * A Prometheus histogram with one label that enters values in batches, or when it is scraped. Entering each one during
 * its request costs several times as much.
 */
export class BatchedHistogram {
  readonly #options: HistogramOptions
  #histogram: Histogram<string> | undefined
  #labels: string[] = []
  #values: number[] = []

  constructor(options: HistogramOptions) {
    this.#options = options
  }

  /** Records a value under a value of the label. */
  observe(label: string, value: number): void {
    this.#labels.push(label)
    if (this.#values.push(value) >= batchSize) this.#flush()
  }

  /** Registers the histogram, so that it is read whenever the registry is scraped. */
  register(registry: Registry): void {
    registry.registerMetric(this.#prometheusHistogram())
  }

  #prometheusHistogram(): Histogram<string> {
    const { name, help, label, buckets } = this.#options
    this.#histogram ??= new (prometheus().Histogram)({
      name,
      help,
      labelNames: [label],
      buckets: [...buckets],
      registers: [],
      collect: () => this.#flush(),
    })
    return this.#histogram
  }

  #flush(): void {
    const [labels, values] = [this.#labels, this.#values]
    this.#labels = []
    this.#values = []
    const histogram = this.#prometheusHistogram()
    for (const [index, value] of values.entries()) {
      histogram.observe({ [this.#options.label]: labels[index]! }, value)
    }
  }
}
