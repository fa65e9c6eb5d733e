import { textOf } from '../../../chat/read/fields.ts'
import type { Chunk, Completion, FinishReason, Usage } from '../../../contract/index.ts'
import { HulumanageError } from '../../../contract/index.ts'
import { withoutThinking } from '../../../sampling/thinking.ts'
import { packSummary } from '../../conversation/summary.ts'
import type { AnswerListener, ChunkHead, Encoder, StreamEvent } from '../../dialect.ts'
import type { PublicError } from '../../error-body.ts'
import type { ResponseEncoder } from '../from-chat.ts'

/**
 * Writes the summary of a conversation as a compaction: the only item of the response, once all of it is there. A client that
 * compacts puts it in the place of the conversation, so that an answer that is not whole is a failure.
 */
export class SummaryEncoder implements Encoder {
  readonly dialect = 'responses'
  readonly named = true
  readonly #response: ResponseEncoder
  readonly #texts: string[] = []
  #finish: FinishReason | undefined

  constructor(response: ResponseEncoder) {
    this.#response = response
  }

  set onAnswer(listener: AnswerListener) {
    this.#response.onAnswer = answer => listener({ ...answer, output: outputOf(answer, this.#readSummary()) })
  }

  completion(completion: Completion): object {
    const [choice] = completion.choices
    this.#add(choice?.message.content, choice?.finish_reason)
    const summary = this.#readSummary()
    const ended = choice ? [{ ...choice, message: { role: 'assistant', content: null } }] : []
    const response = this.#response.completion({ ...completion, choices: ended }) as StreamEvent
    return { ...response, output: outputOf(response, summary) }
  }

  chunk(chunk: Chunk): readonly StreamEvent[] {
    for (const { index, delta, finish_reason: finish } of chunk.choices)
      if (index === 0) this.#add(delta.content, finish)
    return this.#response.chunk({
      ...chunk,
      choices: chunk.choices.map(choice => ({ ...choice, delta: {} })),
    })
  }

  end(head: ChunkHead, usage: Usage | undefined, more?: StreamEvent): readonly StreamEvent[] {
    const summary = this.#readSummary()
    const events = this.#response.end(head, usage, more)
    const last = events.at(-1)!
    const response = last['response'] as StreamEvent
    const output = outputOf(response, summary)
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

  #add(content: unknown, finish: FinishReason | undefined): void {
    if (typeof content === 'string') this.#texts.push(content)
    this.#finish = finish ?? this.#finish
  }

  /** The summary, without what the model thought about it. Throws if it is not whole. */
  #readSummary(): string {
    const summary = withoutThinking(this.#texts.join(''))
    if (summary === '')
      throw new HulumanageError('no_answer', 'The model wrote no summary of the conversation; try again')
    if (this.#finish != null && this.#finish !== 'stop')
      throw new HulumanageError(
        'no_answer',
        `The summary of the conversation is not complete (finish reason "${this.#finish}"); raise max_output_tokens if the request limits it, or use another model`,
      )
    return summary
  }
}

function outputOf({ id }: StreamEvent, summary: string): readonly [object] {
  const stem = textOf(id).replace(/^resp_/, '')
  return [{ id: `cmp_${stem}`, type: 'compaction', encrypted_content: packSummary(summary) }]
}
