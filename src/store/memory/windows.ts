import type { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import type { Windows, WindowState } from '../store.ts'

/** Counts in the memory of this process. */
export class MemoryWindows implements Windows {
  #limiter: Promise<RateLimiterMemory> | undefined

  async count(key: string, windowMs: number): Promise<WindowState> {
    const limiter = await (this.#limiter ??= createLimiter())
    limiter.duration = windowMs / 1000
    const { consumedPoints, msBeforeNext } = await limiter.consume(key).catch(stateOf)
    return { count: consumedPoints, endsInMs: msBeforeNext }
  }
}

/** The limiter rejects with the state of a window that is over its points. In memory nothing else can fail. */
function stateOf(thrown: unknown): RateLimiterRes {
  return thrown as RateLimiterRes
}

/** Loads the library at the first count: it includes code for every database, which would double the startup time. */
async function createLimiter(): Promise<RateLimiterMemory> {
  const { RateLimiterMemory } = await import('rate-limiter-flexible')
  return new RateLimiterMemory({ points: Number.MAX_SAFE_INTEGER, duration: 1 })
}
