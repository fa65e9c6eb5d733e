import type { Delta, Message, ToolCall } from '../contract/index.ts'
import { HulumanageError } from '../contract/index.ts'
import { textOf } from '../chat/completion.ts'

/** A part of an answer that is all of one kind. */
export interface Block {
  readonly kind: 'thinking' | 'redacted' | 'text' | 'refusal' | 'tool'
  /** Position among the blocks of the answer. */
  readonly index: number
  /** The text so far; the arguments of a tool call, the data of redacted thinking. */
  text: string
  /** The proof that the thinking is the model's own; empty if its service sends none. */
  signature: string
  /** Id of a tool call, else empty. */
  readonly id: string
  /** Name of the function that a tool call calls, else empty. */
  readonly name: string
}

/** A change of the blocks of an answer. Only the newest block grows, and it ends before the next one begins. */
export interface Change {
  readonly action: 'begin' | 'grow' | 'sign' | 'end'
  readonly block: Block
  /** The text that was added, or the signature. */
  readonly text: string
}

/** The blocks of one choice as it streams: a chat completion has fields, other formats have a sequence of blocks. */
export class Blocks {
  readonly all: Block[] = []
  readonly #signed: boolean
  #open: Block | undefined
  readonly #tools = new Map<number, Block>()

  /** `signed` keeps the signatures of thinking, and redacted thinking. */
  constructor(signed = false) {
    this.#signed = signed
  }

  /** Adds a piece; throws if it continues a tool call that has ended. */
  add(delta: Delta | Message): Change[] {
    const changes: Change[] = []
    const signed = this.#signed ? signedOf(delta) : []
    // A whole message has its thinking in both fields, a stream first in one, then in the other.
    if (signed.length === 0) this.#addText(changes, 'thinking', thinkingOf(delta))
    for (const block of signed) this.#addSigned(changes, block)
    this.#addText(changes, 'text', textOf({ role: 'assistant', ...delta }))
    this.#addText(changes, 'refusal', stringOf(delta['refusal']))
    for (const [position, call] of (delta.tool_calls ?? []).entries())
      this.#addCall(changes, call, typeof call['index'] === 'number' ? call['index'] : position)
    return changes
  }

  /** Ends the block that is open. */
  end(): Change[] {
    const changes: Change[] = []
    this.#close(changes)
    return changes
  }

  #addText(changes: Change[], kind: Block['kind'], text: string): void {
    if (text === '') return
    const open = this.#open?.kind === kind ? this.#open : this.#begin(changes, kind, '', '')
    grow(changes, open, text)
  }

  #addSigned(changes: Change[], { type, thinking = '', signature = '', data = '' }: SignedThinking): void {
    if (type === 'redacted_thinking') return void (this.#begin(changes, 'redacted', '', '').text = data)
    let block = this.#open
    if (block?.kind !== 'thinking') {
      block = this.#begin(changes, 'thinking', '', '')
      if (thinking !== '') grow(changes, block, thinking)
    }
    block.signature = signature
    changes.push({ action: 'sign', block, text: signature })
    this.#close(changes)
  }

  #addCall(changes: Change[], { id, function: called = {} }: ToolCall, position: number): void {
    const known = this.#tools.get(position)
    const isNew = !known || (id && id !== known.id)
    const block = isNew
      ? this.#begin(changes, 'tool', id || `call_${this.all.length}`, called.name ?? '')
      : known
    if (isNew) this.#tools.set(position, block)
    if (!called.arguments) return
    if (block !== this.#open) {
      throw new HulumanageError(
        'upstream_bad_response',
        'The model continued a tool call that had already ended',
      )
    }
    grow(changes, block, called.arguments)
  }

  #begin(changes: Change[], kind: Block['kind'], id: string, name: string): Block {
    this.#close(changes)
    const block: Block = { kind, index: this.all.length, text: '', signature: '', id, name }
    this.#open = block
    this.all.push(block)
    changes.push({ action: 'begin', block, text: '' })
    return block
  }

  #close(changes: Change[]): void {
    if (this.#open) changes.push({ action: 'end', block: this.#open, text: '' })
    this.#open = undefined
  }
}

/** The blocks of a whole message. */
export function blocksOf(message: Message | undefined, signed = false): readonly Block[] {
  const blocks = new Blocks(signed)
  if (message) blocks.add(message)
  return blocks.all
}

function grow(changes: Change[], block: Block, text: string): void {
  block.text += text
  changes.push({ action: 'grow', block, text })
}

/** A block of thinking in Anthropic's form. */
interface SignedThinking {
  readonly type: string
  readonly thinking?: string
  readonly signature?: string
  readonly data?: string
}

function signedOf({ thinking_blocks: blocks }: Delta | Message): readonly SignedThinking[] {
  return Array.isArray(blocks) ? (blocks as SignedThinking[]) : []
}

/** Services use one name or the other. */
function thinkingOf(delta: Delta | Message): string {
  return stringOf(delta['reasoning_content']) || stringOf(delta['reasoning'])
}

function stringOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
