import { syncBuiltinESMExports } from 'node:module'
import timers from 'node:timers'
import timersPromises from 'node:timers/promises'
import { promisify } from 'node:util'
import { promisedTimers } from './promised-timers.ts'
import type { PromisedTimers } from './promised-timers.ts'
import { virtualDate } from './virtual-date.ts'
import type { VirtualTime } from './virtual-time.ts'
import { VirtualTimer } from './virtual-timer.ts'

type Callback = () => unknown

/** The functions of Node that read the clock, wait or draw, as a simulation has them. */
interface Replacements {
  readonly time: VirtualTime
  /** The Unix time of the virtual clock's start, in milliseconds. */
  readonly startedAt: number
  /** Draws from 0 to below 1. */
  readonly random: () => number
}

/**
 * Runs `work` with Node's clock, timers and randomness replaced for the whole process: steps and strategies, those of
 * third parties included, run by the virtual clock without knowing of it. Everything is put back at the end.
 */
export async function withReplacedGlobals<T>(replacements: Replacements, work: () => Promise<T>): Promise<T> {
  const restore = replaceGlobals(replacements)
  try {
    return await work()
  } finally {
    restore()
  }
}

function replaceGlobals(replacements: Replacements): () => void {
  const undo = tables(replacements).flatMap(([holder, functions]) =>
    Object.entries(functions).map(([name, replacement]) => replace(holder, name, replacement)),
  )
  // Named imports of these modules follow their objects only then.
  syncBuiltinESMExports()
  return () => {
    for (const restore of undo) restore()
    syncBuiltinESMExports()
  }
}

function replace(holder: object, name: string, replacement: unknown): () => void {
  const own = Object.getOwnPropertyDescriptor(holder, name)
  Object.defineProperty(holder, name, {
    value: replacement,
    configurable: true,
    writable: true,
    enumerable: true,
  })
  return () => {
    if (own) Object.defineProperty(holder, name, own)
    else Reflect.deleteProperty(holder, name)
  }
}

function tables({ time, startedAt, random }: Replacements): readonly [object, Record<string, unknown>][] {
  const { scheduler, ...promised } = promisedTimers(time)
  const functions = timerFunctions(time, promised)
  const origin = time.now
  const now = (): number => Math.floor(startedAt + time.now - origin)
  return [
    [globalThis, { ...functions, Date: virtualDate(now) }],
    [timers, functions],
    [timersPromises, { ...promised }],
    [timersPromises.scheduler, { ...scheduler }],
    [performance, { now: () => time.now }],
    [Date, { now }],
    [Math, { random }],
    [AbortSignal, { timeout: (milliseconds: number) => timeoutSignal(time, milliseconds) }],
  ]
}

/** The functions that call back. `promisify` makes of them what Node does: the promised ones. */
function timerFunctions(
  time: VirtualTime,
  promised: Pick<PromisedTimers, 'setTimeout' | 'setImmediate'>,
): Record<string, unknown> {
  const { clearTimeout: clearReal } = globalThis
  // A timer from before is still a real one.
  const clear = (timer: unknown): void => {
    if (timer instanceof VirtualTimer) time.clear(timer)
    else clearReal(timer as NodeJS.Timeout)
  }
  const setTimeout = (callback: Callback, delay: unknown, ...values: unknown[]) =>
    time.timer(callback, delay, values, false)
  const setImmediate = (callback: Callback, ...values: unknown[]) => time.immediate(callback, values)
  return {
    setTimeout: Object.assign(setTimeout, { [promisify.custom]: promised.setTimeout }),
    setInterval: (callback: Callback, delay: unknown, ...values: unknown[]) =>
      time.timer(callback, delay, values, true),
    setImmediate: Object.assign(setImmediate, { [promisify.custom]: promised.setImmediate }),
    clearTimeout: clear,
    clearInterval: clear,
    clearImmediate: clear,
  }
}

function timeoutSignal(time: VirtualTime, milliseconds: number): AbortSignal {
  const controller = new AbortController()
  const late = new DOMException('The operation was aborted due to timeout', 'TimeoutError')
  time.after(milliseconds, () => controller.abort(late))
  return controller.signal
}
