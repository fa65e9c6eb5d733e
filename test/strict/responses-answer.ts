import { z } from 'zod'
import { errorShape } from './chat-answer.ts'
import { entryOf, isObject, objectsOf, shapeViolations, violation } from './shape.ts'
import type { Json, Path } from './shape.ts'

// The fields that https://github.com/openai/openai-node, the AI SDK and Codex need in an answer:
// https://github.com/openai/openai-openapi, Response. Fields beyond it are free.

const count = z.int().min(0)
const text = z.string().min(1)
const usage = z.looseObject({
  input_tokens: count,
  input_tokens_details: z.looseObject({ cached_tokens: count }),
  output_tokens: count,
  output_tokens_details: z.looseObject({ reasoning_tokens: count }),
  total_tokens: count,
})

const outputText = z.looseObject({
  type: z.literal('output_text'),
  text: z.string(),
  annotations: z.array(z.unknown()),
})
const refusal = z.looseObject({ type: z.literal('refusal'), refusal: z.string() })
const status = z.enum(['in_progress', 'completed', 'incomplete'])

const items: Readonly<Record<string, z.ZodType>> = {
  message: z.looseObject({
    id: text,
    role: z.literal('assistant'),
    status,
    content: z.array(z.discriminatedUnion('type', [outputText, refusal])),
  }),
  function_call: z.looseObject({ id: text, call_id: text, name: text, arguments: z.string(), status }),
  custom_tool_call: z.looseObject({ id: text, call_id: text, name: text, input: z.string() }),
  reasoning: z.looseObject({
    id: text,
    summary: z.array(z.looseObject({ type: z.literal('summary_text'), text: z.string() })),
  }),
}

const response = z.looseObject({
  id: text,
  object: z.literal('response'),
  created_at: z.number(),
  status: z.enum(['completed', 'failed', 'in_progress', 'cancelled', 'queued', 'incomplete']),
  model: z.string(),
  output: z.array(z.looseObject({ type: text })),
  error: z.looseObject({ code: text, message: text }).nullish(),
  incomplete_details: z.looseObject({ reason: text }).nullish(),
  usage: usage.nullish(),
})

/** Lists the faults of a whole answer of Responses. */
export function responseViolations(answer: unknown, path: Path = []): string[] {
  if (isObject(answer) && !('object' in answer) && 'error' in answer)
    return shapeViolations(errorShape, answer, path)
  const { status: state, output, error, incomplete_details: details } = isObject(answer) ? answer : {}
  return [
    ...shapeViolations(response, answer, path),
    ...objectsOf(output).flatMap(([at, item]) => outputViolations(item, [...path, 'output', at])),
    ...repeatedIds(output, path),
    ...(state === 'failed' && !isObject(error) ? [violation([...path, 'error'], 'says why it failed')] : []),
    ...(state === 'incomplete' && !isObject(details)
      ? [violation([...path, 'incomplete_details'], 'says why it is incomplete')]
      : []),
  ]
}

/** Lists the faults of an item of an answer. */
export function outputViolations(item: Json, path: Path): string[] {
  const shape = entryOf(items, item['type'])
  return shape ? shapeViolations(shape, item, path) : []
}

function repeatedIds(output: unknown, path: Path): string[] {
  const ids = objectsOf(output).map(([, { id }]) => id)
  return ids.flatMap((id, at) =>
    id !== undefined && ids.indexOf(id) < at
      ? [violation([...path, 'output', at, 'id'], 'ids of items are unique')]
      : [],
  )
}
