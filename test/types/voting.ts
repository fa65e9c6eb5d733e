// Votes of third parties that the compiler must accept, and ones that it must refuse: checked by `npm run types`, never run.
import {
  answerKey,
  answerKeys,
  bareAnswerKey,
  codeBlocks,
  extractAnswer,
  findJson,
  groupByAnswer,
  nearestByFields,
  votesOf,
} from 'hulumanage/plugin'
import type { AnswerGroup, Candidate, Candidates, FoundJson } from 'hulumanage/plugin'

export function leaderOf(candidates: Candidates): Candidate {
  const groups: readonly AnswerGroup[] = groupByAnswer(candidates)
  const [leader] = groups.toSorted((one, other) => other.members.length - one.members.length)
  const key: string = leader!.key
  return key === '' ? candidates[0] : leader!.first
}

/** Votes may be changed between reading and counting. */
export function withOwnVotes(candidates: readonly Candidate[]): readonly AnswerGroup[] {
  const votes: readonly string[] = votesOf(candidates)
  return groupByAnswer(
    candidates,
    votes.map(vote => vote.toUpperCase()),
  )
}

export const texts: readonly string[] = [
  answerKey('The answer is 12.'),
  ...answerKeys(['The answer is 12.', '12 km']),
  bareAnswerKey('12'),
  extractAnswer('The answer is 12.'),
  ...codeBlocks('no code'),
]

export const found: FoundJson | undefined = findJson('{}')
export const nearest: { readonly text: string } | undefined = nearestByFields([{ text: '{}' }])

export function misuse(candidates: Candidates): unknown {
  // @ts-expect-error: candidates, not their texts
  groupByAnswer(['The answer is 12.'])
  // @ts-expect-error: texts, not candidates
  answerKeys(candidates)
  // @ts-expect-error: a group is read-only
  groupByAnswer(candidates)[0]!.members.push(candidates[0])
  // @ts-expect-error: the value of JSON is unknown until it is checked
  return findJson('{}')!.value.answer
}
