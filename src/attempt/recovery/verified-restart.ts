import type { Chunk, ChunkChoice, ReplyHead } from '../../contract/index.ts'
import type { AnswerSoFar } from './answer-so-far.ts'
import { fittedChunk } from './fitting.ts'
import type { Fitting } from './fitting.ts'
import { RepeatedChoice } from './repeated-choice.ts'

/** Fits a stream that answers the same request from its beginning: it is held back while it equals what was shown. */
export class VerifiedRestart implements Fitting {
  readonly #head: ReplyHead
  readonly #choices: ReadonlyMap<number, RepeatedChoice>

  constructor(head: ReplyHead, answer: AnswerSoFar) {
    this.#head = head
    this.#choices = new Map([...answer.choices].map(([index, shown]) => [index, new RepeatedChoice(shown)]))
  }

  add(chunk: Chunk): ReturnType<Fitting['add']> {
    const choices: ChunkChoice[] = []
    for (const choice of chunk.choices) {
      const repeated = this.#choices.get(choice.index)
      const rest = repeated ? repeated.add(choice) : choice
      if (rest === 'departed') return 'departed'
      if (rest) choices.push(rest)
    }
    return fittedChunk(chunk, this.#head, choices)
  }
}
