import { fieldsOf, readList, withFields } from '../../../chat/read/fields.ts'
import type { Fields } from '../../../chat/read/fields.ts'
import { inputOf } from '../../../text/one-text.ts'
import type { OutputItem, ResponsesAnswer } from '../answer.ts'
import type { ResponsesEvent } from '../read-event.ts'

/** Keys of the custom tools that a client offers, without those that it offers as functions, too. */
export function customToolsIn(body: Fields | undefined): ReadonlySet<string> {
  const { tools, input } = body ?? {}
  const items: readonly unknown[] = Array.isArray(input) ? input : []
  const offered = [tools, ...items.map(item => fieldsOf(item)?.['tools'])].flatMap(list => keysByType(list))
  const functions = new Set(offered.filter(([type]) => type === 'function').map(([, key]) => key))
  const custom = offered.filter(([type, key]) => type === 'custom' && !functions.has(key))
  return new Set(custom.map(([, key]) => key))
}

function keysByType(tools: unknown, namespace?: unknown): readonly (readonly [unknown, string])[] {
  if (!Array.isArray(tools)) return []
  return tools.flatMap(tool => {
    const { type, name, tools: nested } = fieldsOf(tool) ?? {}
    if (type === 'namespace') return keysByType(nested, name)
    return typeof name === 'string' ? [[type, keyOf({ name, namespace })] as const] : []
  })
}

/** Tools in different namespaces may have the same name. */
function keyOf({ name, namespace }: { readonly name?: string; readonly namespace?: unknown }): string {
  return JSON.stringify([namespace ?? '', name])
}

/** The output of a response in which calls of custom tools are such calls; the list itself if they are. */
export function withCustomCalls(output: readonly unknown[], tools: ReadonlySet<string>): readonly unknown[] {
  return tools.size === 0 ? output : readList(output, item => asCustomCall(item as OutputItem, tools))
}

/** A call of a custom tool that its service has made a call of a function, as its client expects it. */
function asCustomCall(item: OutputItem, tools: ReadonlySet<string>): OutputItem {
  if (!isFunctionCall(item, tools)) return item
  const { arguments: args = '', ...rest } = item
  return { ...rest, type: 'custom_tool_call', input: args === '' ? '' : inputOf(args) }
}

function isFunctionCall(item: OutputItem | undefined, tools: ReadonlySet<string>): item is OutputItem {
  return item?.type === 'function_call' && tools.has(keyOf(item))
}

const added = 'response.output_item.added'
const prefix = 'response.function_call_arguments.'
const isEnd = /^response\.(?:completed|incomplete|failed)$/

/** The same for the events of one stream. The input of such a call is known once its arguments have ended. */
export class StreamedCustomCalls {
  readonly #tools: ReadonlySet<string>
  /** The arguments of the calls whose input was not told, by their index among the items. */
  readonly #open = new Map<number, string>()
  readonly #told = new Set<number>()

  constructor(tools: ReadonlySet<string>) {
    this.#tools = tools
  }

  /** The events to send for one whose index and id are known. */
  take(event: ResponsesEvent): readonly ResponsesEvent[] {
    if (this.#tools.size === 0) return [event]
    const { type, item, response, output_index: place = -1 } = event
    if (response?.output) {
      const rest = isEnd.test(type) ? this.#rest(response.output) : []
      return [...rest, this.#withOutput(event, response)]
    }
    if (isFunctionCall(item, this.#tools)) return this.#takeItem(event, item, place)
    const before = this.#open.get(place)
    if (!type.startsWith(prefix) || (before === undefined && !this.#told.has(place))) return [event]
    if (type.endsWith('.done')) return this.#tell(place, event, event.arguments)
    if (before !== undefined) this.#open.set(place, before + (event.delta ?? ''))
    return []
  }

  /** The start or the end of a call. The service may leave out the start. */
  #takeItem(event: ResponsesEvent, item: OutputItem, place: number): readonly ResponsesEvent[] {
    const taken = { ...event, item: asCustomCall(item, this.#tools) }
    const isKnown = this.#open.has(place) || this.#told.has(place)
    if (event.type === added) {
      if (!isKnown) this.#open.set(place, '')
      return [taken]
    }
    const started = { ...taken, type: added, item: { ...taken.item, status: 'in_progress', input: '' } }
    return [...(isKnown ? [] : [started]), ...this.#tell(place, event, item.arguments), taken]
  }

  #withOutput(event: ResponsesEvent, response: ResponsesAnswer): ResponsesEvent {
    const output = withCustomCalls(response.output ?? [], this.#tools)
    return withFields(event as unknown as Fields, {
      response: withFields(response as Fields, { output }),
    }) as unknown as ResponsesEvent
  }

  /** The input of calls of which the service does not say that they have ended. `output`: that of the whole response. */
  #rest(output: readonly OutputItem[]): readonly ResponsesEvent[] {
    return [...this.#open.keys()].flatMap(place => {
      const item = output[place]
      const whole = isFunctionCall(item, this.#tools) ? item.arguments : undefined
      return this.#tell(place, { output_index: place }, whole)
    })
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
