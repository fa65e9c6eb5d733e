import { z } from 'zod'
import { eventStreamOf } from './event-stream.ts'
import type { Event } from './event-stream.ts'
import { entryOf, isObject, objectsOf, shapeViolations, violation } from './shape.ts'
import type { Json, Path } from './shape.ts'

// The fields that https://github.com/anthropics/anthropic-sdk-typescript and the AI SDK need in an answer:
// https://platform.claude.com/docs/en/build-with-claude/streaming

const count = z.int().min(0)
const text = z.string().min(1)
const stopReason = z.enum([
  'end_turn',
  'max_tokens',
  'stop_sequence',
  'tool_use',
  'pause_turn',
  'refusal',
  'model_context_window_exceeded',
])
const usage = z.looseObject({
  input_tokens: count,
  output_tokens: count,
  cache_creation_input_tokens: count.nullish(),
  cache_read_input_tokens: count.nullish(),
})

/** `citations` is a list or absent: clients of the AI SDK 6 refuse null. */
const blocks: Readonly<Record<string, z.ZodType>> = {
  text: z.looseObject({ text: z.string(), citations: z.array(z.unknown()).optional() }),
  tool_use: z.looseObject({
    id: z.string().regex(/^[a-zA-Z0-9_-]+$/, 'an id has letters, digits, underscores and dashes only'),
    name: text,
    input: z.record(z.string(), z.unknown()),
  }),
  thinking: z.looseObject({ thinking: z.string(), signature: z.string() }),
  redacted_thinking: z.looseObject({ data: text }),
}

const head = { id: text, type: z.literal('message'), role: z.literal('assistant'), model: z.string() }
const ending = { stop_reason: stopReason, stop_sequence: z.string().nullish() }
const whole = z.looseObject({ ...head, content: z.array(z.looseObject({ type: text })), ...ending, usage })

/** An error in Anthropic's form. */
const errorShape = z.looseObject({
  type: z.literal('error'),
  error: z.looseObject({ type: text, message: text }),
})

const events: Readonly<Record<string, z.ZodType>> = {
  message_start: z.looseObject({
    message: z.looseObject({ ...head, content: z.array(z.unknown()).max(0), stop_reason: z.null(), usage }),
  }),
  content_block_start: z.looseObject({ index: count, content_block: z.looseObject({ type: text }) }),
  content_block_delta: z.looseObject({ index: count, delta: z.looseObject({ type: text }) }),
  content_block_stop: z.looseObject({ index: count }),
  message_delta: z.looseObject({
    delta: z.looseObject(ending),
    usage: usage.partial().extend({ output_tokens: count }),
  }),
  message_stop: z.looseObject({}),
  ping: z.looseObject({}),
  error: errorShape,
}

/** The kinds of delta that each type of block accepts. */
const deltas: Readonly<Record<string, readonly string[]>> = {
  text: ['text_delta', 'citations_delta'],
  tool_use: ['input_json_delta'],
  server_tool_use: ['input_json_delta'],
  thinking: ['thinking_delta', 'signature_delta'],
}

/** Lists the faults of a whole answer of Messages. */
export function messageViolations(answer: unknown): string[] {
  if (isObject(answer) && answer['type'] === 'error') return shapeViolations(errorShape, answer)
  const content = objectsOf(isObject(answer) ? answer['content'] : [])
  return [
    ...shapeViolations(whole, answer),
    ...content.flatMap(([at, block]) => blockViolations(block, ['content', at])),
    ...stopViolations(
      isObject(answer) ? answer['stop_reason'] : undefined,
      content.map(([, { type }]) => type),
      ['stop_reason'],
    ),
  ]
}

/** Lists the faults of a stream of Messages. An error ends the stream. */
export function messageStreamViolations(body: string): string[] {
  const { events: read, violations } = eventStreamOf(body)
  const story = new Story()
  const found = read.flatMap((event, at) => story.read(event, ['events', at]))
  return [...violations, ...found, ...story.ended()]
}

