import { CompleteReply } from '../../chat/reply.ts'
import type { Source } from '../../chat/provider-call.ts'
import type { ChatRequest, Completion, FinishReason, Reply } from '../../contract/index.ts'
import type { TextPart } from '../../text/text-part.ts'
import { AnswerSoFar } from './answer-so-far.ts'
import { answerParts, promptParts } from './text-parts.ts'
import { WatchedReply } from './watched-reply.ts'
import { detach } from '../../time/background.ts'

/** The prompt of a call, and its answer as far as somebody has read it. */
export class CallTexts {
  readonly #request: ChatRequest
  readonly #source: Source | undefined
  readonly #soFar = new AnswerSoFar()
  #whole: (() => Pick<Completion, 'choices'>) | undefined
  #finish: readonly FinishReason[] = []

  /** `source`: the body of the client, if the request is only a placeholder for it. */
  constructor(request: ChatRequest, source?: Source) {
    this.#request = request
    this.#source = source?.only ? source : undefined
  }

  /** Takes the answer; the reply that is returned has to be read in its place. */
  watch(reply: Reply): Reply {
    detach(this.#awaitEnd(reply), 'waiting for the end of a reply')
    if (!(reply instanceof CompleteReply)) return new WatchedReply(reply, this)
    this.#whole = () => reply.body
    return reply
  }

  /** Never rejects. */
  async #awaitEnd({ done }: Reply): Promise<void> {
    try {
      const { finish } = await done
      if (Array.isArray(finish)) this.#finish = finish
    } catch {
      // The reply of a step of somebody else may end in any way; it has no reasons then.
    }
  }

  /** Takes an answer that was read as a whole. */
  sawWhole(completion: Completion): void {
    this.#whole = () => completion
  }

  /** Takes the bytes of a whole answer. */
  sawBytes(bytes: Uint8Array): void {
    this.#whole = () => completionIn(bytes)
  }

  sawFrames(frames: string): void {
    this.#soFar.readFrames(frames)
  }

  sawChunk(chunk: object): void {
    this.#soFar.readEvent(chunk)
  }

  /** The finish reasons of the choices, by index; empty before the end of the answer. */
  get finish(): readonly FinishReason[] {
    return this.#finish
  }

  get prompt(): TextPart[] {
    if (this.#source?.body) return [{ role: 'body', text: JSON.stringify(this.#source.body).toWellFormed() }]
    return promptParts(this.#request)
  }

  get answer(): TextPart[] {
    return this.#whole ? answerParts(this.#whole()) : this.#soFar.parts
  }
}

/** A wrapper may return the bytes of anything. */
function completionIn(bytes: Uint8Array): Pick<Completion, 'choices'> {
  try {
    const { choices } = JSON.parse(Buffer.from(bytes).toString('utf8')) as Completion
    return { choices: Array.isArray(choices) ? choices.filter(hasMessage) : [] }
  } catch {
    return { choices: [] }
  }
}

function hasMessage(choice: Completion['choices'][number] | null): boolean {
  return typeof choice?.message === 'object' && choice.message !== null
}
