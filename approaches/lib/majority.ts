import { answerKeys } from './answer-keys.ts'
import { mostCentral } from './central.ts'
import type { Candidate, Candidates } from './sample.ts'
import { withoutThinking } from './tags.ts'
import { vote } from './vote.ts'

/** How candidates voted with their final answers. */
export interface Majority {
  readonly winner: Candidate
  /** Votes for the winner's answer. */
  readonly votes: number
  /** The winner, and one candidate for each other answer with as many votes. */
  readonly leaders: Candidates
}

/**
 * The candidate whose final answer most of them share, the first of these; of tied answers the one that came first.
 * Where no two share one, as with prose, the candidate that has most in common with the others.
 */
export function majorityOf(candidates: Candidates): Majority {
  const keys = answerKeys(candidates.map(({ text }) => text))
  const { winner: key, votes, counts } = vote([keys[0]!, ...keys.slice(1)], own => own)
  const first = candidates[votes === 1 ? centralOf(candidates) : keys.indexOf(key)]!
  const others = [...counts.entries()]
    .filter(([, count]) => count === votes)
    .map(([own]) => candidates[keys.indexOf(own)]!)
    .filter(candidate => candidate !== first)
  return { winner: first, votes, leaders: [first, ...others] }
}

function centralOf(candidates: Candidates): number {
  return mostCentral(candidates.map(({ text }) => withoutThinking(text)))
}
