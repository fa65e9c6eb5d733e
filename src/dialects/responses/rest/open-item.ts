import { fieldsOf, textOf } from '../../../chat/read/fields.ts'
import type { Fields } from '../../../chat/read/fields.ts'
import type { StreamEvent } from '../../dialect.ts'

/** A part of an item, with its text so far. */
interface OpenPart {
  readonly type: string
  /** The fields that locate it inside its item. */
  readonly at: Fields
  text: string
  readonly annotations: unknown[]
  isOver: boolean
}

/** The names of the text in each type of part, and of the events of that type. */
const kinds: ReadonlyMap<unknown, { readonly field: string; readonly event: string }> = new Map([
  ['output_text', { field: 'text', event: 'response.output_text' }],
  ['refusal', { field: 'refusal', event: 'response.refusal' }],
  ['reasoning_text', { field: 'text', event: 'response.reasoning_text' }],
  ['summary_text', { field: 'text', event: 'response.reasoning_summary_text' }],
])

const pieces = /^response\.(output_text|refusal|reasoning_text|reasoning_summary_text)\.(delta|done)$/

/** Whether an item of this type can be said in a chat, so that another service can continue it. */
export function isContinuable(type: string): boolean {
  return type === 'message' || type === 'reasoning' || type === 'function_call'
}

/** An item of a relayed response that has not ended. */
export class OpenItem {
  readonly type: string
  /** Position among the items of the output. */
  readonly index: number
  readonly #item: Fields
  readonly #parts: OpenPart[] = []
  #args: string

  constructor({ item, output_index }: StreamEvent) {
    this.#item = fieldsOf(item) ?? {}
    this.type = textOf(this.#item['type'])
    this.index = Number(output_index)
    this.#args = textOf(this.#item['arguments'])
  }

  /** Reads an event of the item. Returns false if it is of a kind that a chat cannot say. */
  see(event: StreamEvent): boolean {
    const { type, part } = event
    if (type === 'response.content_part.added' || type === 'response.reasoning_summary_part.added')
      return this.#addPart(event)
    if (type === 'response.content_part.done' || type === 'response.reasoning_summary_part.done') {
      const newest = this.#parts.at(-1)
      if (newest) newest.isOver = true
      return kinds.has(fieldsOf(part)?.['type'])
    }
    if (type === 'response.function_call_arguments.delta') this.#args += textOf(event['delta'])
    else if (type === 'response.function_call_arguments.done') this.#args = textOf(event['arguments'])
    else if (type === 'response.output_text.annotation.added') return this.#annotate(event)
    else return this.#grow(event)
    return true
  }

  #addPart({ part, content_index, summary_index }: StreamEvent): boolean {
    const added = fieldsOf(part) ?? {}
    const type = textOf(added['type'])
    const kind = kinds.get(type)
    const at = type === 'summary_text' ? { summary_index } : { content_index }
    if (kind) this.#parts.push({ type, at, text: textOf(added[kind.field]), annotations: [], isOver: false })
    return kind !== undefined
  }

  /** Returns false: another service has not seen the sources to which a text refers. */
  #annotate({ annotation, content_index }: StreamEvent): false {
    this.#parts.find(({ at }) => at['content_index'] === content_index)?.annotations.push(annotation)
    return false
  }

  #grow(event: StreamEvent): boolean {
    const [, kind = '', step] = pieces.exec(textOf(event['type'])) ?? []
    const part = this.#parts.at(-1)
    if (step === undefined || !part || part.isOver) return false
    if (step === 'delta') part.text += textOf(event['delta'])
    else part.text = textOf(event[kind === 'refusal' ? 'refusal' : 'text'])
    return true
  }

  /** The event that adds to its text; undefined if it has no text that grows. */
  addText(delta: string): StreamEvent | undefined {
    const part = this.#parts.at(-1)
    if (part?.type !== 'output_text' || part.isOver) return undefined
    part.text += delta
    return { type: 'response.output_text.delta', ...this.#at, ...part.at, delta, logprobs: [] }
  }

  /** The event that adds to the arguments of a call. */
  addArguments(delta: string): StreamEvent {
    this.#args += delta
    return { type: 'response.function_call_arguments.delta', ...this.#at, delta }
  }

  /** The events that end it, the last of which has the whole item. */
  end(status: 'completed' | 'incomplete'): readonly StreamEvent[] {
    const item = this.#whole(status)
    const done = { type: 'response.output_item.done', output_index: this.index, item }
    if (this.type === 'function_call') {
      const { name } = this.#item
      return [
        { type: 'response.function_call_arguments.done', ...this.#at, name, arguments: this.#args },
        done,
      ]
    }
    const part = this.#parts.at(-1)
    return part && !part.isOver ? [...this.#endOf(part), done] : [done]
  }

  get #at(): Fields {
    return { item_id: this.#item['id'], output_index: this.index }
  }

  #endOf(part: OpenPart): readonly StreamEvent[] {
    const { field, event } = kinds.get(part.type)!
    const ended = part.type === 'summary_text' ? 'reasoning_summary_part' : 'content_part'
    const at = { ...this.#at, ...part.at }
    return [
      { type: `${event}.done`, ...at, [field]: part.text, ...(field === 'text' ? { logprobs: [] } : {}) },
      { type: `response.${ended}.done`, ...at, part: partOf(part) },
    ]
  }

  #whole(status: string): Fields {
    if (this.type === 'function_call') return { ...this.#item, arguments: this.#args, status }
    if (this.type === 'message') return { ...this.#item, status, content: this.#parts.map(partOf) }
    const isSummary = ({ type }: OpenPart) => type === 'summary_text'
    const content = this.#parts.filter(part => !isSummary(part)).map(partOf)
    const summary = this.#parts.filter(isSummary).map(partOf)
    return { ...this.#item, summary, ...(content.length > 0 ? { content } : {}) }
  }
}

function partOf({ type, text, annotations }: OpenPart): Fields {
  if (type === 'refusal') return { type, refusal: text }
  return type === 'output_text' ? { type, text, annotations, logprobs: [] } : { type, text }
}
