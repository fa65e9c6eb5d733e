import type { MetricObjectWithValues, MetricValue } from '@prometheus-io/client'
import { prometheus } from '../../metrics/prometheus.ts'
import type { Fleet } from '../../registry/fleet.ts'
import { within } from '../../time/within.ts'
import { lateGauge } from './server-gauges.ts'

/** The servers that listen on the same port, as one of them reaches them. */
export interface Siblings extends Fleet {
  /** Contributes the figures of this server to those of all. */
  readonly share: (figures: () => Promise<ServerFigures>) => void
  /** The figures of all servers together. */
  readonly metrics: () => Promise<MetricsText>
}

/** All figures of one server, as its registry returns them. */
export type ServerFigures = MetricObjectWithValues<MetricValue<string>>[]

/** Figures in the text format of Prometheus, and its media type. */
export interface MetricsText {
  readonly type: string
  readonly text: string
}

/** Milliseconds to wait for the figures of one server before its last known ones are used. */
const patienceMs = 4_000

interface Source {
  readonly ask: () => Promise<ServerFigures>
  last: ServerFigures
}

/** Aggregates the figures of several servers. Counts of a server that is gone are kept, so that no total decreases. */
export class FleetMetrics {
  readonly #sources = new Map<string, Source>()
  /** The counts of servers that are gone. A promise, because several may end while counts are added up. */
  #gone: Promise<ServerFigures> = Promise.resolve([])

  add(name: string, ask: () => Promise<ServerFigures>): void {
    this.#sources.set(name, { ask, last: [] })
  }

  /**
   * Removes a server that is gone: its counts are kept, its gauges are not. Rejects if its figures cannot be added to those of
   * others, which then remain without them.
   */
  async remove(name: string): Promise<void> {
    const source = this.#sources.get(name)
    this.#sources.delete(name)
    const counted = source?.last.filter(({ type }) => type !== 'gauge') ?? []
    if (counted.length === 0) return
    const before = this.#gone
    const added = before.then(gone => prometheus().Registry.aggregate([gone, counted]).getMetricsAsJSON())
    this.#gone = added.catch(() => before)
    await added
  }

  /** The figures of all servers. */
  async text(): Promise<MetricsText> {
    // Both at the same moment, so that a server that ends while the others are asked counts once.
    const [sources, gone] = [[...this.#sources.values()], this.#gone]
    const refreshed = await Promise.all(sources.map(refresh))
    const late = refreshed.filter(isFresh => !isFresh).length
    const figures = [await gone, ...sources.map(({ last }) => last), lateFigures(late)]
    const registry = prometheus().Registry.aggregate(figures)
    return { type: registry.contentType, text: await registry.metrics() }
  }
}

/** Collects nothing: the figures are known. */
const collect = (): void => {}

function lateFigures(value: number): ServerFigures {
  return [{ ...lateGauge, type: 'gauge', aggregator: 'sum', values: [{ value, labels: {} }], collect }]
}

/** Asks a server for its figures; returns false if its last known ones remain, because it is busy or ending. */
async function refresh(source: Source): Promise<boolean> {
  try {
    source.last = await within(
      source.ask(),
      patienceMs,
      () => new Error('the worker did not report its figures'),
    )
    return true
  } catch {
    return false
  }
}
