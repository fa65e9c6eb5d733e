import type { Candidates, Context } from '../../src/plugin.ts'
import { spokenText } from '../lib/asking/prompt-lists.ts'
import { decideBy, tolerateFailure } from '../lib/asking/tolerate-failure.ts'
import { differentAnswers, rank } from './helpful.ts'
import type { HelpfulAnswer, HelpfulAnswers } from './helpful.ts'
import type { Decoy } from './sneaky.ts'
import type { Judgement, Verifier } from './verifier.ts'

/** Helpful answers and a verifier's judgements of them. Offers the best so far as grades arrive. */
export class Game {
  readonly #ctx: Context
  #verifier: Verifier
  #decoys: readonly Decoy[] = []
  #fooled = false
  #candidates: Candidates
  #answers: HelpfulAnswers
  #offered: HelpfulAnswer

  constructor(ctx: Context, verifier: Verifier, helpful: Candidates) {
    this.#ctx = ctx
    this.#verifier = verifier
    this.#candidates = helpful
    this.#answers = differentAnswers(helpful)
    this.#offered = this.#answers[0]
  }

  /** The candidates of all rounds. */
  get candidates(): Candidates {
    return this.#candidates
  }

  get best(): HelpfulAnswer {
    return this.#ranking()[0]
  }

  /** The grade of the best answer; negative if it has none. */
  get grade(): number {
    return this.best.grade(this.#fooled)
  }

  /**
   * Grades helpful answers, and decoys like them as soon as they are drawn. A verifier that grades a decoy as high as the best
   * answer is warned of it and grades the answers again: nothing else shows whether its grades can be trusted for this
   * particular question.
   */
  async judge(drawDecoys: (ctx: Context) => Promise<readonly Decoy[]>): Promise<void> {
    this.#ctx.note(`Grading ${this.#answers.length} answers`)
    const [judgements] = await Promise.all([
      this.#judgeDecoys(drawDecoys),
      this.#ctx.span('grade', inner => this.#judgeAll(inner, this.#answers)),
    ])
    const fooling = this.#decoys.filter((_, index) => {
      const judgement = judgements[index]
      return judgement !== undefined && judgement.grade >= this.grade
    })
    if (fooling.length === 0) return

    this.#ctx.note(`The verifier was fooled by ${fooling.length} wrong answers: grading again`)
    this.#fooled = true
    this.#verifier = this.#verifier.withWarning(fooling)
    await this.#ctx.span('regrade', inner => this.#judgeAll(inner, this.#answers))
  }

  /** Takes up to `count` of the best graded answers that have not been revised yet; they count as revised from now on. */
  takeForRevision(count: number): readonly HelpfulAnswer[] {
    const chosen = this.#ranking()
      .filter(({ judgement, revised }) => judgement !== undefined && !revised)
      .slice(0, count)
    for (const answer of chosen) answer.revised = true
    return chosen
  }

  /** Adds and grades further answers. The originals stay, since a revision may be worse. */
  async add(candidates: Candidates): Promise<void> {
    const added = differentAnswers(candidates)
    this.#candidates = [...this.#candidates, ...candidates]
    this.#answers = [...this.#answers, ...added]
    this.#ctx.note(`Grading ${added.length} answers`)
    await this.#ctx.span('grade', inner => this.#judgeAll(inner, added))
  }

  async #judgeDecoys(
    draw: (ctx: Context) => Promise<readonly Decoy[]>,
  ): Promise<readonly (Judgement | undefined)[]> {
    this.#decoys = await this.#ctx.span('sneaky', draw)
    return await this.#ctx.span('grade', inner =>
      Promise.all(
        this.#decoys.map(({ text }) =>
          tolerateFailure(inner, 'a grade', () => this.#verifier.judge(inner, text)),
        ),
      ),
    )
  }

  async #judgeAll(ctx: Context, answers: readonly HelpfulAnswer[]): Promise<void> {
    const judgeOne = async (answer: HelpfulAnswer): Promise<Judgement | undefined> => {
      const judgement = await this.#verifier.judge(ctx, spokenText(answer.candidate))
      if (this.#fooled) answer.warned = judgement
      else answer.blind = judgement
      const { best } = this
      if (best !== this.#offered) this.#ctx.offer(best.candidate.answer())
      this.#offered = best
      return judgement
    }
    const isDecided = this.#answers.some(({ judgement }) => judgement !== undefined)
    await decideBy(
      ctx,
      'a grade',
      answers.map(answer => () => judgeOne(answer)),
      isDecided,
    )
  }

  #ranking(): HelpfulAnswers {
    return rank(this.#answers, { candidates: this.#candidates, decoys: this.#decoys, fooled: this.#fooled })
  }
}
