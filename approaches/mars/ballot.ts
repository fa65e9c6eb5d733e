import { groupByAnswer } from '../../src/plugin.ts'
import type { MarsParams } from './params.ts'
import { bestOf } from './solution.ts'
import type { Solution, Solutions } from './solution.ts'

/** Weight of a solution that was written with others or objections in sight, where that of a draft is 1. */
const rewritten = 0.2
/** Weight of the verdicts on an answer, all together, if they agree. */
const verdicts = 0.6
/** The fewest drafts with one answer that are an agreement. */
function fewest({ consensus_threshold: wanted }: MarsParams): number {
  return Math.max(2, wanted)
}

/** Whether enough drafts for an agreement all have the same answer: verifiers would mislead more often than help. */
export function isUnanimous(drafts: Solutions, params: MarsParams): boolean {
  return (
    drafts.length >= fewest(params) && groupByAnswer(drafts.map(({ candidate }) => candidate)).length === 1
  )
}

/**
 * The solution with the answer that several drafts share, if no other answer outweighs it by drafts, rewritten solutions and
 * verdicts. The drafts were written without any verdict, so verifiers who err cannot outweigh their agreement.
 */
export function agreedOn(drafts: Solutions, solutions: Solutions, params: MarsParams): Solution | undefined {
  const all = [...new Set([...solutions, ...drafts])]
  const groups = groupByAnswer(all.map(({ candidate }) => candidate)).map(({ members }) =>
    weigh(
      all.filter(({ candidate }) => members.includes(candidate)),
      drafts,
    ),
  )
  const [best] = groups.toSorted((one, other) => other.weight - one.weight || other.votes - one.votes)
  const [first, ...others] = best?.members ?? []
  return first && best!.votes >= fewest(params) ? bestOf([first, ...others], params) : undefined
}

/** The weight of an answer, of which these are the solutions. */
function weigh(members: readonly Solution[], drafts: Solutions) {
  const votes = members.filter(member => drafts.includes(member)).length
  const passes = members.reduce((sum, member) => sum + member.passes, 0)
  const objections = members.reduce((sum, { findings }) => sum + findings.length, 0)
  const judged = passes + objections === 0 ? 0 : (passes - objections) / (passes + objections)
  return { members, votes, weight: votes + rewritten * (members.length - votes) + verdicts * judged }
}
