import type { Delta, Message } from '../contract/index.ts'
import { HulumanageError } from '../contract/index.ts'
import { textOf } from '../chat/completion.ts'
import { isData } from '../chat/images/data-url.ts'
import { addressOf, imageLink, imagesOf } from '../chat/images/images.ts'
import { withCarried } from '../text/carried.ts'
import { ObjectEnd } from '../chat/object-end.ts'
import { argumentsOf, isBlankStart } from '../chat/read/tool-calls.ts'
import { ToolCalls, isCall, type CallPiece, type GrowingCall } from '../chat/tool-calls.ts'
import { packThoughts } from '../text/carried-thoughts.ts'
import { grow, isWhole } from './block.ts'
import type { Block, Change } from './block.ts'
import { sealOf, signedOf, thinkingOf, withSealed } from './thinking.ts'
import type { GrowingThoughts, SignedThinking } from './thinking.ts'

/** A part of an answer that has not ended. All but the first wait until that has. */
interface Part {
  readonly kind: Block['kind']
  readonly call?: GrowingCall
  readonly objectEnd?: ObjectEnd
  /** The text that has arrived but is in no change yet. */
  text: string
  signature?: string
  /** Nothing can follow, so that the part ends at once. */
  closed: boolean
  /** Whether it is a call that waits for the first of its arguments, or, in quotes, for their end. */
  isBlank?: boolean | 'quoted'
  block?: Block
}

/**
 * The blocks of one choice as it streams: a chat completion has fields, and pieces of tool calls in any order; other formats
 * have a sequence of blocks. A tool call ends when its arguments are complete and something else has arrived; what arrives
 * before that waits.
 */
export class Blocks {
  readonly all: Block[] = []
  readonly #packs: boolean
  readonly #calls = new ToolCalls()
  readonly #partOf = new Map<GrowingCall, Part>()
  /** Parts that have ended, the one that is told now, and those that wait for its end. */
  readonly #queue: Part[] = []
  /** Number of parts at the front of the queue that have ended. */
  #told = 0
  /** Calls of which no arguments have come, which may be all there is of them: they hold back no text. */
  #blank: Part[] = []
  /** Images that wait for what follows them: the text before them stays open, since its annotations may come behind them. */
  readonly #images: Part[] = []
  /** Thoughts that their service wants back and that have not been sent yet. */
  #thoughts: GrowingThoughts = {}
  readonly #first: number

  /** `packs` combines thinking and its signature into one text, for formats with room for one. `first`: the first index. */
  constructor(packs = false, first = 0) {
    this.#packs = packs
    this.#first = first
  }

  /** Adds a piece. Throws if it adds to arguments that were complete. */
  add(delta: Delta | Message | undefined): Change[] {
    if (!delta) return []
    const signed = signedOf(delta)
    const plain = thinkingOf(delta)
    const text = textOf({ role: 'assistant', ...delta })
    const refusal = typeof delta['refusal'] === 'string' ? delta['refusal'] : ''
    if (text || refusal || plain || signed.length > 0) this.#queueImages()
    // A whole message has its thinking in both fields, a stream first in one, then in the other; LiteLLM's in both.
    if (signed.length === 0) this.#addText('thinking', plain)
    for (const block of signed) this.#addSigned(block, plain !== '')
    this.#thoughts = withSealed(this.#thoughts, delta)
    const images = imagesOf(delta).map(addressOf)
    const isSpoken = text !== '' || refusal !== '' || images.length > 0
    if (isSpoken || delta.tool_calls?.length) this.#tellThoughts(false)
    this.#addText('text', text)
    this.#addText('refusal', refusal)
    for (const address of images) this.#addImage(address)
    const calls = delta.tool_calls ?? []
    if (calls.length > 0) {
      this.#queueImages()
      this.#tellThoughts()
    }
    for (const [position, call] of calls.entries()) this.#addCall(call, position)
    return this.#advance()
  }

  /** Tells the images that wait for what follows them: nothing does, because the answer breaks off. */
  breakOff(): Change[] {
    this.#queueImages()
    return this.#advance()
  }

  /** Ends the block that is open, and all that wait for its end. Throws if a call has no name. */
  end(): Change[] {
    this.#queueImages()
    this.#tellThoughts()
    return this.#advance(true)
  }

