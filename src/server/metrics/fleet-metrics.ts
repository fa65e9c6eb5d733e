import type { MetricObjectWithValues, MetricValue } from '@prometheus-io/client'
import { within } from '../../time/within.ts'
import { prometheus } from './prometheus.ts'

/** All figures of one server, as its registry gives them. */
export type ServerFigures = MetricObjectWithValues<MetricValue<string>>[]

/** Figures in Prometheus' text format, and its media type. */
export interface MetricsText {
  readonly type: string
  readonly text: string
}

/** Milliseconds that one server has to tell its figures; then those it told last stand for it. */
const patienceMs = 1_000

interface Source {
  readonly ask: () => Promise<ServerFigures>
  last: ServerFigures
}

/** The figures of several servers as those of one. What a server has counted stays when it is gone, so that no sum falls. */
export class FleetMetrics {
  readonly #sources = new Map<string, Source>()
  #gone: ServerFigures = []

  add(name: string, ask: () => Promise<ServerFigures>): void {
    this.#sources.set(name, { ask, last: [] })
  }

  /** The server is gone: what it ran at one time no longer counts. */
  async remove(name: string): Promise<void> {
    const source = this.#sources.get(name)
    this.#sources.delete(name)
    const counted = source?.last.filter(({ type }) => type !== 'gauge') ?? []
    if (counted.length > 0)
      this.#gone = await prometheus().Registry.aggregate([this.#gone, counted]).getMetricsAsJSON()
  }

  async text(): Promise<MetricsText> {
    const sources = [...this.#sources.values()]
    await Promise.all(sources.map(refresh))
    const figures = [this.#gone, ...sources.map(({ last }) => last)]
    const registry = prometheus().Registry.aggregate(figures)
    return { type: registry.contentType, text: await registry.metrics() }
  }
}

async function refresh(source: Source): Promise<void> {
  try {
    source.last = await within(source.ask(), patienceMs, () => new Error('the worker does not answer'))
  } catch {
    // It is busy or going: what it told last stands.
  }
}
