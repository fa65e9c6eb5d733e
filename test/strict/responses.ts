import type { ResponseCreateParamsNonStreaming } from 'openai/resources/responses/responses'
import { z } from 'zod'
import { strictSchemaViolations } from './json-schema.ts'
import { parametersViolations } from './openai.ts'
import { samplingRefused } from './openai-models.ts'
import { nameOfFunction } from './openai-shape.ts'
import { itemViolations } from './responses-items.ts'
import { documented, given, isObject, objectsOf, shapeViolations, violation } from './shape.ts'
import type { Json } from './shape.ts'

const anything = z.unknown().optional()
const effort = z.enum(['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'])

const format = z.discriminatedUnion('type', [
  z.strictObject({ type: z.enum(['text', 'json_object']) }),
  z.strictObject({
    type: z.literal('json_schema'),
    name: nameOfFunction,
    schema: z.record(z.string(), z.unknown()),
    description: z.string().optional(),
    strict: z.boolean().nullish(),
  }),
])

const functionTool = z.strictObject({
  type: z.literal('function'),
  name: nameOfFunction,
  description: z.string().nullish(),
  parameters: z.record(z.string(), z.unknown()).nullish(),
  strict: z.boolean().nullish(),
  allowed_callers: anything,
  async: anything,
  defer_loading: anything,
  output_schema: anything,
})
const namedTool = z.looseObject({ type: z.enum(['custom', 'namespace']), name: nameOfFunction })
const builtIn = z.looseObject({
  type: z
    .string()
    .regex(
      /^(web_search(_preview)?(_\d{4}_\d\d_\d\d)?|file_search|computer(_use)?(_preview)?|code_interpreter|image_generation|local_shell|shell|apply_patch|mcp|tool_search|programmatic_tool_calling)$/,
      'the service does not know this type of tool',
    ),
})

/** https://github.com/openai/openai-openapi, CreateResponse; others are unknown parameters. */
const requestShape = documented<ResponseCreateParamsNonStreaming>()({
  model: z.string().min(1),
  input: z.union([z.string(), z.array(z.looseObject({}))]).optional(),
  instructions: z.string().nullish(),
  include: z
    .array(
      z.enum([
        'file_search_call.results',
        'web_search_call.results',
        'web_search_call.action.sources',
        'message.input_image.image_url',
        'computer_call_output.output.image_url',
        'code_interpreter_call.outputs',
        'reasoning.encrypted_content',
        'message.output_text.logprobs',
      ]),
    )
    .nullish(),
  max_output_tokens: z.int().min(16, 'a maximum is 16 at least').nullish(),
  max_tool_calls: z.int().min(1).nullish(),
  metadata: z.record(z.string().max(64), z.string().max(512)).nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  previous_response_id: z.string().nullish(),
  reasoning: z
    .strictObject({
      effort: effort.nullish(),
      summary: z.enum(['auto', 'concise', 'detailed']).nullish(),
      generate_summary: z.enum(['auto', 'concise', 'detailed']).nullish(),
      context: anything,
      mode: anything,
    })
    .nullish(),
  safety_identifier: z.string().max(64).nullish(),
  service_tier: z.string().nullish(),
  store: z.boolean().nullish(),
  stream: z.boolean().nullish(),
  stream_options: z.strictObject({ include_obfuscation: z.boolean().optional() }).nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  text: z
    .strictObject({ format: format.optional(), verbosity: z.enum(['low', 'medium', 'high']).nullish() })
    .optional(),
  tool_choice: z
    .union([z.enum(['none', 'auto', 'required']), z.looseObject({ type: z.string() })])
    .optional(),
  tools: z.array(z.looseObject({ type: z.string() })).optional(),
  top_logprobs: z.int().min(0).max(20).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  truncation: z.enum(['auto', 'disabled']).nullish(),
  user: z.string().optional(),
  access_programs: anything,
  background: z.boolean().nullish(),
  context_management: z.array(z.unknown()).min(1).nullish(),
  conversation: anything,
  image: anything,
  moderation: anything,
  prompt: anything,
  prompt_cache_key: z.string().nullish(),
  prompt_cache_options: anything,
  prompt_cache_retention: z.enum(['in_memory', '24h']).nullish(),
})

