import { addUsage } from '../../chat/usage.ts'
import type { ChatRequest, Chunk, ReplyHead, Usage } from '../../contract/index.ts'
import type { AttemptFailure } from '../failure.ts'
import type { AnswerSoFar } from './answer-so-far.ts'

/** A stream that broke after its client had seen a part of it. */
export interface BrokenStream {
  readonly failure: AttemptFailure
  /** The request that it answered. */
  readonly request: ChatRequest
  readonly head: ReplyHead
  /** Everything that the client has seen; a recovery adds to it. */
  readonly answer: AnswerSoFar
  /** The tokens of all attempts so far; a recovery adds to them. */
  readonly spent: Spent
  /** Aborts when the reader has left. */
  readonly signal: AbortSignal
}

/** Yields the rest of a broken stream; throws if the rest cannot be had. */
export type Recover = (broken: BrokenStream) => AsyncGenerator<Chunk, void>

/** A sum of usages. */
export class Spent {
  usage: Usage

  constructor(usage: Usage) {
    this.usage = usage
  }

  add(usage: Usage | undefined): void {
    if (usage) this.usage = addUsage(this.usage, usage)
  }
}
