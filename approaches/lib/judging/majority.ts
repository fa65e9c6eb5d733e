import { answerKeys } from '../answers/answer-keys.ts'
import { mostCentral } from './central.ts'
import { vote, withoutThinking } from '../../../src/plugin.ts'
import type { Candidate, Candidates, Context, Ending } from '../../../src/plugin.ts'

/** How candidates voted with their final answers. */
export interface Majority {
  readonly winner: Candidate
  /** Votes for the winner's answer. */
  readonly votes: number
  /** The winner, and one candidate for each other answer with as many votes. */
  readonly leaders: Candidates
  /** Those who share the winner's answer, itself among them. */
  readonly agreeing: ReadonlySet<Candidate>
  /** Votes for the answer that comes next. */
  readonly next: number
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
  const winning = keys[candidates.indexOf(first)]!
  return {
    winner: first,
    votes,
    leaders: [first, ...others],
    agreeing: new Set(candidates.filter((_candidate, index) => keys[index] === winning)),
    next: Math.max(0, ...[...counts].map(([own, count]) => (own === winning ? 0 : count))),
  }
}

/** Ends a draw also when what is missing cannot change the vote any more; offers the leader meanwhile. */
export function untilDecided(ending: Ending<Candidate>, ctx: Context): Ending<Candidate> {
  return {
    ...ending,
    enough: (drawn, missing) => {
      const { winner, votes, next } = majorityOf(drawn)
      ctx.offer(winner.answer())
      return votes > next + missing
    },
  }
}

/** Says in the trace why all but the winner are not used. */
export function discardOutvoted(candidates: Candidates, { winner, agreeing }: Majority): void {
  for (const candidate of candidates) {
    if (candidate !== winner)
      candidate.discard(agreeing.has(candidate) ? 'agrees with the answer' : 'outvoted')
  }
}

function centralOf(candidates: Candidates): number {
  return mostCentral(candidates.map(({ text }) => withoutThinking(text)))
}
