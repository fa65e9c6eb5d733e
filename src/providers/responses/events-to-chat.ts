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
import { StreamedCalls } from './streamed-calls.ts'
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
  readonly #calls = new StreamedCalls()
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
        return event.item && isCall(event.item)
          ? this.#tell(this.#calls.start(this.#placeOf(event), event.item))
          : ''
      case 'response.output_item.done':
        return event.item ? this.#writeItem(this.#placeOf(event), event.item) : ''
      case 'response.function_call_arguments.delta':
      case 'response.custom_tool_call_input.delta':
        return this.#tell(this.#calls.extend(this.#placeOf(event), isOfCustom(type), event.delta))
      case 'response.function_call_arguments.done':
      case 'response.custom_tool_call_input.done':
        return this.#tell(
          this.#calls.end(this.#placeOf(event), event.arguments ?? event.input, isOfCustom(type)),
        )
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
    return (
      this.#tell(this.#calls.start(place, item)) +
      this.#tell(this.#calls.end(place, item.arguments ?? item.input))
    )
  }

  #tell(deltas: readonly Delta[]): string {
    return deltas.map(delta => this.#chunk(delta)).join('')
  }

  #end({ incomplete_details, status, usage, output }: ResponsesAnswer): string {
    const told = Array.isArray(output) ? this.#writeOutput(output as readonly OutputItem[]) : ''
    const rest = told + this.#tell(this.#calls.openings())
    const says = this.#written.has('response.output_text') || this.#written.has('response.refusal')
    if (status !== undefined) checkEnd(status, says || this.#calls.count > 0)
    const finish = toFinishReason(incomplete_details?.reason, this.#calls.count > 0)
    const total = toChatUsage(usage)
    const usageEvent = total ? chatEvent({ ...this.#head, choices: [], usage: total }) : ''
    return `${rest}${this.#chunk({}, finish)}${usageEvent}${doneFrame}`
  }

  /**
   * Sends the items that only the end has. Some services give an item another id in each event: then a kind of text is
   * taken from here only if there was none of it before.
   */
  #writeOutput(output: readonly (OutputItem | null)[]): string {
    const starts = [...fieldsOfTexts.keys()].filter(start => this.#written.has(start))
    const told = new Set<string | undefined>(starts.map(start => kindOfText(`${start}.done`)))
    const calls = output.filter(item => item !== null && isCall(item)) as readonly OutputItem[]
    const repeated = this.#calls.repeatedIn(calls, item => this.#knownPlace(item))
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

  #knownPlace(item: OutputItem | null): string | undefined {
    return item === null ? undefined : (this.#places.get(item.id ?? '') ?? this.#calls.placeOf(item))
  }

  #chunk(delta: Delta, finish_reason: FinishReason = null): string {
    this.#head ??= { id: newCompletionId(), system_fingerprint: ownFingerprint }
    return chatEvent({ ...this.#head, choices: [{ index: 0, delta, finish_reason }] })
  }
}

/** Whether an event is one of custom tools. */
function isOfCustom(type: string): boolean {
  return type.includes('custom')
}

/** The error inside an event, or the event itself. */
function errorOf({ type: _type, response, error, ...rest }: ResponsesEvent): unknown {
  return response?.error ?? error ?? rest
}
