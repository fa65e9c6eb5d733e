import type { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import type { Windows, WindowState } from '../store.ts'

/** Windows in the memory of this process. */
export class MemoryWindows implements Windows {
  #limiter: Promise<RateLimiterMemory> | undefined

  async count(key: string, windowMs: number): Promise<WindowState> {
    const limiter = await (this.#limiter ??= createLimiter())
    limiter.duration = windowMs / 1000
    const { consumedPoints, msBeforeNext } = await limiter.consume(key).catch(stateOf)
    return { count: consumedPoints, endsInMs: msBeforeNext }
  }
}

/** In memory nothing fails: what is thrown is the state of a window with more in it than its points. */
function stateOf(thrown: unknown): RateLimiterRes {
  return thrown as RateLimiterRes
}

/** Loaded where something is counted: it brings code for every database, which would double the time of the start-up. */
async function createLimiter(): Promise<RateLimiterMemory> {
  const { RateLimiterMemory } = await import('rate-limiter-flexible')
  return new RateLimiterMemory({ points: Number.MAX_SAFE_INTEGER, duration: 1 })
}
