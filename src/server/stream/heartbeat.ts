import { Crowd } from '../unordered-set.ts'
import type { Attendee } from '../unordered-set.ts'

/** What is called at every beat. */
export interface Beating extends Attendee {
  beat: () => void
}

/** One timer for all that beat at the same pace: a timer of its own costs a stream more than all its beats. */
export class Pulse {
  static readonly #all = new Map<number, Pulse>()
  readonly #members = new Crowd<Beating>()
  readonly #milliseconds: number
  #timer: NodeJS.Timeout | undefined

  private constructor(milliseconds: number) {
    this.#milliseconds = milliseconds
  }

  /** The one of this pace. */
  static every(milliseconds: number): Pulse {
    let pulse = Pulse.#all.get(milliseconds)
    if (!pulse) Pulse.#all.set(milliseconds, (pulse = new Pulse(milliseconds)))
    return pulse
  }

  /** Calls the member at each beat from now on; the first may come at any moment within the pace. */
  join(member: Beating): void {
    this.#members.add(member)
    this.#timer ??= setInterval(beatAll, this.#milliseconds, this.#members)
  }

  /** Ends that for a member that has joined. */
  leave(member: Beating): void {
    this.#members.delete(member)
    if (this.#members.size > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
    Pulse.#all.delete(this.#milliseconds)
  }
}

function beatAll(members: Crowd<Beating>): void {
  for (const member of members) member.beat()
}
