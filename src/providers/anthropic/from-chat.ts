import type { ProviderConfig } from '../../config/schema.ts'
import type { ChatRequest } from '../../contract/index.ts'
import { turnsOf } from './messages-from-chat.ts'
import { toolFields } from './tools-from-chat.ts'
import { passedFields } from '../passed-fields.ts'
import { untranslatable } from '../translation.ts'

/** Messages must be told how long an answer may be; chat completions need not say. */
const defaultMaxTokens = 4096

/** Fields of chat completions that are said otherwise, or that change no answer. All others go through. */
const translated = new Set([
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
])

/** Fields that Messages has nothing for, each with the JSON of the value that asks for nothing. */
const lacking: Readonly<Record<string, string>> = {
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
  verbosity: '"medium"',
}

/** The same, but never left out: an answer without them would not be one to the question. */
const needed: Readonly<Record<string, string>> = {
  functions: '[]',
  function_call: '"auto"',
  web_search_options: '',
}

/**
 * A chat request as the body of a Messages call. `n` is left out: the service makes one choice. A temperature above 1,
 * its highest, becomes 1. Fields that are none of chat completions', such as `thinking` and `top_k`, go through.
 */
export function messagesBody(request: ChatRequest, config: ProviderConfig): object {
  const { max_tokens, max_completion_tokens, temperature } = request
  return {
    ...passedFields(request, config, { api: "Anthropic's Messages API", translated, lacking, needed }),
    max_tokens: max_completion_tokens ?? max_tokens ?? defaultMaxTokens,
    ...turnsOf(request.messages),
    ...toolFields(request),
    ...(temperature == null ? {} : { temperature: Math.min(1, Math.max(0, temperature)) }),
    ...stopField(request['stop'], config.drop_unsupported),
    ...userField(request['user'] ?? request['safety_identifier']),
    ...outputField(request, config.drop_unsupported),
  }
}

/** The service takes no stop sequence of white space alone; where it may be dropped, it is. */
function stopField(stop: unknown, drop: boolean): object {
  if (stop == null) return {}
  const all: unknown[] = Array.isArray(stop) ? stop : [stop]
  const kept = drop ? all.filter(text => typeof text !== 'string' || text.trim() !== '') : all
  return kept.length > 0 ? { stop_sequences: kept } : {}
}

function userField(user: unknown): object {
  return typeof user === 'string' && user !== '' ? { metadata: { user_id: user } } : {}
}

/** How an answer is to look, and how much thought it gets. */
function outputField(request: ChatRequest, drop: boolean): object {
  const effort = effortOf(request['reasoning_effort'])
  const format = formatOf(request['response_format'], drop)
  const given = request['output_config'] as object | null | undefined
  if (!effort && !format) return given ? { output_config: given } : {}
  return { output_config: { ...given, ...(effort ? { effort } : {}), ...(format ? { format } : {}) } }
}

/** Both services name their levels alike, but for the lowest ones. */
function effortOf(effort: unknown): unknown {
  if (effort === 'none') return undefined
  return effort === 'minimal' ? 'low' : effort
}

interface ResponseFormat {
  readonly type?: string
  readonly json_schema?: { readonly schema?: unknown }
}

function formatOf(format: unknown, drop: boolean): object | undefined {
  const { type = 'text', json_schema } = (format ?? {}) as ResponseFormat
  if (type === 'json_schema') return { type, schema: json_schema?.schema }
  if (type !== 'text' && !drop) {
    throw untranslatable(
      'response_format',
      `of type ${type} has no counterpart in Anthropic's Messages API; use json_schema`,
    )
  }
  return undefined
}
