import { withFields } from '../../chat/read/fields.ts'
import type { Fields } from '../../chat/read/fields.ts'
import { UnreadableAnswer } from '../../chat/read/unreadable.ts'
import type { OutputItem } from './answer.ts'
import { readEvent } from './read-event.ts'
import type { ResponsesEvent } from './read-event.ts'
import { readPart, withIds } from './read-item.ts'
import { relayedAnswer } from './read-response.ts'

const added = 'response.output_item.added'
const done = 'response.output_item.done'

/** Events of one item of output. */
const ofItem =
  /^response\.(?:output_item|content_part|output_text|refusal|reasoning_\w+|function_call_arguments|custom_tool_call_input)\./

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
  readonly #open = new Set<number>()
  /** Items that have ended, by index. */
  readonly #ended = new Map<number, OutputItem | undefined>()
  readonly #parts = new Set<string>()
  /** The indices of items by id, and vice versa. */
  readonly #places = new Map<string, number>()
  readonly #ids = new Map<number, string>()

  /** `isResumed`: the client received the beginning of the stream earlier. */
  constructor(model: string, isResumed = false) {
    this.#model = model
    this.#isResumed = isResumed
  }

  /** The events to send for one that has arrived. Throws `UnreadableAnswer` if a part of the answer would be lost. */
  take(event: ResponsesEvent): readonly ResponsesEvent[] {
    if (this.#isOver) return []
    const { type } = event
    const first = this.#number === undefined && !this.#isResumed && type !== 'response.created'
    // An error may come without a response.
    const missing = first && type !== 'error' ? [this.#created(event)] : []
    const told = this.#isResumed ? [event] : this.#inOrder(this.#placed(event))
    this.#isOver = /^response\.(?:completed|incomplete|failed)$/.test(type)
    return [...missing, ...told].map(each => this.#numbered(each))
  }

  #created({ response }: ResponsesEvent): ResponsesEvent {
    const started = { ...response, status: 'in_progress', output: [], usage: null }
    return readEvent({ type: 'response.created', response: started }, this.#model)!
  }

  /** An event of an item with the index and the id of that item, which some services leave out. */
  #placed(event: ResponsesEvent): ResponsesEvent {
    if (!ofItem.test(event.type)) return event
    const { item, output_index: index, item_id: sent } = event
    const id = sent ?? item?.id
    const known = id === undefined ? undefined : this.#places.get(id)
    const place = index ?? known ?? (event.type === added ? this.#ids.size : Math.max(0, this.#ids.size - 1))
    if (id !== undefined) {
      this.#places.set(id, place)
      this.#ids.set(place, id)
    } else if (item && !this.#ids.has(place)) this.#ids.set(place, `item_${place}`)
    return withParts(event, {
      output_index: place,
      ...(item ? {} : { item_id: this.#ids.get(place) }),
      ...(ofContent.test(event.type) ? { content_index: event.content_index ?? 0 } : {}),
      ...(ofSummary.test(event.type) ? { summary_index: event.summary_index ?? 0 } : {}),
    })
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
    if (this.#open.has(place) || item) return this.#part(event)
    if (!type.endsWith('.delta') || this.#ended.has(place)) return []
    throw new UnreadableAnswer('sent a piece of an item that it had not added')
  }

  #add(event: ResponsesEvent, place: number): readonly ResponsesEvent[] {
    if (event.item?.name === '') throw new UnreadableAnswer('sent a tool call without a name')
    if (this.#open.has(place) || this.#ended.has(place)) return []
    this.#open.add(place)
    return [withParts(event, { item: event.item && withIds(event.item, place) })]
  }

  #end(event: ResponsesEvent, place: number): readonly ResponsesEvent[] {
    if (this.#ended.has(place)) return []
    const missing = this.#open.has(place) ? [] : this.#add({ ...event, type: added }, place)
    this.#open.delete(place)
    const item = event.item && withIds(event.item, place)
    this.#ended.set(place, item)
    return [...missing, withParts(event, { item })]
  }

  /** Ends the items that are still open, from the response that has them, before the response itself. */
  #complete(event: ResponsesEvent, response: Fields): readonly ResponsesEvent[] {
    const output = response['output'] as readonly OutputItem[]
    const ends = [...this.#open].flatMap(place => {
      const item = output[place]
      if (!item) throw new UnreadableAnswer('ended its answer within an item')
      return this.#end({ type: done, output_index: place, item }, place)
    })
    return [...ends, withParts(event, { response: this.#withOutput(response) })]
  }

  /** The response with the items that were streamed, if it has none itself: some services leave them out at the end. */
  #withOutput(response: Fields): Fields {
    const output = response['output'] as readonly OutputItem[]
    if (output.length > 0 || this.#ended.size === 0) return response
    const places = [...this.#ended.keys()].toSorted((one, other) => one - other)
    return { ...response, output: places.flatMap(place => this.#ended.get(place) ?? []) }
  }

  /** A part of a message is added before it grows. */
  #part(event: ResponsesEvent): readonly ResponsesEvent[] {
    const { type, output_index, item_id, content_index } = event
    const [, kind, step] = /^response\.(content_part|output_text|refusal)\.(added|delta)$/.exec(type) ?? []
    if (kind === undefined) return [event]
    const place = `${output_index} ${content_index}`
    const isKnown = this.#parts.has(place)
    this.#parts.add(place)
    if (step === 'added') return isKnown ? [] : [event]
    if (isKnown) return [event]
    const part = readPart({ type: kind })
    return [
      { type: 'response.content_part.added', output_index, item_id, content_index, part } as ResponsesEvent,
      event,
    ]
  }

  #numbered(event: ResponsesEvent): ResponsesEvent {
    const sent = event.sequence_number
    const start = this.#isResumed && Number.isSafeInteger(sent) ? sent : 0
    const due: number = this.#number ?? start ?? 0
    this.#number = due + 1
    return sent === due ? event : { ...event, sequence_number: due }
  }
}

function withParts(event: ResponsesEvent, parts: Fields): ResponsesEvent {
  return withFields(event as unknown as Fields, parts) as unknown as ResponsesEvent
}
