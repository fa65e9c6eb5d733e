import type { Config } from './schema.ts'

/** The running configuration. A reload swaps it whole; who holds an older snapshot may finish with it. */
export class CurrentConfig {
  #value: Config
  readonly #listeners = new Set<(next: Config, previous: Config) => void>()

  constructor(initial: Config) {
    this.#value = initial
  }

  get value(): Config {
    return this.#value
  }

  replace(next: Config): void {
    const previous = this.#value
    this.#value = next
    for (const listener of this.#listeners) listener(next, previous)
  }

  /** Calls `listener` after each reload; returns the way to stop. */
  subscribe(listener: (next: Config, previous: Config) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}
