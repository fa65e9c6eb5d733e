import type { Delta, FinishReason } from '../../contract/index.ts'
import { newCompletionId, ownFingerprint } from '../../chat/completion.ts'
import { createEventTranslator } from '../event-translator.ts'
import { checkEnd, isCall, toChatAnnotation, toChatUsage, toFinishReason } from './to-chat.ts'
import type { OutputItem, ResponsesAnswer } from './answer.ts'
import { readEvent } from './read-event.ts'
import type { ResponsesEvent } from './read-event.ts'
import { customToolsIn } from './relayed/custom-calls.ts'
import { kindOfText } from './relayed/missing-items.ts'
import { RelayedResponse } from './relayed/relayed-events.ts'
import { ToldCalls } from './told-calls.ts'
import type { Fields } from '../../chat/read/fields.ts'
import { sealedOf } from './sealed-reasoning.ts'
import { doneFrame } from '../../text/sse.ts'
import { chatEvent, type EventsOptions, type StreamTranslator } from '../translation.ts'
import { unixSeconds } from '../../time/unix-seconds.ts'
import { WrittenTexts } from './written-texts.ts'

/** The chat field that a text belongs to, by the start of its event's type. */
const fieldsOfTexts: ReadonlyMap<string, string> = new Map([
  ['response.output_text', 'content'],
  ['response.refusal', 'refusal'],
  ['response.reasoning_summary_text', 'reasoning_content'],
  ['response.reasoning_text', 'reasoning_content'],
])

interface Options extends EventsOptions {
  /** Whether the client received the beginning of the stream earlier. */
  readonly isResumed?: boolean
}

/** Creates a translator for one stream of Responses events. */
export function toChatEvents({ model = '', isResumed, asked, ...options }: Options = {}): StreamTranslator {
  const stream = new ResponsesStream()
  const relayed = new RelayedResponse(model, isResumed, customToolsIn(asked))
  const reader = {
    read: (sent: Fields) => readEvent(sent, model),
    translate: (event: ResponsesEvent) => stream.translate(event),
    relay: (event: ResponsesEvent) => relayed.take(event),
  }
  return createEventTranslator(reader, options)
}

/**
 * The state of one stream: the head of its chunks, and the calls and texts that were sent. Services repeat an answer at the
 * end of each part, of each item and of the stream; whatever was not sent before is sent then.
 */
class ResponsesStream {
  #head: object | undefined
  readonly #calls = new ToldCalls()
  readonly #written = new WrittenTexts()
  readonly #places = new Map<string, string>()
  readonly #sealed = new Set<string>()

  translate(event: ResponsesEvent): string {
    const { type } = event
    switch (type) {
      case 'response.created':
      case 'response.in_progress':
      case 'response.queued':
        return this.#begin(event.response)
      case 'response.output_item.added':
        return event.item && isCall(event.item) ? this.#startCall(this.#placeOf(event), event.item) : ''
      case 'response.output_item.done':
        return event.item ? this.#writeItem(this.#placeOf(event), event.item) : ''
      case 'response.function_call_arguments.delta':
      case 'response.custom_tool_call_input.delta':
        return this.#extendCall(this.#calledBy(event), event.delta)
      case 'response.function_call_arguments.done':
      case 'response.custom_tool_call_input.done':
        return this.#endCall(this.#calledBy(event), event.arguments ?? event.input)
      case 'response.output_text.annotation.added':
        return event.annotation ? this.#chunk({ annotations: [toChatAnnotation(event.annotation)] }) : ''
      case 'response.completed':
      case 'response.incomplete':
        return this.#begin(event.response) + this.#end(event.response ?? {})
      case 'response.failed':
      case 'error':
        return chatEvent({ error: errorOf(event) })
      default:
        return this.#writeText(event, type)
    }
  }

