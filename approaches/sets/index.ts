import { z } from 'zod'
import {
  defineApproach,
  drawTemperature,
  groupByAnswer,
  sample,
  withDrawTemperature,
} from '../../src/plugin.ts'
import type { Candidate, Candidates } from '../../src/plugin.ts'
import { oneOfEach } from '../lib/judging/agreement.ts'
import { majorityOf } from '../lib/judging/majority.ts'
import { helperEffort } from '../lib/request/helper-effort.ts'
import { forJudging, judge } from '../lib/scoring/params.ts'
import { correct } from './correct.ts'
import { compareAnswers, verifyEach } from './verify.ts'

export default defineApproach({
  name: 'sets',
  summary:
    'Samples answers, verifies those that differ, corrects only the refuted, and votes by the verdicts',
  paper: 'https://arxiv.org/abs/2501.19306',
  params: z.object({
    n: z.int().min(2).max(32).default(4).describe('how many answers to draw'),
    rounds: z.int().min(0).max(4).default(1).describe('how often to verify and correct refuted answers'),
    compare: z
      .boolean()
      .default(true)
      .describe('have a call compare the answers first, which shows the verifiers where one may be wrong'),
    judge,
    temperature: drawTemperature,
    helper_effort: helperEffort,
  }),
  cost({ n, rounds, compare }, times) {
    const verify = n + (compare ? 1 : 0)
    // Corrections that are new are verified, too; those of the last round are not.
    const calls = n + verify + rounds * n + Math.max(0, rounds - 1) * verify
    const each = compare ? 2 : 1
    return { calls: times * calls, rounds: 1 + each + rounds + Math.max(0, rounds - 1) * each }
  },

  async run(request, ctx, { n, rounds, compare, temperature, ...params }) {
    ctx.note(`Drawing ${n} answers`)
    const drawn = await ctx.span('draw', inner => sample(inner, withDrawTemperature(request, temperature), n))
    const judging = forJudging(request, params)
    const ballot = new Ballot(drawn)
    for (let round = 1; round <= Math.max(1, rounds); round++) {
      const pending = ballot.unverified
      if (ballot.isUnanimous || pending.length === 0) break
      ctx.offer(ballot.winner.answer())
      ctx.note(`Verifying ${pending.length} answers`)
      const report = compare ? await compareAnswers(ctx, judging, ballot.different) : undefined
      const found = await verifyEach(ctx, judging, pending, report)
      for (const [candidate, { verdict }] of found) ballot.record(candidate, verdict)
      const refuted = [...found].filter(([, { verdict }]) => verdict === false)
      if (rounds > 0 && refuted.length > 0) ballot.add(await correct(ctx, request, refuted))
    }
    const { winner } = ballot
    for (const candidate of ballot.all) if (candidate !== winner) candidate.discard('outvoted')
    return winner.answer()
  },
})

/** Weight of a vote, by the verdict on its answer; without one it is 1. A judge that errs cannot outweigh a clear majority. */
const weights = { confirmed: 1.5, refuted: 0.5 }

/** The votes of candidates, weighted by the verdicts on their answers. */
class Ballot {
  readonly all: Candidate[]
  readonly #verdicts = new Map<Candidate, boolean | undefined>()

  constructor(drawn: Candidates) {
    this.all = [...drawn]
  }

  get isUnanimous(): boolean {
    return groupByAnswer(this.all).length === 1
  }

  /** One candidate of each answer, the most common first. */
  get different(): Candidates {
    return oneOfEach(groupByAnswer(this.all))
  }

  /** One candidate of each answer that has no verdict yet. */
  get unverified(): readonly Candidate[] {
    return groupByAnswer(this.all)
      .filter(({ members }) => !members.some(member => this.#verdicts.has(member)))
      .map(({ first }) => first)
  }

  get winner(): Candidate {
    const [first, ...others] = this.all
    const groups = groupByAnswer(this.all).map(group => ({ ...group, weight: this.#weightOf(group.members) }))
    const most = Math.max(...groups.map(({ weight }) => weight))
    const [leader, ...rivals] = groups.filter(({ weight }) => weight === most)
    return rivals.length === 0 ? leader!.first : majorityOf([first!, ...others]).winner
  }

  add(candidates: readonly Candidate[]): void {
    this.all.push(...candidates)
  }

  record(candidate: Candidate, verdict: boolean | undefined): void {
    this.#verdicts.set(candidate, verdict)
  }

  #weightOf(members: readonly Candidate[]): number {
    const verdict = members.map(member => this.#verdicts.get(member)).find(one => one !== undefined)
    const weight = verdict === undefined ? 1 : verdict ? weights.confirmed : weights.refuted
    return members.length * weight
  }
}
