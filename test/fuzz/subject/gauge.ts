import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Held } from './protocol.ts'

/** Milliseconds between two looks at the event loop, which the histogram counts with each delay. */
const resolution = 10

/** Reads what this process holds. */
export class Gauge {
  readonly #running: () => number
  readonly #delay = monitorEventLoopDelay({ resolution })

  /** `running`: counts the requests being answered. */
  constructor(running: () => number) {
    this.#running = running
    this.#delay.enable()
  }

  read(collects = false): Held {
    if (collects) globalThis.gc?.()
    const { heapUsed, external } = process.memoryUsage()
    const delayMs = Math.max(0, this.#delay.percentile(99) / 1e6 - resolution)
    this.#delay.reset()
    return { requests: this.#running(), resources: resources(), bytes: heapUsed + external, delayMs }
  }
}

function resources(): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const kind of process.getActiveResourcesInfo()) {
    // Immediates end by themselves.
    if (kind !== 'Immediate') counts[kind] = (counts[kind] ?? 0) + 1
  }
  return counts
}
