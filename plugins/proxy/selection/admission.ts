import type { Breaker } from '../state/breaker.ts'
import type { Standing } from '../state/standing.ts'

/** A provider, as far as its admission depends on it. */
interface Admissible {
  readonly state: {
    readonly breaker: Pick<Breaker, 'standing' | 'availableAt'>
    readonly admits: (target: string, now: number) => boolean
  }
}

/** A call that is to be sent: the scope of verdicts on it, and to how many providers it was sent before. */
interface Sought {
  readonly target: string
  readonly asked: number
}

/**
 * The providers of a pool that may get a call. Those whose breakers let it pass, as a rule. Doubts alone never take out
 * more than half of those that do not rest: when most of them fail, the fault is more likely that of the requests. If none
 * is left, a call that has not been sent yet goes to the one that is due first, unless all have asked to wait: an attempt
 * is better than a refusal. `suitable`: the providers that the configuration lets answer the call.
 */
export function admitted<M extends Admissible>(
  suitable: readonly M[],
  { target, asked }: Sought,
  now: number,
): readonly M[] {
  if (suitable.every(({ state }) => state.admits(target, now))) return suitable
  const standings = new Map(suitable.map(member => [member, member.state.breaker.standing(target, now)]))
  const having = (...wanted: readonly Standing[]) =>
    suitable.filter(member => wanted.includes(standings.get(member)!))
  const fine = having('fine')
  const doubted = having('doubted')
  const active = fine.length + doubted.length + having('out').length
  const missing = Math.max(0, Math.ceil(active / 2) - fine.length)
  const readmitted = dueFirst(doubted, target).slice(0, missing)
  if (fine.length + readmitted.length > 0)
    return suitable.filter(member => fine.includes(member) || readmitted.includes(member))
  return asked === 0 ? dueFirst(having('out', 'missing'), target).slice(0, 1) : []
}

/** In the order in which their pauses end. */
function dueFirst<M extends Admissible>(members: readonly M[], target: string): readonly M[] {
  const dueAt = ({ state }: M) => state.breaker.availableAt(target)
  return members.toSorted((one, other) => dueAt(one) - dueAt(other))
}
