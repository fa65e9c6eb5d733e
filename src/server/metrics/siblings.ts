import type { MetricsText, ServerFigures } from './fleet-metrics.ts'

/** The servers that listen on the same port, as one of them reaches them. */
export interface Siblings {
  /** Whoever is scraped asks for the figures of this one as well. */
  readonly share: (figures: () => Promise<ServerFigures>) => void
  /** The figures of all. */
  readonly metrics: () => Promise<MetricsText>
}
