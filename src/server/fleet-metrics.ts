import { Registry } from '@prometheus-io/client'
import type { MetricObjectWithValues, MetricValue } from '@prometheus-io/client'

/** All figures of one server, as its registry gives them. */
export type ServerFigures = MetricObjectWithValues<MetricValue<string>>[]

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
    if (counted.length > 0) this.#gone = await (await sum([this.#gone, counted])).getMetricsAsJSON()
  }

  /** In Prometheus' text format. */
  async text(): Promise<string> {
    const sources = [...this.#sources.values()]
    await Promise.all(sources.map(refresh))
    const figures = [this.#gone, ...sources.map(({ last }) => last)]
    return await (await sum(figures.filter(({ length }) => length > 0))).metrics()
  }
}

async function refresh(source: Source): Promise<void> {
  const late = Promise.withResolvers<ServerFigures>()
  const timer = setTimeout(() => late.resolve(source.last), patienceMs)
  try {
    source.last = await Promise.race([source.ask(), late.promise])
  } catch {
    // It is going: what it told last stands.
  } finally {
    clearTimeout(timer)
  }
}

async function sum(figures: ServerFigures[]): Promise<Registry> {
  return Registry.aggregate(figures)
}
