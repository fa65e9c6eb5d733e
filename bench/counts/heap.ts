import { PerformanceObserver } from 'node:perf_hooks'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** The heap of a server at one moment. */
export interface Heap {
  readonly usedBytes: number
  /** Collections since the last moment, the one that begins this one apart. */
  readonly collections: number
}

/**
 * Loaded into the server by `--import`: answers each message of the parent process with the size of the heap, which it
 * cleans before if the message is 'clean'.
 */
if (process.send) {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  let collections = 0
  new PerformanceObserver(list => {
    collections += list.getEntries().length
  }).observe({ entryTypes: ['gc'] })
  process.on('message', (message: string) => {
    if (message === 'clean') collect()
    const usedBytes = process.memoryUsage().heapUsed
    // The observer is told in a later turn.
    setImmediate(() => {
      setImmediate(() => {
        process.send?.({ usedBytes, collections } satisfies Heap)
        collections = 0
      })
    })
  })
}
