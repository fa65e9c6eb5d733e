import { answerKeys } from '../answers/answer-keys.ts'
import { mostCentral } from './central.ts'
import { endingOf, sample, vote, withDrawTemperature, withoutThinking } from '../../../src/plugin.ts'
import type { Candidate, Candidates, ChatRequest, Context, Ending } from '../../../src/plugin.ts'

/** How the candidates voted with their final answers. */
export interface Majority {
  readonly winner: Candidate
  /** Votes for the winner's answer. */
  readonly votes: number
  /** The winner, and one candidate for each other answer with the same number of votes. */
  readonly leaders: Candidates
  /** The candidates that share the winner's answer, the winner included. */
  readonly agreeing: ReadonlySet<Candidate>
  /** Votes for the runner-up. */
  readonly runnerUpVotes: number
}

/**
 * Lets candidates vote with their final answers: the winner is the first candidate with the most common answer, and ties go
 * to the answer that came first. If no two candidates share an answer, as with prose, the winner is the candidate that has
 * most in common with the others.
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
    runnerUpVotes: Math.max(0, ...[...counts].map(([own, count]) => (own === winning ? 0 : count))),
  }
}

interface DrawParams {
  readonly temperature?: number | undefined
  readonly quorum?: number
  readonly patience?: number
}

/** Draws `n` answers and lets them vote. With a quorum, it also stops once the vote is decided. */
export async function drawMajority(
  ctx: Context,
  request: ChatRequest,
  n: number,
  { temperature, quorum = 0, patience = 0 }: DrawParams,
): Promise<{ readonly candidates: Candidates; readonly majority: Majority }> {
  ctx.note(`Drawing ${n} answers`)
  const ending = endingOf({ quorum, patience })
  const candidates = await ctx.span('draw', inner =>
    sample(inner, withDrawTemperature(request, temperature), n, ending && untilDecided(ending, ctx)),
  )
  const majority = majorityOf(candidates)
  ctx.note(`${majority.votes} of ${candidates.length} answers agree`)
  return { candidates, majority }
}

/** Also ends a draw once the missing answers can no longer change the vote; offers the leader meanwhile. */
function untilDecided(ending: Ending<Candidate>, ctx: Context): Ending<Candidate> {
  return {
    ...ending,
    enough: (drawn, missing) => {
      const { winner, votes, runnerUpVotes } = majorityOf(drawn)
      ctx.offer(winner.answer())
      return votes > runnerUpVotes + missing
    },
  }
}

/** Discards all candidates but the winner, with the reason for the trace. */
export function discardOutvoted(candidates: Candidates, { winner, agreeing }: Majority): void {
  for (const candidate of candidates) {
    if (candidate !== winner)
      candidate.discard(agreeing.has(candidate) ? 'agrees with the answer' : 'outvoted')
  }
}

function centralOf(candidates: Candidates): number {
  return mostCentral(candidates.map(({ text }) => withoutThinking(text)))
}
