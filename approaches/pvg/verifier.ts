import type { ChatRequest, Context } from '../../src/plugin.ts'
import { ask } from '../lib/asking/ask.ts'
import { withUserText } from '../lib/asking/conversation.ts'
import { enclose } from '../lib/asking/prompt-lists.ts'
import { readGrade } from '../lib/judging/grade.ts'
import type { Decoy } from './sneaky.ts'

/** A verifier's judgement of an answer. */
export interface Judgement {
  /** From 0 to 10. */
  readonly grade: number
  readonly critique: string
}

const prompt = `Do not answer the above yourself. Check the answer given here: is each step right, does it follow from what \
comes before, does the result meet every condition of the task? Being well written or sure in tone counts for nothing. Tell \
in a few sentences what is wrong or cannot be checked. Then close with a line of its own:
Score: a number from 0 (surely wrong) to 10 (surely right)`

/** Grades answers with one call each, blind: the prompt is the same whichever prover wrote the answer. */
export class Verifier {
  readonly #request: ChatRequest
  readonly #decoys: readonly Decoy[]

  constructor(request: ChatRequest, decoys: readonly Decoy[] = []) {
    this.#request = request
    this.#decoys = decoys
  }

  /** A verifier that is warned of the wrong answers that fooled this one. */
  withWarning(decoys: readonly Decoy[]): Verifier {
    return new Verifier(this.#request, decoys)
  }

  /** Judges an answer; returns undefined if the reply has no grade. */
  async judge(ctx: Context, text: string): Promise<Judgement | undefined> {
    const question = `${this.#warning()}An answer to the above:\n\n${enclose('answer', text)}\n\n${prompt}`
    const messages = withUserText(this.#request.messages, question)
    const critique = await ask(ctx, this.#request, messages)
    const grade = readGrade(critique)
    return grade === undefined ? undefined : { grade, critique }
  }

  #warning(): string {
    if (this.#decoys.length === 0) return ''
    const decoys = this.#decoys.map(
      ({ text, slip }) => `${text}\n\nIts author says where it goes wrong: ${slip}`,
    )
    return `An earlier checker was deceived by answers to the above that were written to be wrong and look right. Work \
out for each whether it does go wrong where its author says; then see to it that the answer you check gets no credit for \
the same mistake, or another that is as easily missed.\n\n${enclose('decoy', ...decoys)}\n\n`
  }
}
