import { saysSomething } from '../../chat/read/message.ts'
import type { ChunkChoice, Delta, ReplyHead } from '../../contract/index.ts'
import { chunkOf, withChoices } from './chunk.ts'
import type { PassedChunk } from './chunk.ts'

/** A finish reason that is not told yet, since pieces of the answer may follow. */
interface Withheld {
  readonly reason: string
  /** The chunk that states it, if it says nothing else. */
  readonly sent?: PassedChunk | undefined
}

/** Ends a choice with a reason, and with what is left of its calls. */
export type ApplyEnd = (choice: ChunkChoice, reason: string) => ChunkChoice

const nothing: Delta = {}

/**
 * The finish reasons of a stream that wait until nothing can follow: clients read no further than the first, and some
 * services state one in each chunk, or a chunk behind each piece.
 */
export class WithheldEnds {
  readonly #withheld = new Map<number, Withheld>()
  /** The choices whose reason was told. */
  readonly #told = new Set<number>()
  /** The choices that have continued behind a reason. */
  readonly #resumed = new Set<number>()

  /** Whether no reason waits. */
  get isEmpty(): boolean {
    return this.#withheld.size === 0
  }

  /** Whether each reason that waits came with nothing else. */
  get areAllBare(): boolean {
    for (const { sent } of this.#withheld.values()) if (!sent) return false
    return true
  }

  /** Whether a choice has continued behind a reason. */
  get hasResumed(): boolean {
    return this.#resumed.size > 0
  }

  /** Whether the reason of a choice was told. */
  wasTold(index: number): boolean {
    return this.#told.has(index)
  }

  /** Withholds the reason of a choice, unless one was told. `sent`: the chunk that states it, if it says nothing else. */
  withhold(index: number, reason: string, sent?: PassedChunk): void {
    if (!this.#told.has(index)) this.#withheld.set(index, { reason, sent })
  }

  /** Records that a choice continues behind a reason. */
  resume(index: number): void {
    this.#resumed.add(index)
  }

  /** The chunks that were withheld for choices that continue. */
  releaseBefore(choices: readonly ChunkChoice[]): readonly PassedChunk[] {
    return choices.flatMap(({ index, delta }) => (saysSomething(delta) ? this.release(index) : []))
  }

  /** The chunk that was withheld for a choice, to be passed without its reason, which is told later. */
  release(index: number): readonly PassedChunk[] {
    const { reason, sent } = this.#withheld.get(index) ?? {}
    if (reason === undefined || !sent) return []
    this.#withheld.set(index, { reason })
    return [withChoices(sent, choice => ({ ...choice, finish_reason: null }))]
  }

  /** Takes the chunks that tell the reasons. */
  take(head: ReplyHead, applyEnd: ApplyEnd): readonly PassedChunk[] {
    if (this.isEmpty) return []
    const chunks: PassedChunk[] = []
    const ends: ChunkChoice[] = []
    for (const [index, { reason, sent }] of this.#withheld) {
      this.#told.add(index)
      if (sent) chunks.push(withChoices(sent, choice => applyEnd(choice, reason)))
      else ends.push(applyEnd({ index, delta: nothing, finish_reason: null }, reason))
    }
    this.#withheld.clear()
    return ends.length > 0 ? [...chunks, { chunk: chunkOf(head, ends) }] : chunks
  }

  /** Takes those of a stream that breaks: a choice that has continued behind a reason may not have ended. */
  takeAfterBreak(head: ReplyHead, applyEnd: ApplyEnd): readonly PassedChunk[] {
    for (const index of this.#resumed) this.#withheld.delete(index)
    return this.take(head, applyEnd)
  }
}
