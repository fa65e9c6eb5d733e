import { HulumanageError } from '../../../src/contract/index.ts'
import type { Member } from '../pool/member.ts'
import type { Balancer } from './balancer.ts'
import type { RoutedCall } from './routed-call.ts'
import type { Choice, Selection } from './selection.ts'

/** The end of a wait: a selection, or no provider to wait for. `ineligible`: the one that was waited for is out. */
type Result = Selection | 'none' | 'late' | 'ineligible'

/** Selects the providers for one call, one attempt after the other, and waits for a slot when all are taken. */
export class Selector {
  readonly #balancer: Balancer
  readonly #routed: RoutedCall
  readonly #queueEndsAt: number

  constructor(balancer: Balancer, routed: RoutedCall) {
    this.#balancer = balancer
    this.#routed = routed
    this.#queueEndsAt = performance.now() + routed.config.queue.timeout * 1000
  }

  /** Selects the next provider if it has a slot now and no call waits for one; undefined if `select` is to wait for it. */
  trySelect(): Selection | undefined {
    if (this.#balancer.slots.waiting > 0) return undefined
    const preferredOnly = this.#routed.strategy.waits === true
    const choice = this.#balancer.select(this.#routed, preferredOnly)
    return isSelection(choice) ? choice : undefined
  }

  /**
   * Selects the next provider, waiting for a slot up to `queue.timeout` from the start of the call. Undefined if no
   * provider is left. Rejects with `queue_timeout`, `queue_full` or `rate_limit_exceeded`, the latter at once if all limits
   * outlast that time or the deadline, and with the reason of the call's signal.
   */
  async select(): Promise<Selection | undefined> {
    const waitEndsAt = Math.min(this.#queueEndsAt, this.#routed.call.request.budget.deadline)
    const select = () => this.#balancer.select(this.#routed, false, waitEndsAt)
    const preferred = this.#routed.strategy.waits ? await this.#waitForPreferred() : undefined
    const result = preferred ?? (await this.#wait(select, this.#queueEndsAt))
    if (isSelection(result)) return result
    return result === undefined || result === 'late' ? this.#refuse(result) : undefined
  }

  /** Selects a provider that was asked before, for a reason, if it can take the call now. If not, it is a candidate again. */
  repeat(member: Member, reason: string): Selection | undefined {
    const choice = this.#balancer.repeat(member, reason, this.#routed)
    return isSelection(choice) ? choice : undefined
  }

  /** As `repeat`, but waits for a slot, as `select` does. Rejects with `queue_full`, and with the reason of the call's signal. */
  async repeatLater(member: Member, reason: string): Promise<Selection | undefined> {
    const repeat = () => this.#balancer.repeat(member, reason, this.#routed)
    const result = await this.#wait(repeat, this.#queueEndsAt)
    return isSelection(result) ? result : undefined
  }

  /** Waits for the preferred provider, then for the next one, each up to `slot_wait`; undefined if all have had their wait. */
  async #waitForPreferred(): Promise<Exclude<Result, 'ineligible'> | undefined> {
    const slotWaitMs = this.#routed.config.routing.slot_wait * 1000
    for (;;) {
      const candidates = this.#balancer.candidates(this.#routed)
      if (candidates.readyAt === undefined) return 'none'
      if (candidates.members.length === 0) return undefined
      const preferred = this.#balancer.pick(candidates.members, this.#routed)
      if (this.#routed.isSkipped(preferred)) return undefined
      const select = () => this.#balancer.selectOnly(preferred, this.#routed)
      const result = await this.#wait(select, Math.min(performance.now() + slotWaitMs, this.#queueEndsAt))
      if (result !== undefined && result !== 'ineligible') return result
      this.#routed.skipFull(preferred)
    }
  }

  /** Waits for a choice that needs no more waiting; undefined when the time is up. */
  async #wait(choose: () => Choice | 'ineligible', endsAt: number): Promise<Result | undefined> {
    const { signal } = this.#routed.call
    for (;;) {
      // Earlier waiters could not use a free slot (they need other providers), so taking it does not jump the queue.
      const choice = choose()
      if (choice instanceof Promise) {
        await choice
        signal.throwIfAborted()
      } else if (choice === 'wait') {
        const waitMs = Math.max(0, endsAt - performance.now())
        const { slots, figures } = this.#balancer
        return await figures.time(slots.wait(() => resultOf(choose()), waitMs, signal))
      } else return choice
    }
  }

  /** Throws the error for a call that has waited as long as it may, or that waits in vain; returns if what it waited for is out by now. */
  #refuse(result: 'late' | undefined): undefined {
    const { config } = this.#routed
    const { members, readyAt } = this.#balancer.candidates(this.#routed)
    if (readyAt === undefined) return undefined
    if (members.length === 0 || result === 'late') {
      this.#balancer.figures.refused()
      throw overLimit(this.#routed, readyAt)
    }
    const message = `No provider had a free slot within ${config.queue.timeout} s (queue.timeout)`
    throw new HulumanageError('queue_timeout', message, { retryAfter: 1 })
  }
}

export function isSelection(choice: unknown): choice is Selection {
  return typeof choice === 'object' && !(choice instanceof Promise)
}

/** Undefined while the wait has to continue. The store calls back when it has an answer. */
function resultOf(choice: Choice | 'ineligible'): Result | undefined {
  return choice === 'wait' || choice instanceof Promise ? undefined : choice
}

function overLimit({ subject, asked }: RoutedCall, readyAt: number): HulumanageError {
  const retryAfter = Math.max(1, Math.ceil((readyAt - performance.now()) / 1000))
  const who = asked === 0 ? 'Every' : 'Every other'
  const message = `${who} provider for ${subject} has used up its rate limit; try again in ${retryAfter} s`
  return new HulumanageError('rate_limit_exceeded', message, { retryAfter })
}
