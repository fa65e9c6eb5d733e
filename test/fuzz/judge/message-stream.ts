import { shapeViolations } from '../../strict/shape.ts'
import type { Json } from '../../strict/shape.ts'
import { startedMessage } from './shapes.ts'
import type { ReceivedEvent, StreamVerdict } from './stream.ts'

/** Fields of the deltas that each type of block takes. */
const growth: ReadonlyMap<unknown, readonly unknown[]> = new Map([
  ['text', ['text_delta', 'citations_delta']],
  ['thinking', ['thinking_delta', 'signature_delta']],
  ['tool_use', ['input_json_delta']],
])
const fieldOf: ReadonlyMap<unknown, string> = new Map([
  ['text_delta', 'text'],
  ['thinking_delta', 'thinking'],
  ['signature_delta', 'signature'],
  ['input_json_delta', 'partial_json'],
])

/** The fault of a tool call whose arguments are not a JSON object. */
export const brokenInput = 'the input of a tool_use is no JSON object'

/** Judges a stream of Messages: one block open at a time, numbered in turn, and an end. */
export function judgeMessageEvents(events: readonly ReceivedEvent[]): StreamVerdict {
  const reader = new MessageReader()
  for (const event of events) {
    reader.take(event)
    if (reader.wrong.length > 0) break
  }
  return { wrong: reader.wrong, ending: reader.ending }
}

class MessageReader {
  readonly wrong: string[] = []
  ending: StreamVerdict['ending'] = 'open'
  #isStarted = false
  #stop: unknown
  #block: { readonly index: number; readonly type: string; input: string } | undefined
  #blocks = 0

  take({ name, json }: ReceivedEvent): void {
    const event = json as Json
    const type = event['type']
    if (type !== name) this.wrong.push('the name of an event is not its type')
    else if (this.ending !== 'open') this.wrong.push(`${name} comes after the end`)
    else if (name === 'error') this.ending = 'failed'
    else if (name === 'message_start') this.#start(event)
    else if (!this.#isStarted && name !== 'ping') this.wrong.push(`${name} comes before message_start`)
    else this.#go(name, event)
  }

  #start(event: Json): void {
    if (this.#isStarted) this.wrong.push('message_start comes twice')
    this.#isStarted = true
    this.wrong.push(...shapeViolations(startedMessage, event['message'], ['message']))
  }

  #go(name: string, event: Json): void {
    if (name === 'content_block_start') this.#open(event)
    else if (name === 'content_block_delta') this.#grow(event)
    else if (name === 'content_block_stop') this.#close(event)
    else if (name === 'message_delta') this.#stop = (event['delta'] as Json | undefined)?.['stop_reason']
    else if (name === 'message_stop') this.#end()
    else if (name !== 'ping') this.wrong.push('an event of unknown type')
  }

  #open({ index, content_block: block }: Json): void {
    if (this.#block) this.wrong.push('a block begins in another one')
    if (index !== this.#blocks) this.wrong.push('a block is not numbered in turn')
    const { type, id, name } = (block ?? {}) as Json
    if (typeof type !== 'string') this.wrong.push('a block has no type')
    if (type === 'tool_use' && !(isName(id) && isName(name))) this.wrong.push('a tool_use has no id or name')
    this.#block = { index: this.#blocks, type: String(type), input: '' }
    this.#blocks += 1
  }

  #grow({ index, delta }: Json): void {
    if (!this.#block || index !== this.#block.index) {
      this.wrong.push('a delta of a block that is not open')
      return
    }
    const { type, ...fields } = (delta ?? {}) as Json
    const allowed = growth.get(this.#block.type)
    if (allowed && !allowed.includes(type)) this.wrong.push('a delta of another type than its block')
    const field = fieldOf.get(type)
    if (field !== undefined && typeof fields[field] !== 'string')
      this.wrong.push(`${field} of a delta is no text`)
    if (type === 'input_json_delta') this.#block.input += String(fields['partial_json'])
  }

  #close({ index }: Json): void {
    if (!this.#block || index !== this.#block.index) this.wrong.push('a block ends that is not open')
    else if (this.#block.type === 'tool_use' && !isObjectText(this.#block.input)) this.wrong.push(brokenInput)
    this.#block = undefined
  }

  #end(): void {
    if (this.#block) this.wrong.push('message_stop comes in an open block')
    if (!isName(this.#stop)) this.wrong.push('message_stop comes without a stop_reason')
    this.ending = 'complete'
  }
}

function isName(value: unknown): boolean {
  return typeof value === 'string' && value !== ''
}

function isObjectText(text: string): boolean {
  if (text === '') return true
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
  } catch {
    return false
  }
}
