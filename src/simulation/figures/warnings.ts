import type { DestinationStream } from 'pino'

/** Lines of the log with the same message about the same provider. */
export interface Line {
  readonly message: string
  readonly provider?: string
  readonly reason?: string
  readonly count: number
}

/** Takes the place of a log, and counts its lines. */
export class CountedLog implements DestinationStream {
  readonly #counts = new Map<string, number>()

  write(line: string): void {
    const { msg, provider, reason } = JSON.parse(line) as Readonly<Record<string, unknown>>
    const key = JSON.stringify({ message: msg, provider, reason })
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1)
  }

  /** The most frequent first. */
  get lines(): readonly Line[] {
    return [...this.#counts]
      .map(([key, count]) => ({ ...(JSON.parse(key) as Omit<Line, 'count'>), count }))
      .toSorted((one, other) => other.count - one.count)
  }
}
