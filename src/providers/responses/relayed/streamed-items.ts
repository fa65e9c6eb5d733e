import type { Fields } from '../../../chat/read/fields.ts'
import { UnreadableAnswer } from '../../../chat/read/unreadable.ts'
import type { OutputItem } from '../answer.ts'
import type { ResponsesEvent } from '../read-event.ts'
import { readItem } from '../read-item.ts'

/** Pieces of texts in items that are put together. */
const piece = /^response\.(?:(output_text|refusal)|function_call_arguments|custom_tool_call_input)\.delta$/

interface OpenItem {
  readonly item: OutputItem
  /** The arguments or the input of a call. */
  text: string
  /** The texts of a message, by the position of their part. */
  readonly parts: Map<number, { readonly type: string; text: string }>
}

/** The items of a stream that are open, as far as they were streamed. */
export class StreamedItems {
  readonly #open = new Map<number, OpenItem>()

  get places(): readonly number[] {
    return [...this.#open.keys()]
  }

  has(place: number): boolean {
    return this.#open.has(place)
  }

  add(place: number, item: OutputItem | undefined): void {
    this.#open.set(place, { item: item ?? {}, text: '', parts: new Map() })
  }

  delete(place: number): void {
    this.#open.delete(place)
  }

  /** Adds an event of an item: a piece of its text. */
  grow({ type, output_index: place = 0, content_index: at = 0, delta = '' }: ResponsesEvent): void {
    const [isPiece, kind] = piece.exec(type) ?? []
    const open = this.#open.get(place)
    if (!isPiece || !open) return
    if (kind === undefined) {
      open.text += delta
      return
    }
    const part = open.parts.get(at) ?? { type: kind, text: '' }
    part.text += delta
    open.parts.set(at, part)
  }

  /**
   * An open item as a whole, for a service that ends its answer without telling it. Throws `UnreadableAnswer` for arguments
   * that are cut off.
   */
  whole(place: number): OutputItem {
    const { item, text, parts } = this.#open.get(place) ?? {}
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
    JSON.parse(args)
    return args
  } catch {
    throw new UnreadableAnswer('ended its answer within the arguments of a call')
  }
}
