import { HulumanageError } from '../../contract/index.ts'
import type { Delta, FinishReason } from '../../contract/index.ts'
import { newCompletionId, ownFingerprint } from '../../chat/completion.ts'
import { citationsIn } from '../../chat/notes/cited-texts.ts'
import { wordsOf } from '../../chat/read/fields.ts'
import type { Fields } from '../../chat/read/fields.ts'
import { UnreadableAnswer } from '../../chat/read/unreadable.ts'
import { isObjectText } from '../../text/json/parse.ts'
import { doneFrame } from '../../text/sse.ts'
import { unixSeconds } from '../../time/unix-seconds.ts'
import { createEventTranslator } from '../event-translator.ts'
import { chatEvent } from '../translation.ts'
import type { EventsOptions, StreamTranslator } from '../translation.ts'
import type { Block } from './content-from-chat.ts'
import { readEvent } from './read-event.ts'
import type { MessagesEvent } from './read-event.ts'
import { BlocksSoFar } from './pauses/blocks-so-far.ts'
import { pauseReason } from './pauses/paused-turn.ts'
import { RelayedMessage } from './relayed-events.ts'
import { withPlace } from './thinking-places.ts'
import { citedFields, toChatUsage, toFinishReason } from './to-chat.ts'
import type { MessagesUsage } from './to-chat.ts'

/** Creates a translator for one stream of Messages events. */
export function toChatEvents({ model = '', onPause, ...options }: EventsOptions = {}): StreamTranslator {
  const stream = new MessagesStream(model, onPause)
  const relayed = new RelayedMessage(model)
  const reader = {
    read: (sent: Fields) => readEvent(sent, model),
    translate: (event: MessagesEvent) => (stream.isOver ? '' : stream.translate(event)),
    relay: (event: MessagesEvent) => relayed.take(event),
    missingEnd: () => (stream.hasFinished ? { type: 'message_stop' } : undefined),
  }
  return createEventTranslator(reader, options)
}

/** A block that is still growing, with the parts that chat completions send only at its end. */
interface OpenBlock {
  readonly block: Block
  /** The index of a tool call among all calls. */
  readonly call: number
  text: string
  signature: string
  readonly citations: Fields[]
  /** The amounts of text and of calls before it. */
  readonly place: { readonly text: number; readonly calls: number }
}

/** The state of one stream: the head of its chunks, the open blocks, and the usage so far. */
class MessagesStream {
  #head: object
  /** Whether a chunk has been sent: all chunks of a stream have one id. */
  #isBegun = false
  readonly #open = new Map<number | undefined, OpenBlock>()
  #calls = 0
  #stopReason: string | null | undefined
  /** Whether nothing of the answer is missing: the reason for its end has come. */
  hasFinished = false
  /** Whether the message has ended: nothing behind that is part of it. */
  isOver = false
  readonly #usage: Record<string, unknown> = {}

  readonly #blocks: BlocksSoFar | undefined
  readonly #onPause: EventsOptions['onPause']

  /** `model`: the name of the model until the service has sent its own. */
  constructor(model: string, onPause: EventsOptions['onPause']) {
    this.#head = headOf({ id: newCompletionId(), model })
    this.#onPause = onPause
    this.#blocks = onPause && new BlocksSoFar()
  }

  translate(event: MessagesEvent): string {
    this.#blocks?.see(event)
    switch (event.type) {
      case 'message_start':
        return this.#startMessage(event)
      case 'content_block_start':
        return this.#startBlock(event)
      case 'content_block_delta':
        return this.#extendBlock(event)
      case 'content_block_stop':
        return this.#endBlock(event)
      case 'message_delta':
        this.#stopReason = wordsOf(event.delta?.['stop_reason']) ?? this.#stopReason
        this.#updateUsage(event.usage)
        return this.#stopReason == null ? '' : this.#finish()
      case 'message_stop':
        return this.#endMessage()
      case 'error':
        return chatEvent({ error: event.error ?? { message: 'an error without a message' } })
      default:
        return ''
    }
  }

  /** Characters of text so far, and those before the newest text that is a block of its own. */
  #spoken = 0
  #bounded = 0

  #startMessage({ message }: MessagesEvent): string {
    if (!this.#isBegun) this.#head = headOf(message ?? {})
    this.#updateUsage(message?.['usage'] as MessagesUsage | undefined)
    return this.#chunk({ role: 'assistant' })
  }