function blockViolations(block: Json, path: Path): string[] {
  const shape = entryOf(blocks, block['type'])
  return shape ? shapeViolations(shape, block, path) : []
}

function stopViolations(reason: unknown, types: readonly unknown[], path: Path): string[] {
  return reason === 'tool_use' && !types.includes('tool_use') ? [violation(path, 'no tool was called')] : []
}

class Story {
  #state: 'before' | 'blocks' | 'delta' | 'over' = 'before'
  #types: unknown[] = []
  #open: { readonly index: unknown; readonly type: unknown; json: string } | undefined
  /** Incomplete inputs, which only a token limit can explain. */
  readonly #cut: string[] = []

  read({ name, data }: Event, path: Path): string[] {
    if (typeof data === 'string') return [violation(path, 'is no JSON object')]
    const type = String(data['type'])
    const shape = entryOf(events, type)
    if (!shape) return [violation([...path, 'type'], `clients do not know ${type}`)]
    return [
      ...(name === type ? [] : [violation([...path, 'event'], 'is not the type of the data')]),
      ...shapeViolations(shape, data, path),
      ...(this.#state === 'over'
        ? [violation(path, 'nothing follows the end')]
        : this.#next(type, data, path)),
    ]
  }

  ended(): string[] {
    return this.#state === 'over' ? [] : ['body: message_stop is missing']
  }

  #next(type: string, data: Json, path: Path): string[] {
    if (type === 'ping') return []
    if (type === 'error') {
      this.#state = 'over'
      return []
    }
    const due = this.#due(type)
    if (!due) return [violation(path, `${type} is not due here`)]
    if (type === 'content_block_start') return this.#start(data, path)
    if (type === 'content_block_delta') return this.#change(data, path)
    if (type === 'content_block_stop') return this.#stop(data, path)
    this.#state = type === 'message_start' ? 'blocks' : type === 'message_delta' ? 'delta' : 'over'
    if (type !== 'message_delta') return []
    const reason = isObject(data['delta']) ? data['delta']['stop_reason'] : undefined
    return [
      ...stopViolations(reason, this.#types, [...path, 'delta', 'stop_reason']),
      ...(reason === 'max_tokens' ? [] : this.#cut),
    ]
  }

  /** Whether an event is allowed now: one block is open at a time, and the end follows all of them. */
  #due(type: string): boolean {
    if (type === 'message_start') return this.#state === 'before'
    if (type === 'content_block_start') return this.#state === 'blocks' && !this.#open
    if (type === 'message_delta') return this.#state !== 'before' && !this.#open
    if (type === 'message_stop') return this.#state === 'delta'
    return this.#state === 'blocks' && this.#open !== undefined
  }

  #start({ index, content_block: block }: Json, path: Path): string[] {
    const content = isObject(block) ? block : {}
    const found =
      index === this.#types.length ? [] : [violation([...path, 'index'], 'blocks are counted from 0')]
    this.#types.push(content['type'])
    this.#open = { index, type: content['type'], json: '' }
    return [...found, ...blockViolations(content, [...path, 'content_block'])]
  }

  #change({ index, delta }: Json, path: Path): string[] {
    const open = this.#open!
    const change = isObject(delta) ? delta : {}
    open.json += typeof change['partial_json'] === 'string' ? change['partial_json'] : ''
    return [
      ...(index === open.index ? [] : [violation([...path, 'index'], 'this block is not open')]),
      ...(entryOf(deltas, open.type)?.includes(String(change['type']))
        ? []
        : [violation([...path, 'delta', 'type'], `does not belong to a block of ${String(open.type)}`)]),
    ]
  }

  #stop({ index }: Json, path: Path): string[] {
    const { index: opened, json } = this.#open!
    this.#open = undefined
    if (json !== '' && !isJsonObject(json))
      this.#cut.push(violation(path, 'the input is not the JSON of an object'))
    return index === opened ? [] : [violation([...path, 'index'], 'this block is not open')]
  }
}

function isJsonObject(text: string): boolean {
  try {
    return isObject(JSON.parse(text))
  } catch {
    return false
  }
}
