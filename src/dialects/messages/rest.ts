import type { Chunk, Delta, Usage } from '../../contract/index.ts'
import type { RestWriter } from '../../chat/provider-call.ts'
import { fieldsOf, textOf } from '../../chat/read/fields.ts'
import type { StreamEvent } from '../dialect.ts'
import { doesNotFit, eventsIn, framesOf } from '../relayed-events.ts'
import type { MessageEncoder } from './from-chat.ts'

/** The block that was growing when the message broke off. */
interface OpenBlock {
  readonly index: number
  readonly type: string
  /** The position of a call among the calls. */
  readonly call: number
}

/** Blocks and pieces that a chat can say. */
const known: ReadonlySet<unknown> = new Set([
  'text',
  'thinking',
  'redacted_thinking',
  'tool_use',
  'text_delta',
  'thinking_delta',
  'signature_delta',
  'input_json_delta',
])

/** Writes the rest of a message: the block that was open is continued and closed, then the encoder writes all others. */
export class MessageRest implements RestWriter {
  readonly #encoder: MessageEncoder
  #isResumable = true
  #isResumed = false
  #open: OpenBlock | undefined
  #next = 0
  #calls = 0
  #head: Chunk | undefined

  constructor(encoder: MessageEncoder) {
    this.#encoder = encoder
  }

  get isResumable(): boolean {
    return this.#isResumable
  }

  read(frames: string): void {
    for (const event of eventsIn(frames)) this.#see(event)
  }

  #see({ type, index, content_block: block, delta }: StreamEvent): void {
    switch (type) {
      case 'content_block_start':
        return this.#begin(Number(index), typeIn(block))
      case 'content_block_delta':
        this.#isResumable &&= known.has(typeIn(delta))
        return
      case 'content_block_stop':
        this.#open = undefined
        return
      case 'message_start':
      case 'ping':
        return
      default:
        // The end has begun, or something that only this service says.
        this.#isResumable = false
    }
  }

  #begin(index: number, type: string): void {
    this.#isResumable &&= known.has(type)
    this.#next = index + 1
    this.#open = { index, type, call: type === 'tool_use' ? this.#calls++ : -1 }
  }

  chunk(chunk: Chunk): string {
    this.#head ??= chunk
    this.#resume()
    const events: StreamEvent[] = []
    const choices = chunk.choices.map(choice => ({ ...choice, delta: this.#grow(choice.delta, events) }))
    return framesOf([...events, ...this.#closing(this.#encoder.chunk({ ...chunk, choices }))])
  }

  end(usage: Usage): string {
    this.#resume()
    const events = this.#encoder.end(this.#head ?? { id: '', created: 0, model: '' }, usage)
    return framesOf([...this.#close(), ...events])
  }

  #resume(): void {
    if (this.#isResumed) return
    this.#isResumed = true
    this.#encoder.resume(this.#next, this.#calls > 0)
  }

  /** Adds to the open block what belongs to it, and returns the rest of the piece. */
  #grow(delta: Delta, events: StreamEvent[]): Delta {
    const open = this.#open
    const { content, tool_calls: pieces, ...rest } = delta
    if (open?.type === 'text' && content && !('reasoning_content' in rest)) {
      events.push(growth(open, { type: 'text_delta', text: content }))
      return pieces ? { ...rest, tool_calls: pieces } : rest
    }
    const left = pieces?.filter(piece => {
      const at = piece.index ?? 0
      if (at >= this.#calls) return true
      if (open?.call !== at) throw doesNotFit()
      const text = piece.function?.arguments ?? ''
      events.push(growth(open, { type: 'input_json_delta', partial_json: text }))
      return false
    })
    return pieces && left!.length < pieces.length
      ? { ...rest, ...(content ? { content } : {}), ...(left!.length > 0 ? { tool_calls: left! } : {}) }
      : delta
  }

  /** The open block ends before anything else is written. */
  #closing(events: readonly StreamEvent[]): readonly StreamEvent[] {
    return events.length === 0 ? events : [...this.#close(), ...events]
  }

  #close(): readonly StreamEvent[] {
    const open = this.#open
    this.#open = undefined
    return open ? [{ type: 'content_block_stop', index: open.index }] : []
  }
}

function growth({ index }: OpenBlock, delta: object): StreamEvent {
  return { type: 'content_block_delta', index, delta }
}

function typeIn(value: unknown): string {
  return textOf(fieldsOf(value)?.['type'])
}
