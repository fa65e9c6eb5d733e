import { z } from 'zod'
import { eventStreamOf } from './event-stream.ts'
import type { Event } from './event-stream.ts'
import { given, isObject, objectsOf, shapeViolations, violation } from './shape.ts'
import type { Json, Path } from './shape.ts'

// The fields that https://github.com/openai/openai-node and similar clients need in an answer:
// https://github.com/openai/openai-openapi, CreateChatCompletionResponse and CreateChatCompletionStreamResponse. Fields
// beyond it are free.

const count = z.int().min(0)
const usage = z.looseObject({
  prompt_tokens: count,
  completion_tokens: count,
  total_tokens: count,
  prompt_tokens_details: z.looseObject({ cached_tokens: count.optional() }).optional(),
  completion_tokens_details: z.looseObject({ reasoning_tokens: count.optional() }).optional(),
})
const text = z.string().min(1)
const head = { id: text, created: z.int(), model: z.string() }

const call = z.looseObject({
  id: text,
  type: z.literal('function'),
  function: z.looseObject({ name: text, arguments: z.string() }),
})
const whole = z.looseObject({
  ...head,
  object: z.literal('chat.completion'),
  choices: z
    .array(
      z.looseObject({
        index: count,
        message: z.looseObject({
          role: z.literal('assistant'),
          content: z.string().nullable(),
          refusal: z.string().nullish(),
          tool_calls: z.array(call).min(1).optional(),
        }),
        finish_reason: text,
      }),
    )
    .min(1),
  usage: usage.nullish(),
})

const piece = z.looseObject({
  index: count,
  id: z.string().nullish(),
  function: z.looseObject({ name: z.string().nullish(), arguments: z.string().nullish() }).optional(),
})
const chunk = z.looseObject({
  ...head,
  object: z.literal('chat.completion.chunk'),
  choices: z.array(
    z.looseObject({
      index: count,
      delta: z.looseObject({
        role: z.literal('assistant').optional(),
        content: z.string().nullish(),
        tool_calls: z.array(piece).optional(),
      }),
      finish_reason: text.nullish(),
    }),
  ),
  usage: usage.nullish(),
})

/** An error in OpenAI's form. */
export const errorShape = z.looseObject({ error: z.looseObject({ message: text, type: text }) })

/** Lists the faults of a whole answer in the chat format. */
export function completionViolations(answer: unknown): string[] {
  if (isObject(answer) && 'error' in answer) return shapeViolations(errorShape, answer)
  const choices = objectsOf(isObject(answer) ? answer['choices'] : [])
  return [
    ...shapeViolations(whole, answer),
    ...choices
      .filter(([at, { index }]) => index !== at)
      .map(([at]) => violation(['choices', at, 'index'], 'choices stand in the order of their indices')),
  ]
}

/** Lists the faults of a stream in the chat format. An error ends the stream. */
export function chunksViolations(body: string): string[] {
  const { events, violations } = eventStreamOf(body)
  const story = new Chunks()
  const found = events.flatMap((event, at) => story.read(event, ['events', at]))
  return [...violations, ...found, ...story.ended()]
}

class Chunks {
  /** The finish reason of each choice; null until it has one. */
  readonly #choices = new Map<unknown, unknown>()
  readonly #calls = new Map<string, unknown>()
  #id: unknown
  #over = ''

  read({ data }: Event, path: Path): string[] {
    if (this.#over) return [violation(path, `nothing follows ${this.#over}`)]
    if (data === '[DONE]') {
      this.#over = '[DONE]'
      return []
    }
    if (typeof data === 'string') return [violation(path, 'is no JSON object')]
    if ('error' in data) {
      this.#over = 'an error'
      return shapeViolations(errorShape, data, path)
    }
    this.#id ??= data['id']
    return [
      ...shapeViolations(chunk, data, path),
      ...(data['id'] === this.#id ? [] : [violation([...path, 'id'], 'all chunks have one id')]),
      ...objectsOf(data['choices']).flatMap(([at, choice]) => this.#choice(choice, [...path, 'choices', at])),
    ]
  }

  ended(): string[] {
    if (this.#over === 'an error') return []
    return [
      ...(this.#over ? [] : ['body: [DONE] is missing']),
      ...(this.#choices.size > 0 ? [] : ['body: no choice was told']),
      ...[...this.#choices]
        .filter(([, finish]) => !given(finish))
        .map(([index]) => `body: choice ${String(index)} has no finish_reason`),
    ]
  }

  #choice({ index, delta, finish_reason: finish }: Json, path: Path): string[] {
    const change = isObject(delta) ? delta : {}
    const isFirst = !this.#choices.has(index)
    const late =
      given(this.#choices.get(index)) && (given(finish) || given(change['content']) || 'tool_calls' in change)
    this.#choices.set(index, this.#choices.get(index) ?? (finish || null))
    return [
      ...(late ? [violation(path, 'this choice has ended')] : []),
      ...(isFirst && !given(change['role'])
        ? [violation([...path, 'delta', 'role'], 'the first chunk of a choice names its role')]
        : []),
      ...objectsOf(change['tool_calls']).flatMap(([at, each]) =>
        this.#call(`${String(index)}:${String(each['index'])}`, each, [...path, 'delta', 'tool_calls', at]),
      ),
    ]
  }

  /** The first fragment of a call has its id, its type and its name; later ones do not change them. */
  #call(key: string, { id, type, function: said }: Json, path: Path): string[] {
    const name = isObject(said) ? said['name'] : undefined
    const known = this.#calls.get(key)
    if (this.#calls.has(key))
      return given(id) && id !== '' && id !== known ? [violation([...path, 'id'], 'a call keeps its id')] : []
    this.#calls.set(key, id)
    return [
      ...(id ? [] : [violation([...path, 'id'], 'a call begins with its id')]),
      ...(type ? [] : [violation([...path, 'type'], 'a call begins with its type')]),
      ...(name ? [] : [violation([...path, 'function', 'name'], 'a call begins with its name')]),
    ]
  }
}
