import { getOrCreate } from '../../store/get-or-create.ts'
import { UnorderedSet } from '../unordered-set.ts'
import type { SetMember } from '../unordered-set.ts'

/** An object that is called at every heartbeat. */
export interface HeartbeatListener extends SetMember {
  onHeartbeat: () => void
}

/** One timer for all listeners with the same interval: its own timer costs a stream more than all of its heartbeats. */
export class Heartbeat {
  static readonly #all = new Map<number, Heartbeat>()
  readonly #listeners = new UnorderedSet<HeartbeatListener>()
  readonly #milliseconds: number
  #timer: NodeJS.Timeout | undefined

  private constructor(milliseconds: number) {
    this.#milliseconds = milliseconds
  }

  /** The heartbeat with this interval. */
  static every(milliseconds: number): Heartbeat {
    return getOrCreate(Heartbeat.#all, milliseconds, () => new Heartbeat(milliseconds))
  }

  /** Calls the listener at each heartbeat from now on; the first one may come at any time within the interval. */
  add(listener: HeartbeatListener): void {
    this.#listeners.add(listener)
    this.#timer ??= setInterval(callAll, this.#milliseconds, this.#listeners)
  }

  /** Stops calling a listener that was added. */
  delete(listener: HeartbeatListener): void {
    this.#listeners.delete(listener)
    if (this.#listeners.size > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
    Heartbeat.#all.delete(this.#milliseconds)
  }
}

function callAll(listeners: UnorderedSet<HeartbeatListener>): void {
  for (const listener of listeners) listener.onHeartbeat()
}
