import { Session } from 'node:inspector/promises'

/** Counts how often the blocks of our sources run: a measure of work that no clock takes part in. */
export class WorkCounter {
  readonly #session = new Session()

  /** A counter that counts from now on. It slows the process down until it is stopped. */
  static async start(): Promise<WorkCounter> {
    const counter = new WorkCounter()
    counter.#session.connect()
    await counter.#session.post('Profiler.enable')
    await counter.#session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true })
    return counter
  }

  stop(): void {
    this.#session.disconnect()
  }

  /** The number of runs while `work` does. */
  async of(work: () => unknown): Promise<number> {
    await this.#take()
    await work()
    return await this.#take()
  }

  /** Removes and returns what has been counted. */
  async #take(): Promise<number> {
    const { result } = await this.#session.post('Profiler.takePreciseCoverage')
    const ours = result.filter(({ url }) => /\/(?:src|plugins|approaches)\//.test(url))
    return ours
      .flatMap(({ functions }) => functions.flatMap(({ ranges }) => ranges.map(({ count }) => count)))
      .reduce((sum, count) => sum + count, 0)
  }
}
