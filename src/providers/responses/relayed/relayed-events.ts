import { readList, withFields } from '../../../chat/read/fields.ts'
import type { Fields } from '../../../chat/read/fields.ts'
import { UnreadableAnswer } from '../../../chat/read/unreadable.ts'
import type { OutputItem } from '../answer.ts'
import { readEvent } from '../read-event.ts'
import type { ResponsesEvent } from '../read-event.ts'
import { checkNames, readPart, withIds } from '../read-item.ts'
import { relayedAnswer } from '../read-response.ts'
import { StreamedCustomCalls } from './custom-calls.ts'
import { isForOtherKind, isKnown, isSignOfLife } from './known-events.ts'
import { SummaryParts, kindOfText, withMissingItem } from './missing-items.ts'
import { StreamedItems } from './streamed-items.ts'

const added = 'response.output_item.added'
const done = 'response.output_item.done'

/** Events of one item of output. */
const ofItem =
  /^response\.(?:output_item|content_part|output_text|refusal|reasoning_\w+|function_call_arguments|custom_tool_call_input)\./

/** Events in which a part of a message or a thought begins, grows or ends. */
const ofPart = /^response\.(?:(content_part)\.(added|done)|(output_text|refusal|reasoning_text)\.delta)$/

const ofContent = /^response\.(?:content_part|output_text|refusal|reasoning_text)\./
const ofSummary = /^response\.reasoning_summary_(?:part|text)\./

/**
 * Puts the events of one response in the order that clients rely on, and leaves those already in order unchanged: they
 * begin with the response, are numbered in turn, and items are added before they grow and end.
 */
export class RelayedResponse {
  readonly #model: string
  readonly #isResumed: boolean
  #number: number | undefined
  #isOver = false
  readonly #open = new StreamedItems()
  /** Items that have ended, by index. */
  readonly #ended = new Map<number, OutputItem | undefined>()
  /** The parts of items that have been added, and have not ended, by the index of the item and their own. */
  readonly #parts = new Map<number, Map<number, 'open' | 'ended'>>()
  /** The indices of items by id. */
  readonly #places = new Map<string, number>()
  /** The id of each item, by index: the first that the service sent. */
  readonly #ids = new Map<number, string>()
  /** The index after the last one. */
  #next = 0
  /** Ids of items whose index is ours, since the service gave them that of another. */
  readonly #moved = new Set<string>()
  /** The positions of the parts of each item, by the indices that the service gives them. */
  readonly #contents = new Map<number, Map<number, number>>()

  readonly #summaries = new SummaryParts()
  readonly #custom: StreamedCustomCalls

  /** `custom`: the keys of the client's custom tools. `isResumed`: the client received the beginning of the stream earlier. */
  constructor(model: string, isResumed = false, custom: ReadonlySet<string> = new Set()) {
    this.#model = model
    this.#custom = new StreamedCustomCalls(custom)
    this.#isResumed = isResumed
  }

