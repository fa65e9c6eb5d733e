import type { Chunk, Completion, FinishReason, Message, Usage } from '../../contract/index.ts'
import { HulumanageError } from '../../contract/index.ts'
import { asPlainId } from '../../text/carried.ts'
import { jsonOrUndefined } from '../../text/json/parse.ts'
import { newCompletionId } from '../../chat/completion.ts'
import { dataIn } from '../../chat/images/data-url.ts'
import { isObject } from '../check.ts'
import { Blocks, blocksOf } from '../blocks.ts'
import type { Block, Change } from '../block.ts'
import type { ChunkHead, Encoder, StreamEvent } from '../dialect.ts'
import { inStream } from '../error-body.ts'
import type { PublicError } from '../error-body.ts'
import { citedPiecesOf } from './cited-texts.ts'
import type { CitedPiece } from './cited-texts.ts'
import { messagesError, overloadedStatus } from './conventions.ts'

/** Writes the answer to one request as a message of the Messages API. */
export class MessageEncoder implements Encoder {
  readonly dialect = 'messages'
  readonly named = true
  readonly #estimate: number
  #blocks = new Blocks()
  #hasCalls = false
  /** Characters of text so far. */
  #spoken = 0
  /** The newest block of text that ended before the answer did: its citations are complete. */
  #ended: Block | undefined
  #begun = false
  #noting = false
  #finish: FinishReason = null

  /** `estimate` is reported as the tokens of the prompt until the answer is complete. */
  constructor(estimate: number) {
    this.#estimate = estimate
  }

  /** Continues a message that has begun: `first` is the index of the next block; `hasCalls`, whether an earlier one is a call. */
  resume(first: number, hasCalls: boolean): void {
    this.#begun = true
    this.#blocks = new Blocks(false, first)
    this.#hasCalls = hasCalls
  }

  completion({ id, model, choices, usage }: Completion): object {
    const [choice] = choices
    const { blocks, citations } = citedBlocksOf(choice?.message)
    return {
      ...messageOf({ id, model }),
      content: blocks.map(block => withCitations(wholeBlock(block), citations.get(block))),
      stop_reason: stopReason(choice?.finish_reason, blocks),
      usage: usageOf(usage),
    }
  }

