import type { Config } from './schema.ts'

/** The running configuration as plugins see it: to read and to follow. */
export type ConfigView = Pick<CurrentConfig, 'value' | 'subscribe'>

/** Whether edits of the configuration were accepted. */
export class Reloads {
  /** Unix time in milliseconds at which the configuration in use was loaded. */
  loadedAt = Date.now()
  /** Whether the newest edit was refused. */
  failed = false

  succeed(): void {
    this.loadedAt = Date.now()
    this.failed = false
  }

  fail(): void {
    this.failed = true
  }
}

/** The running configuration. A reload replaces it as a whole; a request may finish with the snapshot it began with. */
export class CurrentConfig {
  #value: Config
  readonly reloads = new Reloads()
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

  /** Calls `listener` after each reload; returns an unsubscribe function. */
  subscribe(listener: (next: Config, previous: Config) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}
