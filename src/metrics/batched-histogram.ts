import type { Histogram, Registry } from '@prometheus-io/client'
import type { Metric } from './metric.ts'
import { prometheus } from './prometheus.ts'

/** The number of values that are kept before they are entered in the histogram. */
const batchSize = 1000
/** Maximum number of combinations of label values with series of their own. */
const maxSeries = 200
/** The label values of all further combinations. */
const others = 'other'

/** The definition of a histogram. */
export interface HistogramOptions {
  readonly name: string
  readonly help: string
  readonly labels: readonly string[]
  readonly buckets: readonly number[]
}

/**
 * A Prometheus histogram that enters values in batches, or when it is scraped. Entering each one during its request costs
 * several times as much. Beyond a number of combinations of labels, values are entered under `other`.
 */
export class BatchedHistogram implements Metric {
  readonly #options: HistogramOptions
  #histogram: Histogram<string> | undefined
  readonly #known = new Set<string>()
  #labels: (readonly string[])[] = []
  #values: number[] = []

  constructor(options: HistogramOptions) {
    this.#options = options
  }

  /** Records a value under these label values: one for each label, in the order of the labels. */
  observe(value: number, ...labels: readonly string[]): void {
    this.#labels.push(labels)
    if (this.#values.push(value) >= batchSize) this.#flush()
  }

  register(registry: Registry): void {
    registry.registerMetric(this.#prometheusHistogram())
  }

  #prometheusHistogram(): Histogram<string> {
    const { name, help, labels, buckets } = this.#options
    this.#histogram ??= new (prometheus().Histogram)({
      name,
      help,
      labelNames: [...labels],
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
    for (const [index, value] of values.entries()) histogram.observe(this.#seriesOf(labels[index]!), value)
  }

  #seriesOf(values: readonly string[]): Record<string, string> {
    const key = JSON.stringify(values)
    const isKnown = this.#known.has(key) || this.#known.size < maxSeries
    if (isKnown) this.#known.add(key)
    const { labels } = this.#options
    return Object.fromEntries(labels.map((label, index) => [label, isKnown ? values[index]! : others]))
  }
}
