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
  #answer: AnswerSoFar | undefined = new AnswerSoFar()

  add(frames: string): void {
    if (!this.#answer) return
    this.#frames.push(frames)
    this.#length += frames.length
    if (this.#length > maxKept) this.#read()
  }

  /** Hands over the answer so far, and remembers no more of it; undefined if it is too long to be recovered. */
  takeAnswer(): AnswerSoFar | undefined {
    this.#read()
    const answer = this.#answer
    this.#answer = undefined
    return answer
  }

  /** Everything in these frames is a valid chunk: the stream has read it, or found it to fit one that it had read. */
  #read(): void {
    const answer = this.#answer
    if (!answer) return
    for (const data of dataOfFrames(this.#frames.join(''))) answer.add(JSON.parse(data) as Chunk)
    this.#frames = []
    this.#length = 0
    if (answer.length > maxLength) this.#answer = undefined
  }
}