  #addText(kind: Block['kind'], text: string): void {
    if (text !== '') this.#partFor(kind).text += text
  }

  /** Adds an image: one that is given as data becomes a block, one that is given by its address a link in the text. */
  #addImage(address: string): void {
    if (!isData(address)) this.#queueImages()
    if (isData(address)) this.#images.push({ kind: 'image', text: address, closed: true })
    else this.#addText('text', `\n${imageLink(address)}\n`)
  }

  #queueImages(): void {
    for (const image of this.#images.splice(0)) this.#queue.push(image)
  }

  /** Adds a block of thinking. With plain text beside it, one without a signature is a piece of a longer one. */
  #addSigned(given: SignedThinking, isBesideText: boolean): void {
    const { type, thinking = '', signature = '', data = '' } = given
    if (type === 'redacted_thinking' && !this.#packs)
      return void this.#queue.push({ kind: 'redacted', text: data, closed: true })
    const last = this.#queue.at(-1)
    const part = this.#partFor('thinking')
    const isPiece = isBesideText && type === 'thinking' && !signature
    if (part !== last || isPiece) part.text += thinking
    if (isPiece) return
    part.signature = this.#packs ? packThoughts({ thinking_blocks: [given] }) : signature
    part.closed = true
  }

  /** Sends sealed thoughts with the thinking that has just ended, or alone. The signature of a text comes behind it. */
  #tellThoughts(isEnd = true): void {
    const { extra_content: signed, ...others } = this.#thoughts
    const signature = sealOf(isEnd ? this.#thoughts : others)
    this.#thoughts = isEnd || !signed ? {} : { extra_content: signed }
    if (signature === '') return
    const part = this.#partFor('thinking')
    part.signature = signature
    part.closed = true
  }

  #partFor(kind: Block['kind']): Part {
    const last = this.#queue.at(-1)
    if (last?.kind === kind && !last.closed) return last
    const part: Part = { kind, text: '', closed: false }
    this.#queue.push(part)
    return part
  }

  #addCall(piece: CallPiece, position: number): void {
    const call = this.#calls.add(piece, position)
    const text = piece.function?.arguments ?? ''
    let part = this.#partOf.get(call)
    if (!part) {
      part = { kind: 'tool', call, objectEnd: new ObjectEnd(), text: '', closed: false, isBlank: true }
      this.#partOf.set(call, part)
      this.#blank.push(part)
    }
    if (part.closed && text.trim() !== '') {
      throw new HulumanageError(
        'upstream_bad_response',
        'The model continued the arguments of a tool call after their end',
      )
    }
    part.objectEnd?.add(text)
    part.text += text
    // To read a text that grows copies it each time: what begins with space or a quote may grow long before it begins.
    if (part.isBlank === true && /\S/.test(text)) this.#readStart(part)
  }

  #readStart(part: Part): void {
    if (!isBlankStart(part.text)) this.#queueCalls()
    else if (part.text.trimStart().startsWith('"')) part.isBlank = 'quoted'
  }

  /** Puts calls that had no arguments after all that came before them. */
  #queueCalls(): void {
    for (const part of this.#blank) {
      part.isBlank = false
      this.#queue.push(part)
    }
    this.#blank = []
  }

  /** Tells what can be told in order; all of it if the answer has ended. */
  #advance(ended = false): Change[] {
    const changes: Change[] = []
    if (ended) this.#queueCalls()
    for (let part = this.#queue[this.#told]; part; part = this.#queue[this.#told]) {
      const isNext = this.#queue.length > this.#told + 1
      const isOver = part.closed || ended || (isNext && (part.objectEnd?.reached ?? true))
      this.#tell(changes, part, isOver)
      if (!isOver) break
      if (part.block) changes.push({ action: 'end', block: part.block, text: '' })
      part.closed = true
      this.#told++
    }
    this.#forgetTold()
    return changes
  }

  /** Removes ended parts from the queue, many at a time: each removal moves all that are left. */
  #forgetTold(): void {
    if (this.#told * 2 < this.#queue.length) return
    this.#queue.splice(0, this.#told)
    this.#told = 0
  }

  #tell(changes: Change[], part: Part, isOver: boolean): void {
    if (part.call && !this.#readyCall(part, part.call, isOver)) return
    const { kind, signature } = part
    const block = (part.block ??= this.#begin(changes, part))
    const { text } = part
    part.text = ''
    if (text !== '' && !isWhole(kind)) grow(changes, block, text)
    if (signature === undefined) return
    block.signature = signature
    changes.push({ action: 'sign', block, text: signature })
  }

  /** A call begins with its arguments, for its name may still grow before them. Null for arguments means none. */
  #readyCall(part: Part, call: GrowingCall, isOver: boolean): boolean {
    if (part.block) return true
    if (!isOver) return call.name !== '' && !isBlankStart(part.text)
    if (!isCall(call)) return false
    part.text = argumentsOf(part.text)
    return true
  }

  #begin(changes: Change[], { kind, call, text }: Part): Block {
    const block: Block = {
      kind,
      index: this.#first + this.all.length,
      text: isWhole(kind) ? text : '',
      signature: '',
      id: call ? withCarried(this.#calls.idOf(call), Object.fromEntries(call.fields)) : '',
      name: call?.name ?? '',
    }
    this.all.push(block)
    changes.push({ action: 'begin', block, text: '' })
    return block
  }
}

/** The blocks of a whole message. */
export function blocksOf(message: Message | undefined, packs = false): readonly Block[] {
  if (!message) return []
  const blocks = new Blocks(packs)
  const calls = message.tool_calls?.map((call, index) => ({ ...call, index }))
  blocks.add(calls ? { ...message, tool_calls: calls } : message)
  blocks.end()
  return blocks.all
}
