import { withFields } from '../../chat/read/fields.ts'
import type { Fields } from '../../chat/read/fields.ts'
import { UnreadableAnswer } from '../../chat/read/unreadable.ts'
import { readEvent } from './read-event.ts'
import type { MessagesEvent } from './read-event.ts'
import { reasonAfter, withUsage } from './read-message.ts'

/** The block that grows, under the index that the service gave it. */
interface OpenBlock {
  readonly index: number | undefined
  readonly type: string
}

/** Kinds of delta that belong to only one type of block. */
const blockOf: ReadonlyMap<unknown, string> = new Map([
  ['text_delta', 'text'],
  ['thinking_delta', 'thinking'],
  ['signature_delta', 'thinking'],
])

/**
 * Puts the events of one message in the order that clients rely on, and leaves those already in order unchanged: a
 * start, blocks that are numbered in turn and open one at a time, a reason for the end, and the end.
 */
export class RelayedMessage {
  readonly #model: string
  #isBegun = false
  #isOver = false
  #open: OpenBlock | undefined
  #count = 0
  /** Pieces of text and thinking that came within the block of a call, for after its end. */
  #later: MessagesEvent[] = []
  /** Blocks that had to end because the next one began. */
  readonly #cut = new Set<number | undefined>()
  #hasCalls = false
  #hasReason = false
  #outputTokens: unknown = 0
  /** Figures that came before the end. */
  #early: Fields = {}

  constructor(model: string) {
    this.#model = model
  }

  /** The events to send for one that has arrived. Throws `UnreadableAnswer` if a part of the answer would be lost. */
  take(event: MessagesEvent): readonly MessagesEvent[] {
    const { type } = event
    if (this.#isOver) return []
    if (type === 'ping' || type === 'error') return [event]
    if (type === 'message_start') return this.#begin(event)
    const missing = this.#begin(readEvent({ type: 'message_start' }, this.#model)!)
    return [...missing, ...this.#go(event)]
  }

  #begin(event: MessagesEvent): readonly MessagesEvent[] {
    if (this.#isBegun) return []
    this.#isBegun = true
    const message = withUsage(event.message ?? {}, undefined)
    return [message === event.message ? event : { ...event, message }]
  }

  #go(event: MessagesEvent): readonly MessagesEvent[] {
    switch (event.type) {
      case 'content_block_start':
        return [...this.#cutOff(), this.#start(event)]
      case 'content_block_delta':
        return this.#grow(event)
      case 'content_block_stop':
        return this.#open && event.index === this.#open.index ? this.#close(event) : []
      case 'message_delta':
        return event.delta?.['stop_reason'] == null
          ? this.#keep(event)
          : [...this.#close(), this.#reason(event)]
      case 'message_stop':
        return this.#end(event)
      default:
        return [event]
    }
  }

  #start(event: MessagesEvent): MessagesEvent {
    const { index, content_block: block } = event
    this.#open = { index, type: block?.type ?? '' }
    this.#hasCalls ||= block?.type === 'tool_use'
    return numbered(event, this.#count)
  }

  #grow(event: MessagesEvent): readonly MessagesEvent[] {
    const { index, delta } = event
    if (!this.#open || index !== this.#open.index) {
      if (this.#cut.has(index)) throw new UnreadableAnswer('sent blocks that overlap')
      return []
    }
    const block = blockOf.get(delta?.['type'])
    if (block === undefined || block === this.#open.type) return [numbered(event, this.#count)]
    if (this.#open.type === 'tool_use') {
      this.#later.push(event)
      return []
    }
    const started = delta?.['type'] === 'signature_delta' ? undefined : startOf(block, index)
    if (!started || !startOf(this.#open.type, index))
      throw new UnreadableAnswer('sent a piece of another kind than its block')
    return [...this.#close(), this.#start(started), numbered(event, this.#count)]
  }

  /** Ends the open block because the next one begins. */
  #cutOff(): readonly MessagesEvent[] {
    if (this.#open) this.#cut.add(this.#open.index)
    return this.#close()
  }

  #close(event: MessagesEvent = { type: 'content_block_stop' }): readonly MessagesEvent[] {
    if (!this.#open) return []
    this.#open = undefined
    return [numbered(event, this.#count++), ...this.#behind()]
  }

  /** The pieces that came within the block of a call, in blocks of their own behind it. */
  #behind(): readonly MessagesEvent[] {
    const told = this.#later.splice(0).flatMap(({ index: _index, ...event }) => {
      const block = blockOf.get(event.delta?.['type'])!
      return this.#open?.type === block
        ? [numbered(event, this.#count)]
        : [...this.#close(), this.#start(startOf(block, undefined)!), numbered(event, this.#count)]
    })
    return [...told, ...this.#close()]
  }

  /** Keeps the figures of an event without a reason: for clients, it would end the message, but more of it may follow. */
  #keep({ usage }: MessagesEvent): readonly MessagesEvent[] {
    this.#early = { ...this.#early, ...usage }
    return []
  }

  #reason(event: MessagesEvent): MessagesEvent {
    const { delta = {} } = event
    const own = event.usage ?? {}
    const missing = Object.keys(this.#early).some(name => !(name in own))
    const sent = missing ? { ...this.#early, ...own } : own
    this.#outputTokens = sent['output_tokens'] ?? this.#outputTokens
    const usage = withFields(sent, { output_tokens: this.#outputTokens })
    const stated = delta['stop_reason'] ?? (this.#hasReason ? null : this.#ownReason)
    const reason = reasonAfter(stated, this.#hasCalls)
    this.#hasReason = true
    const isSound = usage === event.usage && reason === delta['stop_reason']
    return isSound
      ? event
      : { ...event, delta: { stop_sequence: null, ...delta, stop_reason: reason }, usage }
  }

  /** The reason for the end if the service sends none. */
  get #ownReason(): string {
    return this.#hasCalls ? 'tool_use' : 'end_turn'
  }

  #end(event: MessagesEvent): readonly MessagesEvent[] {
    this.#isOver = true
    const reason = this.#hasReason ? [] : [this.#reason({ type: 'message_delta' })]
    return [...this.#close(), ...reason, event]
  }
}

/** The start of a block of text or of thinking, which some services send in one; undefined for other types. */
function startOf(type: string, index: number | undefined): MessagesEvent | undefined {
  if (type !== 'text' && type !== 'thinking') return undefined
  const block = type === 'text' ? { type, text: '' } : { type, thinking: '', signature: '' }
  return { type: 'content_block_start', ...(index === undefined ? {} : { index }), content_block: block }
}

function numbered(event: MessagesEvent, index: number): MessagesEvent {
  return event.index === index ? event : { ...event, index }
}
