import type { RestWriter } from '../../../chat/provider-call.ts'
import type { Chunk, Delta, FinishReason, Usage } from '../../../contract/index.ts'
import type { ChunkHead, StreamEvent } from '../../dialect.ts'
import { doesNotFit, eventsIn, framesOf } from '../../relayed-events.ts'
import type { ResponseEncoder } from '../from-chat.ts'
import { endOf } from '../object.ts'
import { OpenItem, isContinuable } from './open-item.ts'

/** Writes the rest of a response: the item that was open is continued and closed, then the encoder writes all others. */
export class ResponseRest implements RestWriter {
  readonly #encoder: ResponseEncoder
  #isResumable = true
  #isResumed = false
  #response: StreamEvent = {}
  readonly #output: unknown[] = []
  #open: OpenItem | undefined
  /** The position of the open item among the calls, if it is one. */
  #openCall = -1
  #calls = 0
  #sequence = 0
  #head: ChunkHead = { id: '', created: 0, model: '' }
  #finish: FinishReason = null

  constructor(encoder: ResponseEncoder) {
    this.#encoder = encoder
  }

  get isResumable(): boolean {
    return this.#isResumable
  }

  read(frames: string): void {
    for (const event of eventsIn(frames)) this.#see(event)
  }

  #see(event: StreamEvent): void {
    const { type, response, item, output_index: index } = event
    this.#sequence = Number(event['sequence_number']) + 1
    switch (type) {
      case 'response.created':
      case 'response.in_progress':
      case 'response.queued':
        this.#response = response as StreamEvent
        return
      case 'response.output_item.added':
        this.#isResumable &&= !this.#open && index === this.#output.length
        return this.#begin(new OpenItem(event))
      case 'response.output_item.done':
        this.#output.push(item)
        this.#open = undefined
        return
      case 'keepalive':
        return
      default:
        this.#isResumable &&= this.#open?.see(event) === true
    }
  }

  #begin(open: OpenItem): void {
    this.#isResumable &&= isContinuable(open.type)
    this.#open = open
    this.#openCall = open.type === 'function_call' ? this.#calls++ : -1
  }

  chunk(chunk: Chunk): string {
    this.#head = chunk
    const grown: StreamEvent[] = []
    const choices = chunk.choices.map(choice => {
      this.#finish = choice.finish_reason ?? this.#finish
      return { ...choice, delta: this.#grow(choice.delta, grown) }
    })
    const numbered = this.#numbered(grown)
    if (choices.every(({ delta }) => saysNothing(delta))) return framesOf(numbered)
    const ended = this.#close('completed')
    this.#resume()
    return framesOf([...numbered, ...ended, ...this.#encoder.chunk({ ...chunk, choices })])
  }

  end(usage: Usage): string {
    const ended = this.#close(endOf(this.#finish).status)
    this.#resume()
    // Tells the encoder why the answer ended, should nothing else have been written.
    const { id, created, model } = this.#head
    const choices = [{ index: 0, delta: {}, finish_reason: this.#finish }]
    const last = this.#encoder.chunk({ id, object: 'chat.completion.chunk', created, model, choices })
    return framesOf([...ended, ...last, ...this.#encoder.end(this.#head, usage)])
  }

  #resume(): void {
    if (this.#isResumed) return
    this.#isResumed = true
    const sequence = this.#sequence
    this.#encoder.resume(this.#head, { response: this.#response, output: this.#output, sequence })
  }

  /** Adds to the open item what belongs to it, and returns the rest of the piece. */
  #grow({ content, tool_calls: pieces, ...rest }: Delta, grown: StreamEvent[]): Delta {
    const added = content && !('reasoning_content' in rest) ? this.#open?.addText(content) : undefined
    if (added) grown.push(added)
    const left = pieces?.filter(piece => {
      const at = piece.index ?? 0
      if (at >= this.#calls) return true
      if (!this.#open || this.#openCall !== at) throw doesNotFit()
      grown.push(this.#open.addArguments(piece.function?.arguments ?? ''))
      return false
    })
    return {
      ...rest,
      ...(content && !added ? { content } : {}),
      ...(left && left.length > 0 ? { tool_calls: left } : {}),
    }
  }

  #close(status: 'completed' | 'incomplete'): readonly StreamEvent[] {
    const open = this.#open
    if (!open) return []
    this.#open = undefined
    const events = open.end(status)
    this.#output.push(events.at(-1)?.['item'])
    return this.#numbered(events)
  }

  #numbered(events: readonly StreamEvent[]): readonly StreamEvent[] {
    return events.map(event => ({ ...event, sequence_number: this.#sequence++ }))
  }
}

function saysNothing(delta: Delta): boolean {
  return Object.entries(delta).every(([field, value]) => field === 'role' || value == null || value === '')
}
