import type { Registry } from '@prometheus-io/client'
import { seriesAtZero } from './known-series.ts'
import type { KnownSeries } from './known-series.ts'
import type { Metric } from './metric.ts'
import { prometheus } from './prometheus.ts'
import { labelsOf, TallyTree } from './tally-tree.ts'

/**
 * A Prometheus counter that keeps its series itself, and transfers them when it is scraped. Series that are known begin at zero:
 * `rate()` does not see the first event of a series that begins with it.
 */
export class TalliedCounter implements Metric {
  readonly #name: string
  readonly #help: string
  readonly #labelNames: readonly string[]
  readonly #known: KnownSeries
  readonly #series: TallyTree<{ count: number }>

  constructor(name: string, help: string, labelNames: readonly string[], known: KnownSeries = () => []) {
    this.#name = name
    this.#help = help
    this.#labelNames = labelNames
    this.#known = known
    this.#series = new TallyTree(labelNames, () => ({ count: 0 }))
  }

  /** Adds to the series of these label values: one for each label, in the order of the labels. */
  add(amount: number, ...values: readonly string[]): void {
    this.#series.at(values).count += amount
  }

  register(registry: Registry): void {
    const [series, known, names] = [this.#series, this.#known, this.#labelNames]
    // The counter registers itself.
    void new (prometheus().Counter)({
      name: this.#name,
      help: this.#help,
      labelNames: [...this.#labelNames],
      registers: [registry],
      collect() {
        this.reset()
        for (const values of seriesAtZero(known)) this.inc(labelsOf(names, values), 0)
        for (const [labels, { count }] of series) this.inc(labels, count)
      },
    })
  }
}
