import type { Delta, FinishReason } from '../../contract/index.ts'
import { createEventTranslator } from '../event-translator.ts'
import { toChatAnnotation, toChatUsage, toFinishReason } from './to-chat.ts'
import type { Annotation, OutputItem, ResponsesAnswer } from './to-chat.ts'
import { doneFrame } from '../../text/sse.ts'
import { chatEvent } from '../translation.ts'
import type { StreamTranslator } from '../translation.ts'
import { unixSeconds } from '../../time/unix-seconds.ts'

/** Creates a translator for one stream of Responses events. */
export function toChatEvents(maxEventLength?: number): StreamTranslator {
  const stream = new ResponsesStream()
  return createEventTranslator<ResponsesEvent>(event => stream.translate(event), maxEventLength)
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

/** A function call that is still growing. */
interface OpenCall {
  readonly index: number
  hasArguments: boolean
}

/** The chat field that a piece of text belongs to, by the start of its event's type. */
const fields: ReadonlyMap<string, string> = new Map([
  ['response.output_text', 'content'],
  ['response.refusal', 'refusal'],
  ['response.reasoning_summary_text', 'reasoning_content'],
  ['response.reasoning_text', 'reasoning_content'],
])

/** The state of one stream: the head of its chunks, and the calls and texts that were sent. */
class ResponsesStream {
  #head: object | undefined
  readonly #calls = new Map<number | undefined, OpenCall>()
  /** Texts of which pieces were sent, by field and item. */
  readonly #sent = new Set<string>()

  translate(event: ResponsesEvent): string {
    const { type = '' } = event
    switch (type) {
      case 'response.created':
      case 'response.in_progress':
      case 'response.queued':
        return this.#begin(event.response)
      case 'response.output_item.added':
      case 'response.output_item.done':
        return event.item?.type === 'function_call' ? this.#startCall(event, event.item) : ''
      case 'response.function_call_arguments.delta':
        return this.#extendCall(event, event.delta)
      case 'response.function_call_arguments.done':
        return this.#endCall(event, event.arguments)
      case 'response.output_text.annotation.added':
        return event.annotation ? this.#chunk({ annotations: [toChatAnnotation(event.annotation)] }) : ''
      case 'response.completed':
      case 'response.incomplete':
        return this.#begin(event.response) + this.#end(event.response ?? {})
      case 'response.failed':
      case 'error':
        return chatEvent({ error: errorOf(event) })
      default:
        return this.#extendText(event, type)
    }
  }

  #begin(response: ResponsesAnswer | undefined): string {
    if (this.#head) return ''
    const { id = '', model = '', created_at: created = unixSeconds() } = response ?? {}
    this.#head = { id, object: 'chat.completion.chunk', created, model }
    return this.#chunk({ role: 'assistant' })
  }

  #startCall(event: ResponsesEvent, { call_id: id, name = '', arguments: args }: OutputItem): string {
    if (this.#calls.has(event.output_index)) return this.#endCall(event, args)
    const open = { index: this.#calls.size, hasArguments: false }
    this.#calls.set(event.output_index, open)
    const called = { index: open.index, type: 'function', function: { name, arguments: '' } }
    const start = this.#chunk({ tool_calls: [id === undefined ? called : { ...called, id }] })
    return event.type === 'response.output_item.done' ? start + this.#endCall(event, args) : start
  }

  #extendCall({ output_index }: ResponsesEvent, text: string | undefined): string {
    const open = this.#calls.get(output_index)
    if (!open || !text) return ''
    open.hasArguments = true
    return this.#chunk({ tool_calls: [{ index: open.index, function: { arguments: text } }] })
  }

  /** Sends the arguments of a call that came all at once. */
  #endCall(event: ResponsesEvent, text: string | undefined): string {
    return this.#calls.get(event.output_index)?.hasArguments ? '' : this.#extendCall(event, text)
  }

  /** Sends a piece of a text, or a whole text that did not come in pieces. */
  #extendText({ item_id, output_index, delta, text, refusal }: ResponsesEvent, type: string): string {
    const end = type.lastIndexOf('.')
    const field = fields.get(type.slice(0, end))
    if (field === undefined) return ''
    const key = `${field} ${output_index ?? item_id}`
    const isDelta = type.slice(end) === '.delta'
    const piece = isDelta ? delta : this.#sent.has(key) ? undefined : (text ?? refusal)
    if (!piece) return ''
    this.#sent.add(key)
    return this.#chunk({ [field]: piece })
  }

  #end({ incomplete_details, usage }: ResponsesAnswer): string {
    const finish = toFinishReason(incomplete_details?.reason, this.#calls.size > 0)
    const total = toChatUsage(usage)
    const usageEvent = total ? chatEvent({ ...this.#head, choices: [], usage: total }) : ''
    return `${this.#chunk({}, finish)}${usageEvent}${doneFrame}`
  }

  #chunk(delta: Delta, finish_reason: FinishReason = null): string {
    return chatEvent({ ...this.#head, choices: [{ index: 0, delta, finish_reason }] })
  }
}

/** The error inside an event, or the event itself. */
function errorOf({ type: _type, response, error, ...rest }: ResponsesEvent): unknown {
  return response?.error ?? error ?? rest
}
