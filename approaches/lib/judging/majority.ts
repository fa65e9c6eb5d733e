import { mostCentral } from './central.ts'
import { isDecided, leadOf, windowsUntilDecided } from './agreement.ts'
import { chooseMostConsistent } from './consistent.ts'
import { groupByMeaning, isShort } from './equivalence.ts'
import {
  endingOf,
  groupByAnswer,
  nearestByFields,
  sample,
  sampleInWindows,
  votesOf,
  withDrawTemperature,
  withoutThinking,
} from '../../../src/plugin.ts'
import type {
  AnswerGroup,
  Candidate,
  Candidates,
  ChatRequest,
  Context,
  Ending,
  NextWindow,
} from '../../../src/plugin.ts'

/** How the candidates voted with their final answers. */
export interface Majority {
  readonly winner: Candidate
  /** Votes for the winner's answer. */
  readonly votes: number
  /** The winner, and one candidate for each other answer with the same number of votes. */
  readonly leaders: Candidates
  /** The candidates that share the winner's answer, the winner included. */
  readonly agreeing: ReadonlySet<Candidate>
}

/**
 * Lets candidates vote with their final answers: the winner is the first candidate with the most common answer, and ties go
 * to the answer that came first. JSON objects without a majority vote field by field: the winner is the candidate nearest to
 * what most say in each field. If no two candidates share an answer, as with prose, the winner is the candidate that has most
 * in common with the others. `keys` are those of the candidates' answers.
 */
export function majorityOf(candidates: Candidates, keys = votesOf(candidates)): Majority {
  const groups = groupByAnswer(candidates, keys)
  const { first: votes } = leadOf(groups)
  const leading = groups.filter(({ members }) => members.length === votes)
  const nearest = 2 * votes > candidates.length ? undefined : nearestByFields(candidates)
  if (nearest) return { ...majorityFor(nearest, groups), leaders: [nearest] }
  const winner = votes === 1 ? candidates[centralOf(candidates)]! : leading[0]!.first
  const others = leading.map(({ first }) => first).filter(first => first !== winner)
  return { ...majorityFor(winner, groups), leaders: [winner, ...others] }
}

function majorityFor(winner: Candidate, groups: readonly AnswerGroup[]): Omit<Majority, 'leaders'> {
  const { members } = groups.find(group => group.members.includes(winner))!
  return { winner, votes: members.length, agreeing: new Set(members) }
}

interface DrawParams {
  readonly temperature?: number | undefined
  readonly quorum?: number
  readonly patience?: number
  readonly adaptive?: boolean
  readonly confidence?: number
}

/** The candidates of a draw, and their vote. */
export interface Drawn {
  readonly candidates: Candidates
  readonly majority: Majority
}

/**
 * Draws at most `n` answers and lets them vote; if `adaptive`, in windows until the vote is decided. With a quorum, all
 * answers are requested at once, and the draw also stops once the vote is decided.
 */
export async function drawMajority(
  ctx: Context,
  request: ChatRequest,
  n: number,
  { temperature, quorum = 0, patience = 0, adaptive = false, confidence = 1 }: DrawParams,
): Promise<Drawn> {
  ctx.note(`Drawing ${n} answers`)
  const drawing = withDrawTemperature(request, temperature)
  const ending = endingOf({ quorum, patience })
  const windows = windowsUntilDecided(n, confidence)
  const next: NextWindow = (drawn, missing) => {
    const [first, ...others] = drawn
    if (first) ctx.offer(majorityOf([first, ...others]).winner.answer())
    return windows(drawn, missing)
  }
  const candidates =
    adaptive && !ending
      ? await sampleInWindows(ctx, drawing, n, next)
      : await ctx.span('draw', inner => sample(inner, drawing, n, ending && untilDecided(ending, ctx)))
  const majority = majorityOf(candidates)
  ctx.note(`${majority.votes} of ${candidates.length} answers agree`)
  return { candidates, majority }
}

/**
 * Lets a vote without a majority be decided by what the answers mean: one helper call groups short answers in words, or
 * picks the text that is most consistent with the others. The same vote if that call fails or has nothing to say.
 */
export async function decideByMeaning(
  ctx: Context,
  request: ChatRequest,
  { candidates, majority }: Drawn,
): Promise<Majority> {
  if (2 * majority.votes > candidates.length) return majority
  const keys = votesOf(candidates)
  const joined = await groupByMeaning(ctx, request, candidates, keys)
  if (joined !== keys) return majorityOf(candidates, joined)
  const isProse = majority.votes === 1 && majority.leaders.length > 1 && isAllProse(candidates, keys)
  const consistent = isProse ? await chooseMostConsistent(ctx, request, candidates) : undefined
  if (!consistent) return majority
  return { ...majority, winner: consistent, leaders: [consistent], agreeing: new Set([consistent]) }
}

/** Whether no answer has a result to count, and some are texts. */
function isAllProse(candidates: Candidates, keys: readonly string[]): boolean {
  return keys.every(key => key.startsWith('text:')) && candidates.some(({ text }) => !isShort(text))
}

/** Also ends a draw once the missing answers can no longer change the vote; offers the leader meanwhile. */
function untilDecided(ending: Ending<Candidate>, ctx: Context): Ending<Candidate> {
  return {
    ...ending,
    enough: (drawn, missing) => {
      ctx.offer(majorityOf(drawn).winner.answer())
      return isDecided(leadOf(groupByAnswer(drawn)), missing, 1)
    },
  }
}

/** Discards all candidates but the winner, with the reason for the trace. */
export function discardOutvoted(
  candidates: readonly Candidate[],
  { winner, agreeing }: Pick<Majority, 'winner' | 'agreeing'>,
): void {
  for (const candidate of candidates) {
    if (candidate !== winner)
      candidate.discard(agreeing.has(candidate) ? 'agrees with the answer' : 'outvoted')
  }
}

function centralOf(candidates: Candidates): number {
  return mostCentral(candidates.map(({ text }) => withoutThinking(text)))
}
