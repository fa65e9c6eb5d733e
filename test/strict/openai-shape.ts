import type {
  ChatCompletionAssistantMessageParam,
  ChatCompletionContentPartText,
  ChatCompletionCreateParamsNonStreaming,
  ChatCompletionDeveloperMessageParam,
  ChatCompletionFunctionTool,
  ChatCompletionMessageFunctionToolCall,
  ChatCompletionStreamOptions,
  ChatCompletionToolMessageParam,
  ChatCompletionUserMessageParam,
} from 'openai/resources/chat/completions'
import type { FunctionDefinition } from 'openai/resources/shared'
import { z } from 'zod'
import { documented } from './shape.ts'

// The fields are those of the specification, https://github.com/openai/openai-openapi, from which the SDK is made.

/** Names of functions, schemas and formats: https://github.com/openai/openai-openapi, FunctionObject. */
export const nameOfFunction = z
  .string()
  .regex(/^[a-zA-Z0-9_-]{1,64}$/, 'a name has 1 to 64 letters, digits, underscores or dashes')

const mark = z.unknown().optional()
const text = documented<ChatCompletionContentPartText>()({
  type: z.literal('text'),
  text: z.string(),
  prompt_cache_breakpoint: mark,
})
const detail = z.enum(['auto', 'low', 'high', 'original']).optional()
const image = z.strictObject({
  type: z.literal('image_url'),
  image_url: z.strictObject({ url: z.string().min(1), detail }),
  prompt_cache_breakpoint: mark,
})
const audio = z.strictObject({
  type: z.literal('input_audio'),
  input_audio: z.strictObject({ data: z.string(), format: z.enum(['wav', 'mp3']) }),
  prompt_cache_breakpoint: mark,
})
const file = z.strictObject({
  type: z.literal('file'),
  file: z.strictObject({
    file_data: z.string().optional(),
    file_id: z.string().optional(),
    filename: z.string().optional(),
  }),
  prompt_cache_breakpoint: mark,
})
const refusal = z.strictObject({ type: z.literal('refusal'), refusal: z.string() })

const texts = z.union([z.string(), z.array(z.discriminatedUnion('type', [text])).min(1)])
const name = z.string().optional()

/** https://github.com/microsoft/autogen/issues/6377 */
const idOfCall = z.string().min(1).max(40, 'an id of a call has at most 40 characters')

const call = z.discriminatedUnion('type', [
  documented<ChatCompletionMessageFunctionToolCall>()({
    id: idOfCall,
    type: z.literal('function'),
    function: z.strictObject({ name: nameOfFunction, arguments: z.string() }),
  }),
  z.strictObject({
    id: idOfCall,
    type: z.literal('custom'),
    custom: z.strictObject({ name: nameOfFunction, input: z.string() }),
  }),
])

/**
 * Messages have only these fields: older models refuse others. https://github.com/openai/openai-node/issues/1161,
 * https://github.com/microsoft/autogen/issues/1174
 */
const message = z.discriminatedUnion('role', [
  documented<ChatCompletionDeveloperMessageParam>()({
    role: z.enum(['system', 'developer']),
    content: texts,
    name,
  }),
  documented<ChatCompletionUserMessageParam>()({
    role: z.literal('user'),
    content: z.union([
      z.string(),
      z.array(z.discriminatedUnion('type', [text, image, audio, file])).min(1, 'an empty list is refused'),
    ]),
    name,
  }),
  documented<ChatCompletionAssistantMessageParam>()({
    role: z.literal('assistant'),
    content: z.union([z.string(), z.array(z.discriminatedUnion('type', [text, refusal])).min(1)]).nullish(),
    name,
    refusal: z.string().nullish(),
    audio: z.strictObject({ id: z.string() }).nullish(),
    tool_calls: z.array(call).min(1, 'an empty list is refused').optional(),
    function_call: z.strictObject({ name: z.string(), arguments: z.string() }).nullish(),
  }),
  documented<ChatCompletionToolMessageParam>()({
    role: z.literal('tool'),
    content: texts,
    tool_call_id: z.string(),
  }).extend({ name }),
])

const tool = z.discriminatedUnion('type', [
  documented<ChatCompletionFunctionTool>()({
    type: z.literal('function'),
    function: documented<FunctionDefinition>()({
      name: nameOfFunction,
      description: z.string().optional(),
      parameters: z.record(z.string(), z.unknown()).optional(),
      strict: z.boolean().nullish(),
    }),
  }),
  z.strictObject({
    type: z.literal('custom'),
    custom: z.strictObject({ name: nameOfFunction, description: name, format: z.unknown().optional() }),
  }),
])

const choice = z.union([
  z.enum(['none', 'auto', 'required']),
  z.strictObject({ type: z.literal('function'), function: z.strictObject({ name: nameOfFunction }) }),
  z.strictObject({ type: z.literal('custom'), custom: z.strictObject({ name: nameOfFunction }) }),
  z.strictObject({ type: z.literal('allowed_tools'), allowed_tools: z.unknown() }),
])

const format = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('text') }),
  z.strictObject({ type: z.literal('json_object') }),
  z.strictObject({
    type: z.literal('json_schema'),
    json_schema: z.strictObject({
      name: nameOfFunction,
      schema: z.record(z.string(), z.unknown()),
      description: z.string().optional(),
      strict: z.boolean().nullish(),
    }),
  }),
])

const penalty = z.number().min(-2).max(2).nullish()
const tokens = z.int().min(1).nullish()
const anything = z.unknown().optional()

/** https://github.com/nashsu/llm_wiki/issues/336: other fields are unrecognized arguments. */
export const chatShape = documented<ChatCompletionCreateParamsNonStreaming>()({
  model: z.string().min(1),
  messages: z.array(message).min(1),
  audio: anything,
  frequency_penalty: penalty,
  function_call: anything,
  functions: z.array(z.unknown()).min(1).max(128).optional(),
  logit_bias: z.record(z.string(), z.number()).nullish(),
  logprobs: z.boolean().nullish(),
  max_completion_tokens: tokens,
  max_tokens: tokens,
  metadata: z.record(z.string().max(64), z.string().max(512)).nullish(),
  modalities: z.array(z.enum(['text', 'audio'])).nullish(),
  moderation: anything,
  n: z.int().min(1).max(128).nullish(),
  parallel_tool_calls: z.boolean().optional(),
  prediction: anything,
  presence_penalty: penalty,
  prompt_cache_key: z.string().nullish(),
  prompt_cache_options: anything,
  prompt_cache_retention: z.enum(['in_memory', '24h']).nullish(),
  reasoning_effort: z.enum(['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']).nullish(),
  response_format: format.optional(),
  safety_identifier: z.string().max(64).nullish(),
  seed: z.int().nullish(),
  service_tier: z.string().nullish(),
  stop: z.union([z.string(), z.array(z.string()).min(1).max(4, 'at most 4 stop sequences')]).nullish(),
  store: z.boolean().nullish(),
  stream: z.boolean().nullish(),
  stream_options: documented<ChatCompletionStreamOptions>()({
    include_usage: z.boolean().optional(),
    include_obfuscation: z.boolean().optional(),
  }).nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  tool_choice: choice.optional(),
  tools: z.array(tool).min(1, 'an empty list is refused').optional(),
  top_logprobs: z.int().min(0).max(20).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  user: z.string().optional(),
  verbosity: z.enum(['low', 'medium', 'high']).nullish(),
  web_search_options: anything,
})
