import type { Candidates, Context } from '../../src/plugin.ts'
import { spokenText } from '../lib/asking/prompt-lists.ts'
import { HelpfulAnswer, ranked } from './helpful.ts'
import type { HelpfulAnswers } from './helpful.ts'
import type { Decoy } from './sneaky.ts'
import type { Verifier } from './verifier.ts'

/** What the provers of both kinds wrote. Only a candidate can become the answer. */
export interface Drawn {
  readonly helpful: Candidates
  readonly decoys: readonly Decoy[]
}

/** Helpful answers and what a verifier makes of them; offers the best so far as grades come in. */
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

  /** Of the best; negative where it has none. */
  get grade(): number {
    return this.best.grade(this.#fooled)
  }

  /**
   * Grades helpful answers and decoys alike. A verifier that finds a decoy as good as the best answer is told so, and
   * grades the answers again: nothing else says whether its grades can be trusted on this very question.
   */
  async judge(): Promise<void> {
    this.#ctx.note(`Grading ${this.#answers.length + this.#decoys.length} answers`)
    const judgements = await this.#ctx.span('grade', async inner => {
      const ofDecoys = Promise.all(this.#decoys.map(({ text }) => this.#verifier.judge(inner, text)))
      const [given] = await Promise.all([ofDecoys, this.#judgeAll(inner, this.#answers)])
      return given
    })
    const fooling = this.#decoys.filter((_, index) => {
      const judgement = judgements[index]
      return judgement !== undefined && judgement.grade >= this.grade
    })
    if (fooling.length === 0) return

    this.#ctx.note(`The verifier was taken in by ${fooling.length} wrong answers: grading anew`)
    this.#fooled = true
    this.#verifier = this.#verifier.warnedOf(fooling)
    await this.#ctx.span('regrade', inner => this.#judgeAll(inner, this.#answers))
  }

  /** The best that were graded and not revised yet, `most` of them; they count as revised from now on. */
  toRevise(most: number): readonly HelpfulAnswer[] {
    const chosen = this.#ranking()
      .filter(({ judgement, revised }) => judgement !== undefined && !revised)
      .slice(0, most)
    for (const answer of chosen) answer.revised = true
    return chosen
  }

  /** Grades further answers. None is replaced: what is revised may have become worse. */
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
    await Promise.all(answers.map(judgeOne))
  }

  #ranking(): HelpfulAnswers {
    return ranked(this.#answers, { decoys: this.#decoys, fooled: this.#fooled })
  }
}