  #startBlock({ index, content_block: block }: MessagesEvent): string {
    if (!block) return ''
    const isCall = block.type === 'tool_use'
    const open = {
      block,
      call: isCall ? this.#calls++ : 0,
      text: '',
      signature: '',
      citations: [...citationsIn(block)],
      place: { text: this.#spoken, calls: this.#calls },
    }
    this.#open.set(index, open)
    if (isCall) {
      const called = { name: block['name'] as string, arguments: '' }
      return this.#chunk({
        tool_calls: [{ index: open.call, id: block['id'] as string, type: 'function', function: called }],
      })
    }
    if (block.type === 'thinking') return this.#think(open, block['thinking'] as string)
    if (block.type !== 'text') return ''
    return `${this.#bound()}${block['text'] ? this.#text(block['text'] as string) : ''}`
  }

  /** Ends the text before a new block: a chat joins them, but the citations of one are not those of the other. */
  #bound(): string {
    const start = this.#bounded
    this.#bounded = this.#spoken
    return this.#spoken > start ? this.#chunk(citedFields([{ start, end: this.#spoken, citations: [] }])) : ''
  }

  #text(content: string): string {
    this.#spoken += content.length
    return this.#chunk({ content })
  }

  #think(open: OpenBlock, thinking: string): string {
    open.text += thinking
    return thinking === '' ? '' : this.#chunk({ reasoning_content: thinking })
  }

  #extendBlock({ index, delta }: MessagesEvent): string {
    if (!delta) return ''
    const open = this.#open.get(index)
    // A block without its start has lost more than one piece.
    if (!open) throw new UnreadableAnswer('sent a piece of a block that had not started')
    switch (delta['type']) {
      case 'text_delta':
        return this.#text(delta['text'] as string)
      case 'thinking_delta':
        return this.#think(open, delta['thinking'] as string)
      case 'citations_delta':
        open.citations.push(...citationsIn({ citations: [delta['citation']] }))
        return ''
      case 'signature_delta':
        open.signature += delta['signature'] as string
        return ''
      case 'input_json_delta':
        return open.block.type === 'tool_use' ? this.#extendCall(open, delta['partial_json'] as string) : ''
      default:
        return ''
    }
  }

  #extendCall(open: OpenBlock, text: string): string {
    if (text === '') return ''
    open.text += text
    return this.#chunk({ tool_calls: [{ index: open.call, function: { arguments: text } }] })
  }

  #endBlock({ index }: MessagesEvent): string {
    const open = this.#open.get(index)
    this.#open.delete(index)
    switch (open?.block.type) {
      case 'tool_use':
        // A call without arguments, or one that started with all of them.
        return open.text === '' ? this.#extendCall(open, JSON.stringify(open.block['input'] ?? {})) : ''
      case 'thinking':
        return this.#thinking(
          { type: 'thinking', thinking: open.text, signature: open.signature || open.block['signature'] },
          open,
        )
      case 'redacted_thinking':
        return this.#thinking(open.block, open)
      case 'text':
        return this.#cited(open)
      default:
        return ''
    }
  }

  #cited({ citations, place }: OpenBlock): string {
    if (citations.length === 0) return ''
    this.#bounded = this.#spoken
    return this.#chunk(citedFields([{ start: place.text, end: this.#spoken, citations }]))
  }

  #thinking(block: Block, { place }: OpenBlock): string {
    return this.#chunk({ thinking_blocks: [withPlace(block, place)] })
  }

  /** Ends the answer, once. A message never ends within a call: if it does, the rest was lost on the way. */
  #finish(): string {
    if (this.hasFinished) return ''
    for (const { block, text } of this.#open.values())
      if (block.type === 'tool_use' && text !== '' && !isObjectText(text))
        throw new HulumanageError('upstream_truncated', 'ended its stream within a tool call')
    this.hasFinished = true
    const turn = this.#stopReason === pauseReason ? this.#blocks?.turn() : undefined
    if (turn) this.#onPause?.(turn)
    return this.#chunk({}, toFinishReason(this.#stopReason))
  }

  #endMessage(): string {
    this.isOver = true
    const finish = this.#finish()
    const usage = toChatUsage(this.#usage)
    const usageEvent = usage ? chatEvent({ ...this.#head, choices: [], usage }) : ''
    return `${finish}${usageEvent}${doneFrame}`
  }

  /** Every event contains totals so far, though not always all of them: the largest value of each counts. */
  #updateUsage(usage: MessagesUsage | null | undefined): void {
    for (const [name, count] of Object.entries(usage ?? {})) {
      const before = this.#usage[name]
      if (typeof count === 'number' && typeof before === 'number') this.#usage[name] = Math.max(count, before)
      else if (count !== null) this.#usage[name] = count
    }
  }

  #chunk(delta: Delta, finish_reason: FinishReason = null): string {
    this.#isBegun = true
    return chatEvent({ ...this.#head, choices: [{ index: 0, delta, finish_reason }] })
  }
}

function headOf({ id, model }: Fields): object {
  const created = unixSeconds()
  return { id, object: 'chat.completion.chunk', created, model, system_fingerprint: ownFingerprint }
}