/** Lists what OpenAI's Responses would refuse in a request. */
export function responsesViolations(body: unknown): string[] {
  const shape = shapeViolations(requestShape, body)
  if (!isObject(body)) return shape
  const items = objectsOf(body['input'])
  const reasoning = isObject(body['reasoning']) ? body['reasoning'] : {}
  return [
    ...shape,
    ...items.flatMap(([index, item]) => itemViolations(item, ['input', index])),
    ...pairingViolations(body, items),
    ...reasoningViolations(body, items),
    ...objectsOf(body['tools']).flatMap(([index, tool]) => toolViolations(tool, index)),
    ...choiceViolations(body),
    ...fieldViolations(body),
    ...formatViolations(body),
    ...samplingRefused(body, String(body['model']), reasoning['effort']),
    ...(given(reasoning['effort']) && /(^|\/)gpt-(3|4)/.test(String(body['model']))
      ? [violation(['reasoning', 'effort'], 'a model that does not reason does not take it')]
      : []),
  ]
}

type Items = readonly (readonly [number, Json])[]

/**
 * Every call has an output and every output a call, unless the service stores the earlier part.
 * https://github.com/continuedev/continue/issues/10092, https://github.com/leookun/cursor-byok/issues/307
 */
function pairingViolations(body: Json, items: Items): string[] {
  const kept =
    given(body['previous_response_id']) ||
    given(body['conversation']) ||
    items.some(([, { type }]) => type === 'item_reference')
  const placeOf = (types: readonly string[], id: unknown) =>
    items.findIndex(([, item]) => types.includes(String(item['type'])) && item['call_id'] === id)
  return items.flatMap(([index, { type, call_id: id }], at) => {
    const called = placeOf(['function_call', 'custom_tool_call'], id)
    const answered = placeOf(['function_call_output', 'custom_tool_call_output'], id)
    if (type === 'function_call' || type === 'custom_tool_call')
      return answered > at
        ? []
        : [violation(['input', index], `no output follows for the call ${String(id)}`)]
    if (type !== 'function_call_output' && type !== 'custom_tool_call_output') return []
    return kept || (called >= 0 && called < at)
      ? []
      : [violation(['input', index], `no call before has the id ${String(id)}`)]
  })
}

/**
 * A reasoning item is followed by the item it led to: https://ai.pydantic.dev/models/openai/; one that the service does
 * not store includes its encrypted content.
 */
function reasoningViolations(body: Json, items: Items): string[] {
  return items.flatMap(([index, item], at) => {
    if (item['type'] !== 'reasoning') return []
    const next = items[at + 1]?.[1]
    const asked = next && ['user', 'system', 'developer'].includes(String(next['role']))
    return [
      ...(next && !asked ? [] : [violation(['input', index], 'what a thought led to must follow it')]),
      ...(body['store'] === false && !given(item['encrypted_content'])
        ? [violation(['input', index], 'without a store, a thought needs its encrypted content')]
        : []),
    ]
  })
}

function toolViolations(tool: Json, index: number): string[] {
  const path = ['tools', index]
  if (tool['type'] === 'custom' || tool['type'] === 'namespace') return shapeViolations(namedTool, tool, path)
  if (tool['type'] !== 'function') return shapeViolations(builtIn, tool, path)
  return [
    ...shapeViolations(functionTool, tool, path),
    ...parametersViolations(tool['parameters'], tool['strict'], [...path, 'parameters']),
  ]
}

/**
 * A choice that forces a call needs tools (vllm-project/vllm refuses it in OpenAI's words); Codex sends `auto` without
 * any.
 */
function choiceViolations(body: Json): string[] {
  const choice = body['tool_choice']
  const forced = given(choice) && choice !== 'auto' && choice !== 'none'
  if (!forced || objectsOf(body['tools']).length > 0) return []
  return [violation(['tool_choice'], 'only allowed where tools are given')]
}

/** https://github.com/openai/openai-openapi, CreateResponse; https://developers.openai.com/api/docs/guides/background */
function fieldViolations(body: Json): string[] {
  return [
    ...(given(body['stream_options']) && body['stream'] !== true
      ? [violation(['stream_options'], 'only allowed where stream is true')]
      : []),
    ...(given(body['previous_response_id']) && given(body['conversation'])
      ? [violation(['conversation'], 'not together with previous_response_id')]
      : []),
    ...(body['background'] === true && body['store'] === false
      ? [violation(['background'], 'needs a store')]
      : []),
  ]
}

function formatViolations(body: Json): string[] {
  const text = isObject(body['text']) ? body['text'] : {}
  const asked = isObject(text['format']) ? text['format'] : {}
  if (asked['strict'] === true) return strictSchemaViolations(asked['schema'], ['text', 'format', 'schema'])
  const said = JSON.stringify([body['input'], body['instructions']]).toLowerCase()
  return asked['type'] === 'json_object' && !said.includes('json')
    ? [violation(['text', 'format'], 'the input must say the word json')]
    : []
}
