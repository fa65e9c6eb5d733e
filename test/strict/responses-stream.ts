import { z } from 'zod'
import { eventStreamOf } from './event-stream.ts'
import type { Event } from './event-stream.ts'
import { outputViolations, responseViolations } from './responses-answer.ts'
import { endings, eventShapes } from './responses-events.ts'
import { entryOf, isObject, objectsOf, shapeViolations, violation } from './shape.ts'
import type { Json, Path } from './shape.ts'

const anyEvent = z.looseObject({ type: z.string() })

/** Lists the faults of a stream of Responses. An error ends the stream, as does a failed response, also one after it. */
export function responseStreamViolations(body: string): string[] {
  const { events, violations } = eventStreamOf(body)
  const story = new Story()
  const found = events.flatMap((event, at) => story.read(event, ['events', at]))
  return [...violations, ...found, ...story.ended()]
}

/** An item that has been added. */
interface Item {
  readonly id: unknown
  readonly type: unknown
  readonly callId: unknown
  /** The accumulated text of each place; the final text once it is done. */
  readonly texts: Map<string, string>
  /** The places of open parts. */
  readonly parts: Set<string>
  done: Json | undefined
}

class Story {
  readonly #items: Item[] = []
  #id: unknown
  #over: string | undefined
  #count = 0

  read({ name, data }: Event, path: Path): string[] {
    if (typeof data === 'string') return [violation(path, 'is no JSON object')]
    const type = String(data['type'])
    const number = this.#count++
    return [
      ...(name === type ? [] : [violation([...path, 'event'], 'is not the type of the data')]),
      ...(data['sequence_number'] === number
        ? []
        : [violation([...path, 'sequence_number'], `counts from 0 by one: ${number} is due`)]),
      ...shapeViolations(entryOf(eventShapes, type) ?? anyEvent, data, path),
      ...(this.#isLate(type) ? [violation(path, `nothing follows ${this.#over}`)] : []),
      ...(number === 0 && type !== 'response.created' && type !== 'error'
        ? [violation(path, 'response.created comes first')]
        : []),
      ...this.#next(type, data, path),
    ]
  }

  /** Some clients throw an error event, others wait for the failed response: a stream may have both. */
  #isLate(type: string): boolean {
    return this.#over !== undefined && !(this.#over === 'error' && type === 'response.failed')
  }

  ended(): string[] {
    return this.#over ? [] : ['body: no event ends the response']
  }

  #next(type: string, data: Json, path: Path): string[] {
    if (endings.test(type)) this.#over = type
    if (type === 'error') return []
    if (isObject(data['response'])) return this.#lifecycle(type, data['response'], [...path, 'response'])
    if (type === 'response.output_item.added') return this.#added(data, path)
    // Clients skip events of types that they do not know, wherever these belong.
    if (!('output_index' in data) || entryOf(eventShapes, type) === undefined) return []
    const item = this.#items[Number(data['output_index'])]
    if (!item || item.done) return [violation([...path, 'output_index'], 'this item is not open')]
    if (type === 'response.output_item.done') return itemDone(item, data, path)
    return [
      ...(data['item_id'] === item.id
        ? []
        : [violation([...path, 'item_id'], `the item is ${String(item.id)}`)]),
      ...partViolations(item, type, data, path),
      ...textViolations(item, type, data, path),
    ]
  }

  #lifecycle(type: string, response: Json, path: Path): string[] {
    this.#id ??= response['id']
    const state = type === 'response.created' ? 'in_progress' : type.replace('response.', '')
    const wrong = [
      ...responseViolations(response, path),
      ...(response['id'] === this.#id ? [] : [violation([...path, 'id'], 'a response keeps its id')]),
      ...(response['status'] === state || response['status'] === 'queued'
        ? []
        : [violation([...path, 'status'], `must be ${state}`)]),
    ]
    return endings.test(type) && type !== 'response.failed'
      ? [...wrong, ...this.#whole(response, path)]
      : wrong
  }

  /** At the end, all items are done, and the response contains them as they were streamed. */
  #whole(response: Json, path: Path): string[] {
    const told = objectsOf(response['output'])
    return [
      ...this.#items
        .filter(({ done }) => !done)
        .map(({ id }) => violation(path, `the item ${String(id)} is not done`)),
      ...(told.length === this.#items.length
        ? []
        : [violation([...path, 'output'], `must have the ${this.#items.length} items that were told`)]),
      ...told
        .filter(([at, item]) => !sameItem(item, this.#items[at]?.done))
        .map(([at]) => violation([...path, 'output', at], 'is not the item that was told')),
    ]
  }

  #added({ output_index: index, item }: Json, path: Path): string[] {
    const added = isObject(item) ? item : {}
    const due = this.#items.length
    this.#items.push({
      id: added['id'],
      type: added['type'],
      callId: added['call_id'],
      texts: new Map(),
      parts: new Set(),
      done: undefined,
    })
    return [
      ...(index === due
        ? []
        : [violation([...path, 'output_index'], `items are counted from 0: ${due} is due`)]),
      ...outputViolations(added, [...path, 'item']),
    ]
  }
}

