import type { Chunk } from '../../contract/index.ts'
import { AnswerSoFar } from '../recovery/answer-so-far.ts'
import { dataOfFrames } from './frames.ts'

/** Characters of frames that are kept as they are before they are read for their text. */
const maxKept = 64 * 1024
/** Maximum characters of an answer that can be recovered. */
const maxLength = 1024 * 1024

/**
 * Remembers what the client of a stream has seen, in case the stream breaks. Frames are kept unread: most streams are
 * short and do not break. Those of a long stream are read once in a while, since their text is far shorter.
 */
export class ShownFrames {
  #frames: string[] = []
  #length = 0
  /** Created when frames are first read. */
  #answer: AnswerSoFar | undefined
  /** Whether the answer is too long, or has been handed over. */
  #isOver = false

  add(frames: string): void {
    if (this.#isOver) return
    this.#frames.push(frames)
    this.#length += frames.length
    if (this.#length > maxKept) this.#read()
  }

  /** Hands over the answer so far, and remembers no more of it; undefined if it is too long to be recovered. */
  takeAnswer(): AnswerSoFar | undefined {
    this.#read()
    const answer = this.#answer
    this.#end()
    return answer
  }

  /** Everything in these frames is a valid chunk: the stream has read it, or found it to fit one that it had read. */
  #read(): void {
    if (this.#isOver) return
    const answer = (this.#answer ??= new AnswerSoFar())
    for (const data of dataOfFrames(this.#frames.join(''))) answer.add(JSON.parse(data) as Chunk)
    this.#frames = []
    this.#length = 0
    if (answer.length > maxLength) this.#end()
  }

  #end(): void {
    this.#answer = undefined
    this.#isOver = true
  }
}
