import type { VirtualTime } from './virtual-time.ts'

interface Waiting {
  readonly signal?: AbortSignal | undefined
}

/** The functions of `node:timers/promises` on a virtual clock. They reject with an `AbortError`, as Node's own do. */
export interface PromisedTimers {
  readonly setTimeout: (delay?: unknown, value?: unknown, waiting?: Waiting) => Promise<unknown>
  readonly setImmediate: (value?: unknown, waiting?: Waiting) => Promise<unknown>
  readonly setInterval: (delay?: unknown, value?: unknown, waiting?: Waiting) => AsyncGenerator
  /** The functions of its `scheduler`. */
  readonly scheduler: {
    readonly wait: (delay: unknown, waiting?: Waiting) => Promise<unknown>
    readonly yield: () => Promise<unknown>
  }
}

/** Creates the functions for a clock. */
export function promisedTimers(time: VirtualTime): PromisedTimers {
  const setTimeout: PromisedTimers['setTimeout'] = (delay, value, { signal } = {}) =>
    settled(signal, value, fire => time.timer(fire, delay, [], false))
  const setImmediate: PromisedTimers['setImmediate'] = (value, { signal } = {}) =>
    settled(signal, value, fire => time.immediate(fire, []))
  return {
    setTimeout,
    setImmediate,
    setInterval: (delay, value, { signal } = {}) => beats(time, delay, value, signal),
    scheduler: {
      wait: (delay, waiting) => setTimeout(delay, undefined, waiting),
      yield: () => setImmediate(),
    },
  }
}

/** Resolves when the timer that `start` sets has fired. */
function settled(
  signal: AbortSignal | undefined,
  value: unknown,
  start: (fire: () => void) => { readonly close: () => unknown },
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(abortError(signal))
    const onAbort = (): void => {
      timer.close()
      reject(abortError(signal!))
    }
    const timer = start(() => {
      signal?.removeEventListener('abort', onAbort)
      resolve(value)
    })
    signal?.addEventListener('abort', onAbort, { once: true })
  })
}

/** Yields at every beat; beats that nobody has waited for come at once. */
async function* beats(
  time: VirtualTime,
  delay: unknown,
  value: unknown,
  signal: AbortSignal | undefined,
): AsyncGenerator {
  if (signal?.aborted) throw abortError(signal)
  let waiting = 0
  let wake = (): void => {}
  const timer = time.timer(
    () => {
      waiting++
      wake()
    },
    delay,
    [],
    true,
  )
  const onAbort = (): void => wake()
  signal?.addEventListener('abort', onAbort)
  try {
    for (;;) {
      for (; waiting > 0; waiting--) yield value
      if (signal?.aborted) throw abortError(signal)
      await new Promise<void>(resolve => {
        wake = resolve
      })
    }
  } finally {
    timer.close()
    signal?.removeEventListener('abort', onAbort)
  }
}

/** The error of Node's own timers, which has no public constructor. */
function abortError({ reason }: AbortSignal): Error {
  const error = new Error('The operation was aborted', { cause: reason })
  return Object.assign(error, { name: 'AbortError', code: 'ABORT_ERR' })
}
