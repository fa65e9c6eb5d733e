import { withFields } from '../../../chat/read/fields.ts'
import type { Fields } from '../../../chat/read/fields.ts'
import { UnreadableAnswer } from '../../../chat/read/unreadable.ts'
import type { OutputItem } from '../answer.ts'
import type { ResponsesEvent } from '../read-event.ts'
import { readItem } from '../read-item.ts'
import { parseJson } from '../../../text/json/parse.ts'

/** Pieces of texts in items that are put together. */
const piece =
  /^response\.(?:(output_text|refusal|reasoning_text|reasoning_summary_text)\.delta|(?:function_call_arguments|custom_tool_call_input)\.(?:delta|done))$/

/** Characters that are kept of all open items. A service that says more has to tell how its items end. */
const maxLength = 1024 * 1024
/** Parts that are kept of a message. */
const maxParts = 64

interface OpenItem {
  readonly item: OutputItem
  /** The arguments or the input of a call. */
  text: string
  /** The texts of a message or a thought, by the position of their part; those of a summary have a list of their own. */
  readonly parts: Map<number, { readonly type: string; text: string }>
  readonly summary: Map<number, { readonly type: string; text: string }>
  /** Characters that are kept. */
  length: number
  /** Whether it became too long to be kept. */
  isDropped: boolean
}

/** The items of a stream that are open, as far as they were streamed. */
export class StreamedItems {
  readonly #open = new Map<number, OpenItem>()
  #length = 0

  get places(): readonly number[] {
    return [...this.#open.keys()]
  }

  has(place: number): boolean {
    return this.#open.has(place)
  }

  /** The type of an open item. */
  typeOf(place: number): string | undefined {
    return this.#open.get(place)?.item.type
  }

  /** The end of an open item, with the name from its start if it has none. */
  named(place: number, item: OutputItem): OutputItem {
    const { name } = this.#open.get(place)?.item ?? {}
    return item.name === '' && name ? withFields(item as Fields, { name }) : item
  }

  add(place: number, item: OutputItem | undefined): void {
    this.#open.set(place, {
      item: item ?? {},
      text: '',
      parts: new Map(),
      summary: new Map(),
      length: 0,
      isDropped: false,
    })
  }

  delete(place: number): void {
    this.#length -= this.#open.get(place)?.length ?? 0
    this.#open.delete(place)
  }

  /** Adds an event of an item: a piece of its text. Nothing of the item is kept once that is too much. */
  grow(event: ResponsesEvent): void {
    const { type, output_index: place = 0 } = event
    const [isPiece, kind] = piece.exec(type) ?? []
    const open = this.#open.get(place)
    const delta = event.delta ?? (open?.text === '' ? (event.arguments ?? event.input) : undefined) ?? ''
    if (!isPiece || !open || open.isDropped) return
    open.length += delta.length
    this.#length += delta.length
    const isSummary = kind === 'reasoning_summary_text'
    const parts = isSummary ? open.summary : open.parts
    const at = (isSummary ? event.summary_index : event.content_index) ?? 0
    const isTooMany = kind !== undefined && parts.size >= maxParts && !parts.has(at)
    if (this.#length > maxLength || isTooMany) return this.#drop(open)
    if (kind === undefined) {
      open.text += delta
      return
    }
    const part = parts.get(at) ?? { type: isSummary ? 'summary_text' : kind, text: '' }
    part.text += delta
    parts.set(at, part)
  }

  #drop(open: OpenItem): void {
    this.#length -= open.length
    open.length = 0
    open.text = ''
    open.parts.clear()
    open.summary.clear()
    open.isDropped = true
  }

  /**
   * An open item as a whole, for a service that ends its answer without telling it. Throws `UnreadableAnswer` for arguments
   * that are cut off, and for an item that was too long.
   */
  whole(place: number): OutputItem {
    const { item, text, parts, summary, isDropped } = this.#open.get(place) ?? {}
    if (isDropped) throw new UnreadableAnswer('ended its answer within an item')
    const whole = { ...item, status: 'completed' }
    switch (item?.type) {
      case 'function_call':
        return readItem({ ...whole, arguments: objectIn(text || item.arguments) }, true)
      case 'custom_tool_call':
        return readItem({ ...whole, input: text || item.input }, true)
      case 'message':
        return readItem({ ...whole, content: listOf(parts) }, true)
      case 'reasoning':
        return readItem(
          { ...whole, summary: listOf(summary), ...(parts?.size ? { content: listOf(parts) } : {}) },
          true,
        )
      default:
        throw new UnreadableAnswer('ended its answer within an item')
    }
  }
}

function listOf(parts: OpenItem['parts'] = new Map()): readonly Fields[] {
  return [...parts].toSorted(byPosition).map(([, part]) => partOf(part))
}

function byPosition([one]: readonly [number, unknown], [other]: readonly [number, unknown]): number {
  return one - other
}

function partOf({ type, text }: { readonly type: string; readonly text: string }): Fields {
  if (type === 'refusal') return { type, refusal: text }
  return type === 'output_text' ? { type, text, annotations: [] } : { type, text }
}

function objectIn(args = ''): string {
  if (args.trim() === '') return '{}'
  try {
    parseJson(args)
    return args
  } catch {
    throw new UnreadableAnswer('ended its answer within the arguments of a call')
  }
}