function itemDone(item: Item, { item: told }: Json, path: Path): string[] {
  const done = isObject(told) ? told : {}
  item.done = done
  return [
    ...outputViolations(done, [...path, 'item']),
    ...(done['id'] === item.id && done['type'] === item.type && done['call_id'] === item.callId
      ? []
      : [violation([...path, 'item'], 'is not the item that was added')]),
    ...(item.parts.size > 0 ? [violation(path, `the part ${[...item.parts].join(', ')} is open`)] : []),
    ...[...item.texts]
      .filter(([place, text]) => textIn(done, place) !== text)
      .map(([place]) => violation([...path, 'item'], `does not hold the text of ${place}`)),
  ]
}

/** A part is opened before its deltas, and closed once. */
function partViolations(item: Item, type: string, data: Json, path: Path): string[] {
  const place = placeOf(data)
  if (type.endsWith('_part.added')) {
    const again = item.parts.has(place)
    item.parts.add(place)
    return again ? [violation(path, `the part ${place} is open`)] : []
  }
  const growing = /\.(output_text|refusal|reasoning_summary_text)\./.test(type)
  if (!growing && !type.endsWith('_part.done')) return []
  if (!item.parts.has(place)) return [violation(path, `the part ${place} is not open`)]
  if (type.endsWith('_part.done')) item.parts.delete(place)
  return []
}

/** The text of a `done` event equals the sum of its deltas. */
function textViolations(item: Item, type: string, data: Json, path: Path): string[] {
  const place = placeOf(data)
  const before = item.texts.get(place) ?? ''
  if (type.endsWith('.delta') && typeof data['delta'] === 'string')
    item.texts.set(place, before + data['delta'])
  if (!type.endsWith('.done') || type.endsWith('_part.done')) return []
  const text = data['text'] ?? data['refusal'] ?? data['arguments'] ?? data['input']
  if (typeof text !== 'string') return []
  item.texts.set(place, text)
  return text === before ? [] : [violation(path, 'is not the text of the deltas')]
}

function placeOf({ content_index: content, summary_index: summary }: Json): string {
  if (content !== undefined) return `content ${Number(content)}`
  return summary === undefined ? 'arguments' : `summary ${Number(summary)}`
}

function textIn(item: Json, place: string): unknown {
  const [field = '', index] = place.split(' ')
  if (field === 'arguments') return item['arguments'] ?? item['input']
  const part = objectsOf(item[field]).find(([at]) => at === Number(index))?.[1]
  return part?.['text'] ?? part?.['refusal']
}

/** Whether two items are equal in type and content. */
function sameItem(one: Json, other: Json | undefined): boolean {
  const fields = ['id', 'type', 'call_id', 'name', 'arguments', 'input', 'content', 'summary']
  return fields.every(field => JSON.stringify(one[field]) === JSON.stringify(other?.[field]))
}