  chunk(chunk: Chunk): readonly StreamEvent[] {
    let events: readonly StreamEvent[] = [...this.#begin(chunk), ...this.#endNotes()]
    for (const { index, delta, finish_reason: finish } of chunk.choices) {
      if (index !== 0) continue
      this.#finish = finish ?? this.#finish
      const added = delta['cited_texts']
        ? citedPiecesOf(delta, this.#spoken).flatMap(piece => this.#piece(piece))
        : this.#blocks.add(delta).flatMap(eventsOf)
      events = [...events, ...added]
      this.#spoken += delta.content?.length ?? 0
    }
    return events
  }

  #piece({ delta, citations, ends }: CitedPiece): StreamEvent[] {
    const events = this.#blocks.add(delta).flatMap(eventsOf)
    const newest = this.#blocks.all.at(-1)
    if (newest?.kind !== 'text' || !ends || newest === this.#ended) return events
    this.#ended = newest
    const { index } = newest
    for (const citation of citations)
      events.push({ type: 'content_block_delta', index, delta: { type: 'citations_delta', citation } })
    return [...events, ...this.#blocks.end().flatMap(eventsOf)]
  }

  end(head: ChunkHead, usage: Usage | undefined, more?: StreamEvent): readonly StreamEvent[] {
    const ended = this.#blocks.end().flatMap(eventsOf)
    const reason = stopReason(this.#finish, this.#blocks.all)
    const stop_reason = reason === 'end_turn' && this.#hasCalls ? 'tool_use' : reason
    return [
      ...this.#begin(head),
      ...ended,
      { type: 'message_delta', delta: { stop_reason, stop_sequence: null }, usage: usageOf(usage) },
      { type: 'message_stop', ...more },
    ]
  }

  fail(error: PublicError): readonly StreamEvent[] {
    const { status, mayPass } = error
    // The type on which agents retry.
    const told = messagesError({ ...inStream(error), status: mayPass ? overloadedStatus : status })
    return [...this.#blocks.breakOff().flatMap(eventsOf), { ...told }]
  }

  progress(head: ChunkHead, text: string): readonly StreamEvent[] {
    const delta = { reasoning_content: `${text}\n` }
    this.#noting = true
    return [...this.#begin(head), ...this.#blocks.add(delta).flatMap(eventsOf)]
  }

  /** Ends the block of progress: thinking of the model gets a block of its own, since it may be signed. */
  #endNotes(): StreamEvent[] {
    if (!this.#noting) return []
    this.#noting = false
    return this.#blocks.end().flatMap(eventsOf)
  }

  #begin(head: ChunkHead): StreamEvent[] {
    if (this.#begun) return []
    this.#begun = true
    const usage = usageOf({
      prompt_tokens: this.#estimate,
      completion_tokens: 0,
      total_tokens: this.#estimate,
    })
    return [{ type: 'message_start', message: { ...messageOf(head), content: [], stop_reason: null, usage } }]
  }
}

function messageOf({ id, model }: Pick<ChunkHead, 'id' | 'model'>) {
  const known = id || newCompletionId()
  return {
    id: known.startsWith('msg_') ? known : `msg_${known.replace(/^chatcmpl-/, '')}`,
    type: 'message',
    role: 'assistant',
    model,
    stop_sequence: null,
  }
}

function stopReason(finish: FinishReason | undefined, blocks: readonly Block[]): string {
  if (finish === 'length') return 'max_tokens'
  if (finish === 'content_filter' || blocks.some(block => block.kind === 'refusal')) return 'refusal'
  return blocks.some(block => block.kind === 'tool') ? 'tool_use' : 'end_turn'
}

/** Prompt tokens read from a cache or written to one are counted separately here, but included in a chat's count. */
function usageOf(usage: Usage | null | undefined) {
  const { cached_tokens: read = 0, cache_creation_tokens: written = 0 } = usage?.prompt_tokens_details ?? {}
  return {
    input_tokens: Math.max(0, (usage?.prompt_tokens ?? 0) - read - written),
    output_tokens: usage?.completion_tokens ?? 0,
    cache_creation_input_tokens: written,
    cache_read_input_tokens: read,
  }
}

/** The blocks of a whole message, and the citations of those that have any. */
function citedBlocksOf(message: Message | undefined) {
  const citations = new Map<Block, readonly object[]>()
  if (!message?.['cited_texts']) return { blocks: blocksOf(message), citations }
  const blocks = new Blocks()
  for (const piece of citedPiecesOf(message, 0)) {
    blocks.add(piece.delta)
    const newest = blocks.all.at(-1)
    if (newest?.kind !== 'text' || !piece.ends) continue
    if (piece.citations.length > 0 && !citations.has(newest)) citations.set(newest, piece.citations)
    blocks.end()
  }
  blocks.end()
  return { blocks: blocks.all, citations }
}

function withCitations(block: object, citations: readonly object[] | undefined): object {
  return citations ? { ...block, citations } : block
}

function wholeBlock(block: Block) {
  if (block.kind === 'thinking')
    return { ...emptyBlock(block), thinking: block.text, signature: block.signature }
  if (block.kind === 'redacted') return emptyBlock(block)
  if (block.kind === 'tool') return { ...emptyBlock(block), input: inputOf(block) }
  if (block.kind === 'image') return { ...emptyBlock(block), text: imageNote(block) }
  return { ...emptyBlock(block), text: block.text }
}

function emptyBlock({ kind, id, name, text }: Block) {
  if (kind === 'redacted') return { type: 'redacted_thinking', data: text }
  if (kind === 'thinking') return { type: 'thinking', thinking: '', signature: '' }
  return kind === 'tool'
    ? { type: 'tool_use', id: asPlainId(id), name, input: {} }
    : { type: 'text', text: '' }
}

function eventsOf(change: Change): readonly StreamEvent[] {
  const { action, block } = change
  if (action !== 'begin' || block.kind !== 'image') return [eventOf(change)]
  return [eventOf(change), eventOf({ action: 'grow', block, text: imageNote(block) })]
}

function eventOf({ action, block, text }: Change): StreamEvent {
  const { index } = block
  if (action === 'begin') return { type: 'content_block_start', index, content_block: emptyBlock(block) }
  if (action === 'end') return { type: 'content_block_stop', index }
  const delta = action === 'sign' ? { type: 'signature_delta', signature: text } : deltaOf(block, text)
  return { type: 'content_block_delta', index, delta }
}

function deltaOf({ kind }: Block, text: string) {
  if (kind === 'thinking') return { type: 'thinking_delta', thinking: text }
  return kind === 'tool' ? { type: 'input_json_delta', partial_json: text } : { type: 'text_delta', text }
}

/** The text that names an image: an answer in this format has no place for it. */
function imageNote({ text }: Block): string {
  return `[an image (${dataIn(text)?.mediaType || 'of an unknown type'}), which the Messages API has no place for]`
}

/** The arguments of a tool call: text in a chat, an object here. */
function inputOf({ name, text }: Block): object {
  if (text.trim() === '') return {}
  const value = jsonOrUndefined(text)
  if (isObject(value)) return value
  throw new HulumanageError(
    'upstream_bad_response',
    `The model called "${name}" with arguments that are not a JSON object`,
  )
}
