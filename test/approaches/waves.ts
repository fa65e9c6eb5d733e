import type { Script } from './model.ts'

/**
 * A script whose calls end together, once nothing else can go on: `count` is how often that was, which is how many rounds
 * waited for each other.
 */
export function inWaves(script: Script): { readonly script: Script; count: number } {
  let waiting: (() => void)[] = []
  const waves = {
    count: 0,
    script: async (...asked: Parameters<Script>) => {
      const { promise, resolve } = Promise.withResolvers<void>()
      if (waiting.push(resolve) === 1) setImmediate(flush)
      await promise
      return await script(...asked)
    },
  }
  function flush(): void {
    waves.count++
    const ended = waiting
    waiting = []
    for (const end of ended) end()
  }
  return waves
}
