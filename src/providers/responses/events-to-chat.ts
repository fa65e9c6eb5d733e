import type { Delta, FinishReason } from '../../contract/index.ts'
import { eventTranslator } from '../event-translator.ts'
import { annotationOf, finishOf, usageOf } from './to-chat.ts'
import type { Annotation, OutputItem, ResponsesAnswer } from './to-chat.ts'
import { chatEvent } from '../translation.ts'
import type { StreamTranslator } from '../translation.ts'
import { unixSeconds } from '../../time/unix-seconds.ts'

/** A translator for one stream of Responses events. */
export function responsesEvents(): StreamTranslator {
  const answer = new StreamedResponse()
  return eventTranslator<ResponsesEvent>(event => answer.eventsOf(event))
}

interface ResponsesEvent {
  readonly type?: string
  readonly response?: ResponsesAnswer
  readonly output_index?: number
  readonly item?: OutputItem
  readonly item_id?: string
  readonly delta?: string
  readonly text?: string
  readonly refusal?: string
  readonly arguments?: string
  readonly annotation?: Annotation
  readonly error?: object
}

/** A call of a function that is being written. */
interface OpenCall {
  readonly index: number
  written: boolean
}

/** What a piece of text is to a chat, by the start of its event's type. */
const fields: Readonly<Record<string, string>> = {
  'response.output_text': 'content',
  'response.refusal': 'refusal',
  'response.reasoning_summary_text': 'reasoning_content',
  'response.reasoning_text': 'reasoning_content',
}

/** Follows one stream: its head, and which calls and texts have been written. */
class StreamedResponse {
  #head: object | undefined
  readonly #calls = new Map<number | undefined, OpenCall>()
  /** Texts that came in pieces, by field and item. */
  readonly #written = new Set<string>()

  eventsOf(event: ResponsesEvent): string {
    const { type = '' } = event
    switch (type) {
      case 'response.created':
      case 'response.in_progress':
      case 'response.queued':
        return this.#begin(event.response)
      case 'response.output_item.added':
      case 'response.output_item.done':
        return event.item?.type === 'function_call' ? this.#called(event, event.item) : ''
      case 'response.function_call_arguments.delta':
        return this.#callGrown(event, event.delta)
      case 'response.function_call_arguments.done':
        return this.#callEnded(event, event.arguments)
      case 'response.output_text.annotation.added':
        return event.annotation ? this.#chunk({ annotations: [annotationOf(event.annotation)] }) : ''
      case 'response.completed':
      case 'response.incomplete':
        return this.#begin(event.response) + this.#ended(event.response ?? {})
      case 'response.failed':
      case 'error':
        return chatEvent({ error: errorOf(event) })
      default:
        return this.#textGrown(event, type)
    }
  }

  #begin(response: ResponsesAnswer | undefined): string {
    if (this.#head) return ''
    const { id = '', model = '', created_at: created = unixSeconds() } = response ?? {}
    this.#head = { id, object: 'chat.completion.chunk', created, model }
    return this.#chunk({ role: 'assistant' })
  }

  #called(event: ResponsesEvent, { call_id: id, name = '', arguments: args }: OutputItem): string {
    if (this.#calls.has(event.output_index)) return this.#callEnded(event, args)
    const open = { index: this.#calls.size, written: false }
    this.#calls.set(event.output_index, open)
    const called = { index: open.index, type: 'function', function: { name, arguments: '' } }
    const begun = this.#chunk({ tool_calls: [id === undefined ? called : { ...called, id }] })
    return event.type === 'response.output_item.done' ? begun + this.#callEnded(event, args) : begun
  }

  #callGrown({ output_index }: ResponsesEvent, text: string | undefined): string {
    const open = this.#calls.get(output_index)
    if (!open || !text) return ''
    open.written = true
    return this.#chunk({ tool_calls: [{ index: open.index, function: { arguments: text } }] })
  }

  /** A call whose arguments came all at once. */
  #callEnded(event: ResponsesEvent, text: string | undefined): string {
    return this.#calls.get(event.output_index)?.written ? '' : this.#callGrown(event, text)
  }

  /** A piece of a text, or the whole of one that came in no pieces. */
  #textGrown({ item_id, output_index, delta, text, refusal }: ResponsesEvent, type: string): string {
    const end = type.lastIndexOf('.')
    const field = fields[type.slice(0, end)]
    if (field === undefined) return ''
    const place = `${field} ${output_index ?? item_id}`
    const isDelta = type.slice(end) === '.delta'
    const piece = isDelta ? delta : this.#written.has(place) ? undefined : (text ?? refusal)
    if (!piece) return ''
    this.#written.add(place)
    return this.#chunk({ [field]: piece })
  }

  #ended({ incomplete_details, usage }: ResponsesAnswer): string {
    const finish = finishOf(incomplete_details?.reason, this.#calls.size > 0)
    const total = usageOf(usage)
    const bill = total ? chatEvent({ ...this.#head, choices: [], usage: total }) : ''
    return `${this.#chunk({}, finish)}${bill}data: [DONE]\n\n`
  }

  #chunk(delta: Delta, finish_reason: FinishReason = null): string {
    return chatEvent({ ...this.#head, choices: [{ index: 0, delta, finish_reason }] })
  }
}

/** The error of an event stands in it, or is it. */
function errorOf({ type: _type, response, error, ...rest }: ResponsesEvent): unknown {
  return response?.error ?? error ?? rest
}
