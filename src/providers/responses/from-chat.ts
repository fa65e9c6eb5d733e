import type { ProviderConfig } from '../../config/schema.ts'
import type { ChatRequest } from '../../contract/index.ts'
import { passedFields } from '../passed-fields.ts'
import { itemsOf } from './items-from-chat.ts'
import { untranslatable } from '../translation.ts'

/** Fields of chat completions that are said otherwise, or that change no answer. All others go through. */
const translated: ReadonlySet<string> = new Set([
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

/** Fields that Responses has nothing for, each with the JSON of the value that asks for nothing. */
const lacking: Readonly<Record<string, string>> = {
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

/** The same, but never left out: an answer without them would not be one to the question. */
const needed: Readonly<Record<string, string>> = {
  functions: '[]',
  function_call: '"auto"',
  web_search_options: '',
}

/**
 * A chat request as the body of a Responses call, which is not kept there unless the request says `store`, as it would
 * not be for a chat. `n` is left out: the service makes one answer.
 */
export function responsesBody(request: ChatRequest, config: ProviderConfig): object {
  const most = request.max_completion_tokens ?? request.max_tokens
  const effort = request['reasoning_effort']
  const passed = passedFields(request, config, { api: 'the Responses API', translated, lacking, needed })
  return {
    store: false,
    ...passed,
    input: itemsOf(request.messages),
    ...(most == null ? {} : { max_output_tokens: most }),
    ...(effort == null ? {} : { reasoning: { ...(passed['reasoning'] as object | undefined), effort } }),
    ...textField(request),
    ...toolFields(request),
  }
}

interface ResponseFormat {
  readonly type?: string
  readonly json_schema?: object
}

/** How an answer is to look, and how long-winded it may be. */
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
  readonly function?: { readonly strict?: boolean | null; readonly [field: string]: unknown }
}

function toolFields(request: ChatRequest): object {
  const tools = request['tools'] as readonly ChatTool[] | null | undefined
  if (!tools?.length) return {}
  const choice = request['tool_choice']
  return {
    tools: tools.map(toolOf),
    ...(choice == null ? {} : { tool_choice: choiceOf(choice) }),
  }
}

/** Strictness is what Responses takes for granted and chats do not. Tools of the service's own go through. */
function toolOf(tool: ChatTool, index: number): object {
  const { type, function: called } = tool
  if (type === 'custom')
    throw untranslatable(`tools.${index}`, 'is a custom tool, whose calls have no place in what comes back')
  if (type !== 'function' || !called) return tool
  const { parameters = { type: 'object', properties: {} }, strict, ...about } = called
  return { type, ...about, parameters, strict: strict ?? false }
}

function choiceOf(choice: unknown): unknown {
  if (typeof choice === 'string') return choice
  const { type, function: called } = choice as { type?: string; function?: { name?: string } }
  if (type === 'function') return { type, name: called?.name }
  throw untranslatable('tool_choice', 'of this kind has no counterpart in the Responses API')
}
