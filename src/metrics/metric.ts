import type { Registry } from '@prometheus-io/client'

/** A figure of `/metrics`. */
export interface Metric {
  /** Registers it, so that it is read whenever the registry is scraped. */
  readonly register: (registry: Registry) => void
}
