import type { Registry } from '@prometheus-io/client'
import { prometheus } from './prometheus.ts'

interface Series {
  readonly labels: Record<string, string>
  value: number
}

/**
 * A Prometheus counter whose series are kept in a plain map and handed over when they are scraped: finding a series in
 * the library costs more than all else that is counted for a request.
 */
export class TalliedCounter {
  readonly #name: string
  readonly #help: string
  readonly #labelNames: readonly string[]
  readonly #series = new Map<string, Series>()

  constructor(name: string, help: string, labelNames: readonly string[]) {
    this.#name = name
    this.#help = help
    this.#labelNames = labelNames
  }

  /** Adds to the series of these label values, given in the order of their names. */
  add(amount: number, ...values: readonly string[]): void {
    const key = values.join('\n')
    const present = this.#series.get(key)
    if (present) present.value += amount
    else this.#series.set(key, { labels: this.#labelsOf(values), value: amount })
  }

  /** Has the counter read whenever the registry is scraped. */
  register(registry: Registry): void {
    const series = this.#series
    // It registers itself.
    void new (prometheus().Counter)({
      name: this.#name,
      help: this.#help,
      labelNames: [...this.#labelNames],
      registers: [registry],
      collect() {
        this.reset()
        for (const { labels, value } of series.values()) this.inc(labels, value)
      },
    })
  }

  #labelsOf(values: readonly string[]): Record<string, string> {
    return Object.fromEntries(this.#labelNames.map((name, index) => [name, values[index] ?? '']))
  }
}
