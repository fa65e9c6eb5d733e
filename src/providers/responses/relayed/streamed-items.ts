import type { Fields } from '../../../chat/read/fields.ts'
import { UnreadableAnswer } from '../../../chat/read/unreadable.ts'
import type { OutputItem } from '../answer.ts'
import type { ResponsesEvent } from '../read-event.ts'
import { readItem } from '../read-item.ts'
import { parseJson } from '../../../text/json-text.ts'

/** Pieces of texts in items that are put together. */
const piece =
  /^response\.(?:(output_text|refusal)\.delta|(?:function_call_arguments|custom_tool_call_input)\.(?:delta|done))$/

/** Characters that are kept of all open items. A service that says more has to tell how its items end. */
const maxLength = 1024 * 1024
/** Parts that are kept of a message. */
const maxParts = 64

interface OpenItem {
  readonly item: OutputItem
  /** The arguments or the input of a call. */
  text: string
  /** The texts of a message, by the position of their part. */
  readonly parts: Map<number, { readonly type: string; text: string }>
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

  add(place: number, item: OutputItem | undefined): void {
    this.#open.set(place, { item: item ?? {}, text: '', parts: new Map(), length: 0, isDropped: false })
  }

  delete(place: number): void {
    this.#length -= this.#open.get(place)?.length ?? 0
    this.#open.delete(place)
  }

  /** Adds an event of an item: a piece of its text. Nothing of the item is kept once that is too much. */
  grow(event: ResponsesEvent): void {
    const { type, output_index: place = 0, content_index: at = 0 } = event
    const [isPiece, kind] = piece.exec(type) ?? []
    const open = this.#open.get(place)
    const delta = event.delta ?? (open?.text === '' ? (event.arguments ?? event.input) : undefined) ?? ''
    if (!isPiece || !open || open.isDropped) return
    open.length += delta.length
    this.#length += delta.length
    const isTooMany = kind !== undefined && open.parts.size >= maxParts && !open.parts.has(at)
    if (this.#length > maxLength || isTooMany) return this.#drop(open)
    if (kind === undefined) {
      open.text += delta
      return
    }
    const part = open.parts.get(at) ?? { type: kind, text: '' }
    part.text += delta
    open.parts.set(at, part)
  }

  #drop(open: OpenItem): void {
    this.#length -= open.length
    open.length = 0
    open.text = ''
    open.parts.clear()
    open.isDropped = true
  }

  /**
   * An open item as a whole, for a service that ends its answer without telling it. Throws `UnreadableAnswer` for arguments
   * that are cut off, and for an item that was too long.
   */
  whole(place: number): OutputItem {
    const { item, text, parts, isDropped } = this.#open.get(place) ?? {}
    if (isDropped) throw new UnreadableAnswer('ended its answer within an item')
    const whole = { ...item, status: 'completed' }
    switch (item?.type) {
      case 'function_call':
        return readItem({ ...whole, arguments: objectIn(text || item.arguments) }, true)
      case 'custom_tool_call':
        return readItem({ ...whole, input: text || item.input }, true)
      case 'message':
        return readItem(
          { ...whole, content: [...(parts ?? [])].toSorted(byPosition).map(([, part]) => partOf(part)) },
          true,
        )
      default:
        throw new UnreadableAnswer('ended its answer within an item')
    }
  }
}

function byPosition([one]: readonly [number, unknown], [other]: readonly [number, unknown]): number {
  return one - other
}

function partOf({ type, text }: { readonly type: string; readonly text: string }): Fields {
  return type === 'refusal' ? { type, refusal: text } : { type, text, annotations: [] }
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
