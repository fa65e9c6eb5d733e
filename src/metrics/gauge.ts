import type { Registry } from '@prometheus-io/client'
import type { Metric } from './metric.ts'
import { prometheus } from './prometheus.ts'

/** A value and its label values, in the order of the labels. */
export type Reading = readonly [value: number, ...labels: readonly string[]]

/** The definition of a gauge. */
export interface GaugeOptions {
  readonly name: string
  readonly help: string
  readonly labels?: readonly string[]
  /** Returns the current value of each series. */
  readonly read: () => Iterable<Reading>
  /** How the values of several workers become one (default: their sum). */
  readonly combine?: 'sum' | 'min' | 'max'
}

/** A Prometheus gauge that is read when it is scraped. */
export class ReadGauge implements Metric {
  readonly #options: GaugeOptions

  constructor(options: GaugeOptions) {
    this.#options = options
  }

  get name(): string {
    return this.#options.name
  }

  /** The sum of all series now. */
  get sum(): number {
    let sum = 0
    for (const [value] of this.#options.read()) sum += value
    return sum
  }

  register(registry: Registry): void {
    const { name, help, labels = [], read, combine = 'sum' } = this.#options
    // The gauge registers itself.
    void new (prometheus().Gauge)({
      name,
      help,
      labelNames: [...labels],
      registers: [registry],
      aggregator: combine,
      collect() {
        this.reset()
        // Its only series, which is 0 until it is set.
        if (labels.length === 0) this.remove({})
        for (const [value, ...values] of read())
          this.set(Object.fromEntries(labels.map((label, index) => [label, values[index]!])), value)
      },
    })
  }
}

/** The name of the gauge of calls that wait for a provider, which the dashboard shows as well. */
export const queueWaiting = 'hulumanage_queue_waiting'

/** The sum of the gauge with this name among `metrics`; 0 without one. */
export function sumOfGauge(metrics: Iterable<Metric>, name: string): number {
  for (const metric of metrics) if (metric instanceof ReadGauge && metric.name === name) return metric.sum
  return 0
}
