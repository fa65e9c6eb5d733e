import type { Histogram, MetricObjectWithValues, MetricValueWithName, Registry } from '@prometheus-io/client'
import { seriesAtZero } from './known-series.ts'
import type { KnownSeries } from './known-series.ts'
import type { Metric } from './metric.ts'
import { labelsOf, TallyTree } from './tally-tree.ts'
import type { Labels } from './tally-tree.ts'

/** Maximum number of combinations of label values with series of their own. */
const maxSeries = 200
/** The label value of all further combinations. */
const others = 'other'

/** The definition of a histogram. */
export interface HistogramOptions {
  readonly name: string
  readonly help: string
  readonly labels: readonly string[]
  /** Upper bounds of the buckets, ascending. */
  readonly buckets: readonly number[]
  /** Series that begin at zero, see `TalliedCounter`. */
  readonly known?: KnownSeries
}

interface Tally {
  /** The number of values in each bucket, without those of the buckets below; the last one has no upper bound. */
  readonly counts: number[]
  sum: number
}

type Value = MetricValueWithName<string>

/**
 * A Prometheus histogram that keeps its series itself: the library looks each one up several times for each value. Beyond a
 * number of combinations of labels, values are entered under `other`.
 */
export class TalliedHistogram implements Metric {
  readonly #options: HistogramOptions
  readonly #series: TallyTree<Tally>

  constructor(options: HistogramOptions) {
    this.#options = options
    this.#series = new TallyTree(options.labels, () => this.#empty())
  }

  #empty(): Tally {
    return { counts: Array.from({ length: this.#options.buckets.length + 1 }, () => 0), sum: 0 }
  }

  /** Records a value under these label values: one for each label, in the order of the labels. */
  observe(value: number, ...labels: readonly string[]): void {
    const tally = this.#series.find(labels) ?? this.#open(labels)
    const { buckets } = this.#options
    let bucket = 0
    while (bucket < buckets.length && value > buckets[bucket]!) bucket++
    tally.counts[bucket]!++
    tally.sum += value
  }

  #open(labels: readonly string[]): Tally {
    return this.#series.at(this.#series.size < maxSeries ? labels : labels.map(() => others))
  }

  register(registry: Registry): void {
    const { name } = this.#options
    // A registry reads no more of a metric.
    const metric = { name, get: () => this.#read() }
    registry.registerMetric(metric as unknown as Histogram<string>)
  }

  /** Without a function: workers send their figures to another process. */
  #read(): Promise<Omit<MetricObjectWithValues<Value>, 'collect'>> {
    const { name, help, labels: names, known = () => [] } = this.#options
    const unused = seriesAtZero(known).filter(values => this.#series.find(values) === undefined)
    const zeros = unused.map(values => [labelsOf(names, values), this.#empty()] as const)
    const values = [...zeros, ...this.#series].flatMap(([labels, tally]) => this.#valuesOf(labels, tally))
    return Promise.resolve({ name, help, type: 'histogram', aggregator: 'sum', values })
  }

  /** The figures of a series, as Prometheus wants them: each bucket includes those below. */
  #valuesOf(labels: Labels, { counts, sum }: Tally): Value[] {
    const { name, buckets } = this.#options
    let count = 0
    const ofBuckets = counts.map((one, index): Value => {
      count += one
      return {
        metricName: `${name}_bucket`,
        labels: { le: buckets[index] ?? '+Inf', ...labels },
        value: count,
      }
    })
    return [
      ...ofBuckets,
      { metricName: `${name}_sum`, labels: { ...labels }, value: sum },
      { metricName: `${name}_count`, labels: { ...labels }, value: count },
    ]
  }
}
