import type { Chunk, Completion, Usage } from '../../../contract/index.ts'
import { HulumanageError } from '../../../contract/index.ts'
import { packSummary } from '../../conversation/summary.ts'
import type { AnswerListener, ChunkHead, Encoder, StreamEvent } from '../../dialect.ts'
import type { PublicError } from '../../error-body.ts'
import type { ResponseEncoder } from '../from-chat.ts'

/**
 * Writes the summary of a conversation as a compaction: the only item of the response, once all of it is there. A client that
 * compacts puts it in the place of the conversation, so that an answer without a text is a failure.
 */
export class SummaryEncoder implements Encoder {
  readonly dialect = 'responses'
  readonly named = true
  readonly #response: ResponseEncoder
  #summary = ''

  constructor(response: ResponseEncoder) {
    this.#response = response
  }

  set onAnswer(listener: AnswerListener) {
    this.#response.onAnswer = answer => listener({ ...answer, output: this.#outputOf(answer) })
  }

  completion(completion: Completion): object {
    const [choice] = completion.choices
    this.#add(choice?.message.content)
    this.#checkSummary()
    const ended = choice ? [{ ...choice, message: { role: 'assistant', content: null } }] : []
    const response = this.#response.completion({ ...completion, choices: ended }) as StreamEvent
    return { ...response, output: this.#outputOf(response) }
  }

  chunk(chunk: Chunk): readonly StreamEvent[] {
    for (const { index, delta } of chunk.choices) if (index === 0) this.#add(delta.content)
    return this.#response.chunk({
      ...chunk,
      choices: chunk.choices.map(choice => ({ ...choice, delta: {} })),
    })
  }

  end(head: ChunkHead, usage: Usage | undefined, more?: StreamEvent): readonly StreamEvent[] {
    this.#checkSummary()
    const events = this.#response.end(head, usage, more)
    const last = events.at(-1)!
    const response = last['response'] as StreamEvent
    const output = this.#outputOf(response)
    const number = Number(last['sequence_number'])
    const at = { output_index: 0, item: output[0] }
    return [
      ...events.slice(0, -1),
      { type: 'response.output_item.added', ...at, sequence_number: number },
      { type: 'response.output_item.done', ...at, sequence_number: number + 1 },
      { ...last, response: { ...response, output }, sequence_number: number + 2 },
    ]
  }

  fail(error: PublicError): readonly StreamEvent[] {
    return this.#response.fail(error)
  }

  follow(frames: string): void {
    this.#response.follow(frames)
  }

  #checkSummary(): void {
    if (this.#summary.trim() === '')
      throw new HulumanageError('no_answer', 'The model wrote no summary of the conversation; try again')
  }

  #add(content: unknown): void {
    if (typeof content === 'string') this.#summary += content
  }

  #outputOf({ id }: StreamEvent): readonly [object] {
    const stem = String(id).replace(/^resp_/, '')
    return [{ id: `cmp_${stem}`, type: 'compaction', encrypted_content: packSummary(this.#summary.trim()) }]
  }
}
