import type { Registry } from '@prometheus-io/client'
import type { Metric } from './metric.ts'
import { prometheus } from './prometheus.ts'

/** The definition of a counter. */
export interface CounterOptions {
  readonly name: string
  readonly help: string
  /** Returns the current count. */
  readonly read: () => number
}

/** A Prometheus counter of what is counted elsewhere: it is read when it is scraped. */
export class ReadCounter implements Metric {
  readonly #options: CounterOptions

  constructor(options: CounterOptions) {
    this.#options = options
  }

  register(registry: Registry): void {
    const { name, help, read } = this.#options
    // The counter registers itself.
    void new (prometheus().Counter)({
      name,
      help,
      registers: [registry],
      collect() {
        this.reset()
        this.inc(read())
      },
    })
  }
}