  /** The events to send for one that has arrived. Throws `UnreadableAnswer` if a part of the answer would be lost. */
  take(event: ResponsesEvent): readonly ResponsesEvent[] {
    const { type } = event
    const isNew = this.#number === undefined && !this.#isResumed
    if (this.#isOver || !isKnown(event)) return []
    if (isSignOfLife(type)) return isNew ? [] : [this.#numbered(withParts(event, { type: 'keepalive' }))]
    const first = isNew && type !== 'response.created'
    // An error may come without a response.
    const missing = first && type !== 'error' ? [this.#created(event)] : []
    const placed = this.#isResumed ? [] : this.#custom.take(this.#placed(event))
    const told = this.#isResumed ? [event] : placed.flatMap(each => this.#inOrder(each))
    this.#isOver = /^response\.(?:completed|incomplete|failed)$/.test(type)
    return [...missing, ...told].map(each => this.#numbered(each))
  }

  #created({ response }: ResponsesEvent): ResponsesEvent {
    const started = { ...response, status: 'in_progress', output: [], usage: null }
    return readEvent({ type: 'response.created', response: started }, this.#model)!
  }

  /**
   * An event of an item with the index and the id of that item. Some services leave them out; GitHub Copilot makes up an id
   * for each event.
   */
  #placed(event: ResponsesEvent): ResponsesEvent {
    if (!ofItem.test(event.type)) return event
    const { item, item_id: sent } = event
    const id = sent ?? item?.id
    const place = this.#placeFor(event, id)
    if (id !== undefined) this.#places.set(id, place)
    if (!this.#ids.has(place) && (item ?? id) !== undefined) this.#ids.set(place, id ?? `item_${place}`)
    const own = this.#ids.get(place)
    return withParts(event, {
      output_index: place,
      ...(item ? { item: withFields(item as Fields, { id: own }) } : { item_id: own }),
      ...(ofContent.test(event.type) ? { content_index: this.#position(place, event.content_index) } : {}),
      ...(ofSummary.test(event.type) ? { summary_index: event.summary_index ?? 0 } : {}),
    })
  }

  #placeFor({ type, output_index: index }: ResponsesEvent, id: string | undefined): number {
    const known = id === undefined ? undefined : this.#places.get(id)
    if (id !== undefined && this.#moved.has(id)) return known ?? 0
    // Some services give a message and the first call the same index.
    const isNew = type === added && id !== undefined && known === undefined
    const isTaken = isNew && this.#ended.has(index ?? -1)
    if (isTaken) this.#moved.add(id)
    const due = type === added ? this.#next : this.#dueFor(type)
    const place = isTaken ? this.#next : (index ?? known ?? due)
    this.#next = Math.max(this.#next, place + 1)
    return place
  }

  /** The place of an event that names none: the last item, or for a text of another kind, one of its kind. */
  #dueFor(type: string): number {
    const last = Math.max(0, this.#next - 1)
    const kind = kindOfText(type)
    const lastKind = this.#open.typeOf(last) ?? this.#ended.get(last)?.type
    if (kind === undefined || lastKind === undefined || lastKind === kind) return last
    const places = type.endsWith('.done') ? this.#open.places : []
    return places.findLast(place => this.#open.typeOf(place) === kind) ?? this.#next
  }

  /** The position of a part in its item: vLLM counts the parts of all items. */
  #position(place: number, index = 0): number {
    const parts = this.#contents.get(place) ?? new Map<number, number>()
    this.#contents.set(place, parts)
    const position = parts.get(index) ?? parts.size
    parts.set(index, position)
    return position
  }

  #inOrder(event: ResponsesEvent): readonly ResponsesEvent[] {
    const { type, output_index: place, item, response } = event
    if (type === 'response.created') return this.#number === undefined ? [event] : []
    if (response && (type === 'response.completed' || type === 'response.incomplete'))
      return this.#complete(event, relayedAnswer(response as Fields, undefined))
    // Clients only show the events of tools that run at the service, such as those of a search.
    if (place === undefined || !ofItem.test(type)) return [event]
    if (type === added) return this.#add(event, place)
    if (type === done) return this.#end(event, place)
    if (isForOtherKind(type, this.#open.typeOf(place))) return []
    if (this.#open.has(place) || item) return this.#part(event)
    if (this.#ended.has(place)) return []
    const id = this.#ids.get(place) ?? event.item_id ?? `item_${place}`
    const begun = withMissingItem(event, place, id)
    if (begun) this.#ids.set(place, id)
    if (begun) return begun.flatMap(each => this.#inOrder(each))
    if (!type.endsWith('.delta')) return []
    throw new UnreadableAnswer('sent a piece of an item that it had not added')
  }

  #add(event: ResponsesEvent, place: number): readonly ResponsesEvent[] {
    checkNames(event.item ? [event.item] : [])
    if (this.#open.has(place) || this.#ended.has(place)) return []
    const item = event.item && withIds(event.item, place)
    this.#open.add(place, item)
    return [withParts(event, { item })]
  }

  #end(event: ResponsesEvent, place: number): readonly ResponsesEvent[] {
    if (this.#ended.has(place)) return []
    const missing = this.#open.has(place) ? [] : this.#add({ ...event, type: added }, place)
    const item = event.item && withIds(this.#open.named(place, event.item), place)
    this.#open.delete(place)
    this.#ended.set(place, item)
    return [...missing, ...this.#partEnds(place, item), withParts(event, { item })]
  }

  /** Ends the items that are still open, as the response has them or as they were streamed, before the response itself. */
  #complete(event: ResponsesEvent, response: Fields): readonly ResponsesEvent[] {
    const output = response['output'] as readonly OutputItem[]
    const isWhole = event.type === 'response.completed'
    const untold: OutputItem[] = []
    const ends = this.#open.places.flatMap(place => {
      const item = output[place] ?? (isWhole ? this.#open.whole(place) : undefined)
      if (!item) throw new UnreadableAnswer('ended its answer within an item')
      if (!output[place]) untold.push(item)
      const id = this.#ids.get(place) ?? item.id
      return this.#end({ type: done, output_index: place, item: withFields(item as Fields, { id }) }, place)
    })
    return [...ends, withParts(event, { response: this.#withOutput(response, untold) })]
  }

  /**
   * The response with the items that were streamed, if it has none itself: some services leave them out at the end. Items that
   * it has keep the ids under which they were streamed: vLLM makes up others. `untold`: items that it lacks.
   */
  #withOutput(response: Fields, untold: readonly OutputItem[]): Fields {
    const output = response['output'] as readonly OutputItem[]
    if (this.#ended.size === 0) return response
    if (output.length > 0) {
      let place = 0
      const told = readList(output, item => withIdsOf(item as OutputItem, this.#ended.get(place++)))
      return withFields(response, { output: untold.length > 0 ? [...told, ...untold] : told })
    }
    const places = [...this.#ended.keys()].toSorted((one, other) => one - other)
    return { ...response, output: places.flatMap(place => this.#ended.get(place) ?? []) }
  }

  /** A part is added before it grows. */
  #part(event: ResponsesEvent): readonly ResponsesEvent[] {
    this.#open.grow(event)
    const { type, output_index = 0, item_id, content_index = 0 } = event
    const [, whole, step, kind = whole] = ofPart.exec(type) ?? []
    if (kind === undefined) return this.#summaries.take(event)
    const parts = this.#parts.get(output_index) ?? new Map<number, 'open' | 'ended'>()
    this.#parts.set(output_index, parts)
    const known = parts.get(content_index)
    parts.set(content_index, step === 'done' ? 'ended' : (known ?? 'open'))
    if (step === 'added') return known ? [] : [event]
    if (known || step === 'done') return [event]
    const part = readPart({ type: kind })
    return [
      { type: 'response.content_part.added', output_index, item_id, content_index, part } as ResponsesEvent,
      event,
    ]
  }

  /** The ends of the parts that are still open when their item ends. */
  #partEnds(place: number, item: OutputItem | undefined): readonly ResponsesEvent[] {
    const open = [...(this.#parts.get(place) ?? [])].filter(([, state]) => state === 'open')
    this.#parts.delete(place)
    return open.flatMap(([content_index]) => {
      const part = item?.content?.[content_index]
      const at = { output_index: place, item_id: this.#ids.get(place), content_index }
      return part ? [{ type: 'response.content_part.done', ...at, part } as ResponsesEvent] : []
    })
  }

  #numbered(event: ResponsesEvent): ResponsesEvent {
    const sent = event.sequence_number
    const start = this.#isResumed && Number.isSafeInteger(sent) ? sent : 0
    const due: number = this.#number ?? start ?? 0
    this.#number = due + 1
    return sent === due ? event : { ...event, sequence_number: due }
  }
}

/** An item of the end with the ids and the name of the one that was streamed in its place, if that is of the same kind. */
function withIdsOf(item: OutputItem, streamed: OutputItem | undefined): OutputItem {
  if (!streamed || streamed.type !== item.type) return item
  const { id, call_id, name } = streamed
  return withFields(item as Fields, { id, call_id, name: item.name || name })
}

function withParts(event: ResponsesEvent, parts: Fields): ResponsesEvent {
  return withFields(event as unknown as Fields, parts) as unknown as ResponsesEvent
}
