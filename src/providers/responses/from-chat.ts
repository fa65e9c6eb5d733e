import { serverToolsFor } from '../../chat/notes/native-form.ts'
import type { ProviderConfig } from '../../config/schema.ts'
import type { ChatRequest } from '../../contract/index.ts'
import { passFields } from '../fields/pass-fields.ts'
import { fieldsOf } from '../../chat/read/fields.ts'
import { googleFields } from '../../chat/thoughts/google-settings.ts'
import { customOf } from '../spelling/calls/custom-tools.ts'
import { fromChatMessages } from './items-from-chat.ts'
import { untranslatable } from '../translation.ts'

/**
 * Fields of chat completions that are expressed differently, or that do not affect the answer. All others are passed
 * on.
 */
const translated: ReadonlySet<string> = new Set([
  ...googleFields,
  'max_completion_tokens',
  'max_tokens',
  'messages',
  'n',
  'prediction',
  'reasoning_effort',
  'response_format',
  'stream_options',
  'text',
  'tool_choice',
  'tools',
  'verbosity',
])

/** The smallest maximum that the service accepts. */
const minOutputTokens = 16

/** Fields without a counterpart in Responses, each with the JSON of the value that has no effect. */
const unsupported: Readonly<Record<string, string>> = {
  audio: '',
  frequency_penalty: '0',
  logit_bias: '{}',
  logprobs: 'false',
  modalities: '["text"]',
  presence_penalty: '0',
  seed: '',
  stop: '[]',
  top_logprobs: '0',
}

/** The same, but never left out: without them, the answer would be one to another question. */
const essential: Readonly<Record<string, string>> = {
  functions: '[]',
  function_call: '"auto"',
  web_search_options: '',
}

/**
 * Converts a chat request to the body of a Responses call. The response is not stored unless the request sets `store`,
 * as for chat completions. `n` is left out: the service produces one answer.
 */
export function fromChatRequest(request: ChatRequest, config: ProviderConfig): object {
  const maxTokens = request.max_completion_tokens ?? request.max_tokens
  const effort = request['reasoning_effort']
  const passed = passFields(request, config, { api: 'the Responses API', translated, unsupported, essential })
  return {
    store: false,
    ...(sealsThoughts(request) ? { include: ['reasoning.encrypted_content'] } : {}),
    ...passed,
    input: fromChatMessages(request.messages),
    ...(maxTokens == null ? {} : { max_output_tokens: Math.max(minOutputTokens, maxTokens) }),
    ...(effort == null ? {} : { reasoning: { ...(passed['reasoning'] as object | undefined), effort } }),
    ...textField(request),
    ...fromChatTools(request),
  }
}

/** Reasoning models, which seal their thoughts on request; others refuse the request. */
const reasoning = /(^|[-/:])(o[1-9]|gpt-[5-9])(?!.*-chat)/

/**
 * Whether the next turn may need the thoughts of this one, which are otherwise lost if the service does not store them.
 */
function sealsThoughts({ model, tools, store }: ChatRequest): boolean {
  return reasoning.test(model) && Array.isArray(tools) && tools.length > 0 && store !== true
}

interface ResponseFormat {
  readonly type?: string
  readonly json_schema?: object
}

/** The format and the verbosity of the answer. */
function textField(request: ChatRequest): object {
  const { type, json_schema: schema } = (request['response_format'] ?? {}) as ResponseFormat
  const verbosity = request['verbosity']
  const given = request['text'] as object | null | undefined
  const text = {
    ...given,
    ...(type === undefined ? {} : { format: { type, ...schema } }),
    ...(verbosity == null ? {} : { verbosity }),
  }
  return Object.keys(text).length > 0 ? { text } : {}
}

interface ChatTool {
  readonly type?: string
  readonly custom?: object
  readonly function?: { readonly strict?: boolean | null; readonly [field: string]: unknown }
}

function fromChatTools(request: ChatRequest): object {
  const functions = (request['tools'] ?? []) as readonly ChatTool[]
  const tools = [...functions.map(fromChatTool), ...serverToolsFor('responses', request)]
  if (tools.length === 0) return {}
  const choice = request['tool_choice']
  return {
    tools,
    ...(choice == null ? {} : { tool_choice: fromChatToolChoice(choice) }),
  }
}

/**
 * Converts a function, which is strict by default in Responses but not in chats. The service's own tools are passed
 * on.
 */
function fromChatTool(tool: ChatTool): object {
  const { type, function: called } = tool
  const custom = customOf(tool)
  if (custom) return customTool(custom)
  if (type !== 'function' || !called) return tool
  const { parameters = { type: 'object', properties: {} }, strict, ...about } = called
  return { type, ...about, parameters, strict: strict ?? false }
}

/** A chat has the grammar of the input in a field of its own. */
function customTool(custom: Readonly<Record<string, unknown>>): object {
  const format = fieldsOf(custom['format'])
  const { grammar, ...about } = format ?? {}
  return { type: 'custom', ...custom, ...(format ? { format: { ...about, ...fieldsOf(grammar) } } : {}) }
}

function fromChatToolChoice(choice: unknown): unknown {
  if (typeof choice === 'string') return choice
  const { type, function: called } = choice as { type?: string; function?: { name?: string } }
  const custom = customOf(choice as ChatTool)
  if (custom) return { type, name: custom.name }
  if (type === 'function') return { type, name: called?.name }
  throw untranslatable('tool_choice', 'of this kind has no counterpart in the Responses API')
}
