import { Histogram } from '@prometheus-io/client'
import type { Registry } from '@prometheus-io/client'

/** Values kept before they are handed over. */
const batch = 1000

/**
 * A Prometheus histogram with one label, which takes values in batches and when it is scraped: one by one, amid a
 * request, each costs several times as much.
 */
export class BatchedHistogram {
  readonly #histogram: Histogram<string>
  readonly #label: string
  #labels: string[] = []
  #values: number[] = []

  constructor(registry: Registry, name: string, help: string, label: string, buckets: readonly number[]) {
    this.#label = label
    const handOver = () => this.#handOver()
    this.#histogram = new Histogram({
      name,
      help,
      labelNames: [label],
      buckets: [...buckets],
      registers: [registry],
      collect: handOver,
    })
  }

  /** Enters a value under the value of the label. */
  observe(label: string, value: number): void {
    this.#labels.push(label)
    if (this.#values.push(value) >= batch) this.#handOver()
  }

  #handOver(): void {
    const [labels, values] = [this.#labels, this.#values]
    this.#labels = []
    this.#values = []
    for (const [index, value] of values.entries()) {
      this.#histogram.observe({ [this.#label]: labels[index]! }, value)
    }
  }
}
