import { keyValues, nanoseconds } from './encoding.ts'
import type { Attributes } from './encoding.ts'

/** `AGGREGATION_TEMPORALITY_CUMULATIVE` of the protocol: each message has the sums since the start. */
const cumulative = 2
/** Maximum series; the values of further ones are entered under attributes that say so, as OpenTelemetry's SDKs do. */
const maxSeries = 1_000
const overflow: Attributes = { 'otel.metric.overflow': true }

/** The definition of a histogram. */
export interface HistogramDefinition {
  readonly name: string
  readonly description: string
  readonly unit: string
  /** Upper bounds of the buckets, included in them, ascending. */
  readonly bounds: readonly number[]
}

interface Series {
  readonly attributes: Attributes
  /** The number of values in each bucket; the last one has no upper bound. */
  readonly counts: number[]
  count: number
  sum: number
  min: number
  max: number
}

/** A histogram of OpenTelemetry. Unlike those for Prometheus, its buckets do not include the ones below. */
export class OtelHistogram {
  readonly #definition: HistogramDefinition
  readonly #series = new Map<string, Series>()

  constructor(definition: HistogramDefinition) {
    this.#definition = definition
  }

  record(value: number, attributes: Attributes): void {
    const series = this.#seriesOf(attributes)
    const { bounds } = this.#definition
    const bucket = bounds.findIndex(bound => value <= bound)
    series.counts[bucket === -1 ? bounds.length : bucket]!++
    series.count++
    series.sum += value
    series.min = Math.min(series.min, value)
    series.max = Math.max(series.max, value)
  }

  /** A `Metric` of the protocol; undefined without a value. Times are in milliseconds since 1970. */
  message(startedAt: number, now: number): object | undefined {
    if (this.#series.size === 0) return undefined
    const { name, description, unit, bounds } = this.#definition
    const dataPoints = [...this.#series.values()].map(({ attributes, counts, count, sum, min, max }) => ({
      attributes: keyValues(attributes),
      startTimeUnixNano: nanoseconds(startedAt),
      timeUnixNano: nanoseconds(now),
      count: String(count),
      sum,
      bucketCounts: counts.map(String),
      explicitBounds: bounds,
      min,
      max,
    }))
    return { name, description, unit, histogram: { aggregationTemporality: cumulative, dataPoints } }
  }

  #seriesOf(attributes: Attributes): Series {
    const key = JSON.stringify(attributes)
    const known = this.#series.get(key)
    if (known) return known
    if (this.#series.size >= maxSeries && attributes !== overflow) return this.#seriesOf(overflow)
    const counts = Array.from({ length: this.#definition.bounds.length + 1 }, () => 0)
    const series = { attributes, counts, count: 0, sum: 0, min: Infinity, max: -Infinity }
    this.#series.set(key, series)
    return series
  }
}
