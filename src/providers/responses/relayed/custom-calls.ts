import { fieldsOf, readList, withFields } from '../../../chat/read/fields.ts'
import type { Fields } from '../../../chat/read/fields.ts'
import { inputOf } from '../../../text/one-text.ts'
import type { OutputItem } from '../answer.ts'
import type { ResponsesEvent } from '../read-event.ts'

/** The names of the custom tools that a client offers, without those that it offers as functions, too. */
export function customNamesIn(body: Fields | undefined): ReadonlySet<string> {
  const { tools, input } = body ?? {}
  const items: readonly unknown[] = Array.isArray(input) ? input : []
  const offered = [tools, ...items.map(item => fieldsOf(item)?.['tools'])].flatMap(namesByType)
  const functions = new Set(offered.filter(([type]) => type === 'function').map(([, name]) => name))
  const custom = offered.filter(([type, name]) => type === 'custom' && !functions.has(name))
  return new Set(custom.map(([, name]) => name))
}

function namesByType(tools: unknown): readonly (readonly [unknown, string])[] {
  if (!Array.isArray(tools)) return []
  return tools.flatMap(tool => {
    const { type, name } = fieldsOf(tool) ?? {}
    return typeof name === 'string' ? [[type, name] as const] : []
  })
}

/** The output of a response in which calls of custom tools are such calls; the list itself if they are. */
export function withCustomCalls(output: readonly unknown[], names: ReadonlySet<string>): readonly unknown[] {
  return names.size === 0 ? output : readList(output, item => asCustomCall(item as OutputItem, names))
}

/** A call of a custom tool that its service has made a call of a function, as its client expects it. */
function asCustomCall(item: OutputItem, names: ReadonlySet<string>): OutputItem {
  if (!isFunctionCall(item, names)) return item
  const { arguments: args = '', ...rest } = item
  return { ...rest, type: 'custom_tool_call', input: args === '' ? '' : inputOf(args) }
}

function isFunctionCall(item: OutputItem | undefined, names: ReadonlySet<string>): item is OutputItem {
  return item?.type === 'function_call' && names.has(item.name ?? '')
}

const prefix = 'response.function_call_arguments.'

/** The same for the events of one stream. The input of such a call is known once its arguments have ended. */
export class StreamedCustomCalls {
  readonly #names: ReadonlySet<string>
  /** The arguments of the calls whose input was not told, by their index among the items. */
  readonly #open = new Map<number, string>()
  readonly #told = new Set<number>()

  constructor(names: ReadonlySet<string>) {
    this.#names = names
  }

  /** The events to send for one whose index and id are known. */
  take(event: ResponsesEvent): readonly ResponsesEvent[] {
    if (this.#names.size === 0) return [event]
    const { type, item, response, output_index: place = -1 } = event
    if (response?.output) return [...this.#rest(), this.#ended(event, response as Fields)]
    if (item && isFunctionCall(item, this.#names)) {
      const isOver = type.endsWith('.done')
      const told = isOver ? this.#tell(place, event, item.arguments) : []
      if (!isOver) this.#open.set(place, '')
      return [...told, { ...event, item: asCustomCall(item, this.#names) }]
    }
    const before = this.#open.get(place)
    if (!type.startsWith(prefix) || (before === undefined && !this.#told.has(place))) return [event]
    if (type.endsWith('.done')) return this.#tell(place, event, event.arguments)
    if (before !== undefined) this.#open.set(place, before + (event.delta ?? ''))
    return []
  }

  #ended(event: ResponsesEvent, response: Fields): ResponsesEvent {
    const output = withCustomCalls(response['output'] as readonly unknown[], this.#names)
    return withFields(event as unknown as Fields, {
      response: withFields(response, { output }),
    }) as unknown as ResponsesEvent
  }

  /** The input of calls of which the service does not say that they have ended. */
  #rest(): readonly ResponsesEvent[] {
    return [...this.#open.keys()].flatMap(place => this.#tell(place, { output_index: place }, undefined))
  }

  #tell(
    place: number,
    { item_id, item, output_index }: Partial<ResponsesEvent>,
    whole: string | undefined,
  ): readonly ResponsesEvent[] {
    if (this.#told.has(place)) return []
    this.#told.add(place)
    const input = inputOf(whole || this.#open.get(place) || '')
    this.#open.delete(place)
    const at = { item_id: item_id ?? item?.id, output_index }
    const type = 'response.custom_tool_call_input'
    return [
      { type: `${type}.delta`, ...at, delta: input },
      { type: `${type}.done`, ...at, input },
    ] as ResponsesEvent[]
  }
}
