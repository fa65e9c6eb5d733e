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
        for (const [value, ...values] of read())
          this.set(Object.fromEntries(labels.map((label, index) => [label, values[index]!])), value)
      },
    })
  }
}
