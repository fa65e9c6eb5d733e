import { parentPort, workerData } from 'node:worker_threads'

/** The beats of a metronome, in milliseconds of Unix time with fractions. */
export interface Beats {
  readonly startAt: number
  readonly periodMs: number
  readonly count: number
}

/** Posts a message at each beat: a thread that sleeps for fractions of a millisecond, as timers cannot. */
function beat({ startAt, periodMs, count }: Beats): void {
  const never = new Int32Array(new SharedArrayBuffer(4))
  for (let index = 0; index < count; index++) {
    const waitMs = startAt + index * periodMs - (performance.timeOrigin + performance.now())
    // Beats that are late already are those of the message before.
    if (waitMs <= 0 && index < count - 1) continue
    if (waitMs > 0) Atomics.wait(never, 0, 0, waitMs)
    parentPort!.postMessage(0, [])
  }
}

beat(workerData as Beats)