  #begin(response: ResponsesAnswer | undefined): string {
    if (this.#head) return ''
    const { id = '', model = '', created_at: created = unixSeconds() } = response ?? {}
    this.#head = { id, object: 'chat.completion.chunk', created, model, system_fingerprint: ownFingerprint }
    return this.#chunk({ role: 'assistant' })
  }

  /** The index of an item, or its id if a service leaves the index out. */
  #placeOf({ output_index, item_id, item }: ResponsesEvent): string {
    const id = item_id ?? item?.id
    const place = output_index === undefined ? (this.#places.get(id ?? '') ?? id ?? '') : String(output_index)
    if (id !== undefined) this.#places.set(id, place)
    return place
  }

  #writeItem(place: string, item: OutputItem | null): string {
    if (item && isCall(item)) return this.#writeCall(place, item)
    if (item?.type === 'message') return this.#writeParts('', place, item.content)
    if (item?.type !== 'reasoning') return ''
    // The summary says the same as the thoughts themselves: what was told first is told to its end.
    const [summary, text] = ['response.reasoning_summary_text', 'response.reasoning_text'] as const
    const isSummary = !this.#written.has(text) && (this.#written.has(summary) || !item.content?.length)
    const told = isSummary
      ? this.#writeParts(summary, place, item.summary)
      : this.#writeParts(text, place, item.content)
    return told + this.#writeSealed(item)
  }

  /** Sends the sealed form of a thought, once. */
  #writeSealed(item: OutputItem): string {
    const after = { text: this.#written.has('response.output_text'), calls: this.#calls.count }
    const sealed = sealedOf(item, after)
    if (!sealed || this.#sealed.has(sealed.encrypted_content)) return ''
    this.#sealed.add(sealed.encrypted_content)
    return this.#chunk({ reasoning_items: [sealed] })
  }

  #writeParts(kind: string, place: string, parts: OutputItem['content']): string {
    if (!Array.isArray(parts)) return ''
    return (parts as readonly (NonNullable<OutputItem['content']>[number] | null)[])
      .map((part, index) => {
        const start = kind || `response.${part?.type ?? ''}`
        return this.#writeRest(start, `${place} ${index}`, part?.text ?? part?.refusal)
      })
      .join('')
  }

  #writeRest(start: string, place: string, whole: unknown): string {
    const field = fieldsOfTexts.get(start)
    const rest = field && this.#written.rest(start, place, whole)
    return field && rest ? this.#chunk({ [field]: rest }) : ''
  }

  /** Sends a piece of a text, or what is missing of a whole one. */
  #writeText(event: ResponsesEvent, type: string): string {
    const end = type.lastIndexOf('.')
    const start = type.slice(0, end)
    const field = fieldsOfTexts.get(start)
    if (field === undefined) return ''
    const place = `${this.#placeOf(event)} ${event.content_index ?? event.summary_index ?? 0}`
    if (type.slice(end) !== '.delta') return this.#writeRest(start, place, event.text ?? event.refusal)
    const piece = this.#written.piece(start, place, event.delta)
    return piece ? this.#chunk({ [field]: piece }) : ''
  }

  #writeCall(place: string, item: OutputItem): string {
    return this.#startCall(place, item) + this.#endCall(this.#calls.at(place), item.arguments ?? item.input)
  }

  #startCall(place: string, item: OutputItem): string {
    if (this.#calls.at(place) !== undefined) return ''
    const { call_id: id, name = '' } = item
    const index = this.#calls.add(place, item)
    const called = this.#calls.isCustom(index)
      ? { index, type: 'custom', custom: { name, input: '' } }
      : { index, type: 'function', function: { name, arguments: '' } }
    return this.#chunk({ tool_calls: [id === undefined ? called : { ...called, id }] })
  }

  /** The call that an event continues: xAI sends the events of custom tools for functions as well. */
  #calledBy(event: ResponsesEvent): number | undefined {
    const index = this.#calls.at(this.#placeOf(event))
    const isCustom = index !== undefined && this.#calls.isCustom(index)
    return isCustom === event.type.includes('custom') ? index : undefined
  }

  #extendCall(index: number | undefined, text: unknown): string {
    return index === undefined ? '' : this.#callChunk(index, this.#written.piece('call', String(index), text))
  }

  /** Sends the arguments of a call as far as they did not come in pieces. */
  #endCall(index: number | undefined, whole: unknown): string {
    return index === undefined ? '' : this.#callChunk(index, this.#written.rest('call', String(index), whole))
  }

  #callChunk(index: number, text: string): string {
    if (!text) return ''
    const piece = this.#calls.isCustom(index)
      ? { custom: { input: text } }
      : { function: { arguments: text } }
    return this.#chunk({ tool_calls: [{ index, ...piece }] })
  }

  #end({ incomplete_details, status, usage, output }: ResponsesAnswer): string {
    const told = Array.isArray(output) ? this.#writeOutput(output as readonly OutputItem[]) : ''
    const rest = told + this.#writeOpening()
    const says = this.#written.has('response.output_text') || this.#written.has('response.refusal')
    if (status !== undefined) checkEnd(status, says || this.#calls.count > 0)
    const finish = toFinishReason(incomplete_details?.reason, this.#calls.count > 0)
    const total = toChatUsage(usage)
    const usageEvent = total ? chatEvent({ ...this.#head, choices: [], usage: total }) : ''
    return `${rest}${this.#chunk({}, finish)}${usageEvent}${doneFrame}`
  }

  /** Sends the arguments of calls that only their start has. */
  #writeOpening(): string {
    const all = Array.from({ length: this.#calls.count }, (_, index) => index)
    const left = all.filter(index => !this.#written.hasAt('call', String(index)))
    const rest = (index: number) => this.#written.rest('call', String(index), this.#calls.opening(index))
    return left.map(index => this.#callChunk(index, rest(index))).join('')
  }

  /**
   * Sends the items that only the end has. Some services give an item another id in each event: then a kind of text is
   * taken from here only if there was none of it before.
   */
  #writeOutput(output: readonly (OutputItem | null)[]): string {
    const starts = [...fieldsOfTexts.keys()].filter(start => this.#written.has(start))
    const told = new Set<string | undefined>(starts.map(start => kindOfText(`${start}.done`)))
    const repeated = this.#repeatedCalls(output)
    const areIdsKept = output.some(item => this.#places.has(item?.id ?? ''))
    return output
      .map((item, index) => {
        const place = this.#knownPlace(item)
        if (place !== undefined) return this.#writeItem(place, item)
        const isTold =
          item !== null && isCall(item) ? repeated.has(item) : told.has(item?.type) && !areIdsKept
        return isTold ? '' : this.#writeItem(`end ${index}`, item)
      })
      .join('')
  }

  /** The calls at the end that were made before under other ids. */
  #repeatedCalls(output: readonly (OutputItem | null)[]): ReadonlySet<OutputItem> {
    const calls = output.filter(item => item !== null && isCall(item)) as readonly OutputItem[]
    const others = calls.filter(call => this.#knownPlace(call) === undefined)
    const places = calls.flatMap(call => this.#knownPlace(call) ?? [])
    const positions = new Set(places.map(place => this.#calls.at(place)))
    return this.#calls.repeatedIn(others, positions, index => this.#written.textAt('call', String(index)))
  }

  #knownPlace(item: OutputItem | null): string | undefined {
    return item === null ? undefined : (this.#places.get(item.id ?? '') ?? this.#calls.placeOf(item))
  }

  #chunk(delta: Delta, finish_reason: FinishReason = null): string {
    this.#head ??= { id: newCompletionId(), system_fingerprint: ownFingerprint }
    return chatEvent({ ...this.#head, choices: [{ index: 0, delta, finish_reason }] })
  }
}

/** The error inside an event, or the event itself. */
function errorOf({ type: _type, response, error, ...rest }: ResponsesEvent): unknown {
  return response?.error ?? error ?? rest
}
