import { textOf } from '../../chat/completion.ts'
import { CompleteReply } from '../../chat/reply.ts'
import type { Reply } from '../../contract/index.ts'
import type { TextPart } from '../../text/text-part.ts'

/** The first candidate of a request to approaches: the answer that the model alone would have given. */
export class FirstDraft {
  #text: string | undefined
  /** Whether its call has made other candidates, too. */
  isOneOfSeveral = false

  /** Takes the reply to a call for a candidate. Only the first one counts, and a stream is not read here. */
  take(reply: Reply): void {
    if (this.#text !== undefined || !(reply instanceof CompleteReply)) return
    const { choices } = reply.body
    this.#text = essence(textOf(choices[0]?.message))
    this.isOneOfSeveral = choices.length > 1
  }

  /**
   * Whether an answer is not part of the draft, which often has thoughts around it; undefined if either of them has no text.
   */
  differsFrom(answer: readonly TextPart[]): boolean | undefined {
    const text = essence(
      answer.find(({ role, choice }) => role === 'assistant' && choice === undefined)?.text,
    )
    return text === '' || !this.#text ? undefined : !this.#text.includes(text)
  }
}

/** A text without differences that no reader sees. */
function essence(text = ''): string {
  return text.replaceAll(/\s+/g, ' ').trim()
}
