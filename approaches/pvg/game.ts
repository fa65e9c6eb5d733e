import type { Candidates, Context } from '../../src/plugin.ts'
import { spokenText } from '../lib/asking/prompt-lists.ts'
import { decideBy, tolerateFailure } from '../lib/asking/tolerate-failure.ts'
import { HelpfulAnswer, rank } from './helpful.ts'
import type { HelpfulAnswers } from './helpful.ts'
import type { Decoy } from './sneaky.ts'
import type { Verifier } from './verifier.ts'

/** The answers of both kinds of provers. Only a candidate can become the answer of the step. */
export interface Drawn {
  readonly helpful: Candidates
  readonly decoys: readonly Decoy[]
}

/** Helpful answers and a verifier's judgements of them. Offers the best so far as grades arrive. */
export class Game {
  readonly #ctx: Context
  readonly #decoys: readonly Decoy[]
  #verifier: Verifier
  #fooled = false
  #answers: HelpfulAnswers
  #offered: HelpfulAnswer

  constructor(ctx: Context, verifier: Verifier, { helpful: [first, ...rest], decoys }: Drawn) {
    this.#ctx = ctx
    this.#verifier = verifier
    this.#decoys = decoys
    this.#answers = [new HelpfulAnswer(first), ...rest.map(candidate => new HelpfulAnswer(candidate))]
    this.#offered = this.#answers[0]
  }

  get best(): HelpfulAnswer {
    return this.#ranking()[0]
  }

  /** The grade of the best answer; negative if it has none. */
  get grade(): number {
    return this.best.grade(this.#fooled)
  }

  /**
   * Grades helpful answers and decoys alike. A verifier that grades a decoy as high as the best answer is warned of it and
   * grades the answers again: nothing else shows whether its grades can be trusted for this particular question.
   */
  async judge(): Promise<void> {
    this.#ctx.note(`Grading ${this.#answers.length + this.#decoys.length} answers`)
    const judgements = await this.#ctx.span('grade', async inner => {
      const judging = Promise.all(
        this.#decoys.map(({ text }) =>
          tolerateFailure(inner, 'a grade', () => this.#verifier.judge(inner, text)),
        ),
      )
      const [ofDecoys] = await Promise.all([judging, this.#judgeAll(inner, this.#answers)])
      return ofDecoys
    })
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
    const added = candidates.map(candidate => new HelpfulAnswer(candidate))
    this.#answers = [...this.#answers, ...added]
    this.#ctx.note(`Grading ${added.length} answers`)
    await this.#ctx.span('grade', inner => this.#judgeAll(inner, added))
  }

  async #judgeAll(ctx: Context, answers: readonly HelpfulAnswer[]): Promise<void> {
    const judgeOne = async (answer: HelpfulAnswer): Promise<void> => {
      const judgement = await this.#verifier.judge(ctx, spokenText(answer.candidate))
      if (this.#fooled) answer.warned = judgement
      else answer.blind = judgement
      const { best } = this
      if (best !== this.#offered) this.#ctx.offer(best.candidate.answer())
      this.#offered = best
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
    return rank(this.#answers, { decoys: this.#decoys, fooled: this.#fooled })
  }
}
