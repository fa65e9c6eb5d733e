import { Counter } from '@prometheus-io/client'
import type { Registry } from '@prometheus-io/client'

interface Series {
  readonly labels: Record<string, string>
  value: number
}

/**
 * A Prometheus counter whose series are kept in a plain map and handed over when they are scraped: finding a series in
 * the library costs more than all else that is counted for a request.
 */
export class TalliedCounter {
  readonly #labelNames: readonly string[]
  readonly #series = new Map<string, Series>()

  constructor(registry: Registry, name: string, help: string, labelNames: readonly string[]) {
    this.#labelNames = labelNames
    const series = this.#series
    // It registers itself and is read when it is scraped.
    void new Counter({
      name,
      help,
      labelNames: [...labelNames],
      registers: [registry],
      collect() {
        this.reset()
        for (const { labels, value } of series.values()) this.inc(labels, value)
      },
    })
  }

  /** Adds to the series of these label values, given in the order of their names. */
  add(amount: number, ...values: readonly string[]): void {
    const key = values.join('\n')
    const present = this.#series.get(key)
    if (present) present.value += amount
    else this.#series.set(key, { labels: this.#labelsOf(values), value: amount })
  }

  #labelsOf(values: readonly string[]): Record<string, string> {
    return Object.fromEntries(this.#labelNames.map((name, index) => [name, values[index] ?? '']))
  }
}
