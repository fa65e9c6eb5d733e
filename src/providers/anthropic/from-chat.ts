import { fieldsOf } from '../../chat/read/fields.ts'
import { nativeFieldsOf } from '../../chat/notes/native-form.ts'
import type { ProviderConfig } from '../../config/schema.ts'
import type { ChatRequest } from '../../contract/index.ts'
import { fromChatMessages } from './messages-from-chat.ts'
import type { Turns } from './messages-from-chat.ts'
import { googleFields } from '../../chat/thoughts/google-settings.ts'
import { strictSchema } from '../spelling/schemas/anthropic.ts'
import { asksForObject, objectAlone } from '../spelling/json-mode.ts'
import { signs } from './relayed-body.ts'
import { maxTokensFor } from './thinking/thinking.ts'
import { fromChatTools } from './tools-from-chat.ts'
import { passFields } from '../fields/pass-fields.ts'
import { untranslatable } from '../translation.ts'

/**
 * Fields of chat completions that are expressed differently, or that do not affect the answer. All others are passed
 * on.
 */
const translated = new Set([
  ...googleFields,
  'max_completion_tokens',
  'messages',
  'n',
  'output_config',
  'parallel_tool_calls',
  'prediction',
  'prompt_cache_key',
  'prompt_cache_retention',
  'reasoning_effort',
  'response_format',
  'safety_identifier',
  'stop',
  'stream_options',
  'tool_choice',
  'tools',
  'user',
  'verbosity',
])

/** Fields without a counterpart in Messages, each with the JSON of the value that has no effect. */
const unsupported: Readonly<Record<string, string>> = {
  audio: '',
  frequency_penalty: '0',
  logit_bias: '{}',
  logprobs: 'false',
  metadata: '{}',
  modalities: '["text"]',
  presence_penalty: '0',
  seed: '',
  store: 'false',
  top_logprobs: '0',
}

/** The same, but never left out: without them, the answer would be one to another question. */
const essential: Readonly<Record<string, string>> = {
  functions: '[]',
  function_call: '"auto"',
  web_search_options: '',
}

/**
 * Converts a chat request to the body of a Messages call. `n` is left out: the service produces one choice. Temperatures
 * are limited to 1, its maximum. Fields that are not part of chat completions, such as `thinking` and `top_k`, are
 * passed on.
 */
export function fromChatRequest(
  request: ChatRequest,
  config: ProviderConfig,
): Turns & Readonly<Record<string, unknown>> {
  const { max_tokens, max_completion_tokens, temperature } = request
  return {
    ...passFields(request, config, { api: "Anthropic's Messages API", translated, unsupported, essential }),
    max_tokens: max_completion_tokens ?? max_tokens ?? maxTokensFor(request),
    ...turnsOf(request),
    ...fromChatTools(request),
    ...(temperature == null ? {} : { temperature: Math.min(1, Math.max(0, temperature)) }),
    ...stopField(request['stop'], config.drop_unsupported),
    ...userField(request['user'] ?? request['safety_identifier']),
    ...thinkingFields(request, config.drop_unsupported),
  }
}

/** The service has no JSON mode, so that the model is told. */
function turnsOf(request: ChatRequest): Turns {
  const turns = fromChatMessages(request.messages, signs(request.model))
  if (!asksForObject(request)) return turns
  return { ...turns, system: [...(turns.system ?? []), { type: 'text', text: objectAlone }] }
}

/** The service refuses stop sequences of nothing but white space; they are dropped if the configuration allows it. */
function stopField(stop: unknown, drop: boolean): object {
  if (stop == null) return {}
  const all: unknown[] = Array.isArray(stop) ? stop : [stop]
  const kept = drop ? all.filter(text => typeof text !== 'string' || text.trim() !== '') : all
  return kept.length > 0 ? { stop_sequences: kept } : {}
}

function userField(user: unknown): object {
  return typeof user === 'string' && user !== '' ? { metadata: { user_id: user } } : {}
}

/** The settings of thinking, in the words of a Messages client if there is one, and the format of the answer. */
function thinkingFields(request: ChatRequest, drop: boolean): object {
  const { thinking, output_config: own } = nativeFieldsOf(request)
  if (thinking === undefined && own === undefined) return outputField(request, drop)
  const { output_config: format } = outputField({ ...request, reasoning_effort: null }, drop)
  const output = { ...format, ...(own as object | undefined) }
  return {
    ...(thinking === undefined ? {} : { thinking }),
    ...(Object.keys(output).length > 0 ? { output_config: output } : {}),
  }
}

/** The format of the answer, and the reasoning effort. */
function outputField(request: ChatRequest, drop: boolean): { readonly output_config?: object } {
  const effort = effortOf(request['reasoning_effort'])
  const format = formatOf(request['response_format'], drop)
  const given = request['output_config'] as object | null | undefined
  if (!effort && !format) return given ? { output_config: given } : {}
  return { output_config: { ...given, ...(effort ? { effort } : {}), ...(format ? { format } : {}) } }
}

/** Both services use the same names of levels, except for the lowest ones. */
function effortOf(effort: unknown): unknown {
  if (effort === 'none') return undefined
  return effort === 'minimal' ? 'low' : effort
}

interface ResponseFormat {
  readonly type?: string
  readonly schema?: unknown
  readonly json_schema?: { readonly schema?: unknown }
}

function formatOf(format: unknown, drop: boolean): object | undefined {
  const { type = 'text', json_schema, schema } = (format ?? {}) as ResponseFormat
  if (type === 'json_schema') return { type, schema: strictSchema(json_schema?.schema) }
  if (type === 'json_object')
    return fieldsOf(schema) ? { type: 'json_schema', schema: strictSchema(schema) } : undefined
  if (type !== 'text' && !drop) {
    throw untranslatable(
      'response_format',
      `of type ${type} has no counterpart in Anthropic's Messages API; use json_schema`,
    )
  }
  return undefined
}
