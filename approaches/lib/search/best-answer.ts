import { groupByAnswer, refuses } from '../../../src/plugin.ts'
import type { Candidate } from '../../../src/plugin.ts'

/** The fewest answers whose agreement ends a search. */
const enough = 3

/** Whether enough answers agree, so that no grade could choose another. */
export function isUnanimous(candidates: readonly Candidate[]): boolean {
  return candidates.length >= enough && groupByAnswer(candidates).length === 1
}

/** The items that give one answer: the best of them, and the sum of their scores. */
interface Group<T> {
  readonly best: T
  readonly sum: number
}

/**
 * The best item by the sum of scores of all items that share its answer, then by its own: grades err, votes as well. Of
 * equals, the first. Refusals count only if all refuse. Undefined without items.
 */
export function bestAnswer<T extends { readonly candidate: Candidate }>(
  items: readonly T[],
  scoreOf: (item: T) => number,
): T | undefined {
  return groupsOf(items, scoreOf)[0]?.best
}

/** Whether no other answer can overtake the best one with up to `missing` more items, whose scores are at most 1. */
export function isDecided<T extends { readonly candidate: Candidate }>(
  items: readonly T[],
  scoreOf: (item: T) => number,
  missing: number,
): boolean {
  const [leader, next] = groupsOf(items, scoreOf)
  return leader !== undefined && leader.sum > (next?.sum ?? 0) + missing
}

/** The groups of items by answer, the best first. */
function groupsOf<T extends { readonly candidate: Candidate }>(
  items: readonly T[],
  scoreOf: (item: T) => number,
): readonly Group<T>[] {
  const byCandidate = new Map(items.map(item => [item.candidate, item]))
  const all = items.map(({ candidate }) => candidate)
  const answering = all.filter(candidate => !refuses(candidate))
  const groups = groupByAnswer(answering.length > 0 ? answering : all).map(({ members }) => {
    const alike = members.map(member => byCandidate.get(member)!)
    const best = alike.toSorted((one, other) => scoreOf(other) - scoreOf(one))[0]!
    return { best, sum: alike.reduce((sum, item) => sum + scoreOf(item), 0) }
  })
  return groups.toSorted((one, other) => other.sum - one.sum || scoreOf(other.best) - scoreOf(one.best))
}
