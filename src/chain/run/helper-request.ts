import { withoutNativeSettings } from '../../chat/notes/native-form.ts'
import type { ChatRequest, Message } from '../../contract/index.ts'

/** Fields that shape the client's answer, and would spoil the answer of a grader. */
const clientOnly = [
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'functions',
  'function_call',
  'response_format',
  'stop',
  'n',
  'stream',
  'stream_options',
  'logprobs',
  'top_logprobs',
  'logit_bias',
  'max_tokens',
  'max_completion_tokens',
  'modalities',
  'audio',
  'prediction',
  'verbosity',
  'web_search_options',
] as const

/**
 * The request of a helper call: without those of these fields that the client set. The step's own values stay. The tools
 * stay as well if the conversation has calls of tools, which services refuse without them, but none may be called. So do the
 * functions of chat's first years.
 */
export function helperRequest(request: ChatRequest, given: ChatRequest): ChatRequest {
  const own: Record<string, unknown> = { ...request }
  for (const field of clientOnly) {
    if (own[field] === given[field]) delete own[field]
  }
  if ((isFilled(given['tools']) || isFilled(given['functions'])) && request.messages.some(isAboutTool))
    Object.assign(own, toolsKept(request, own))
  return withoutNativeSettings(withoutStreamOptions(own as ChatRequest))
}

function isFilled(list: unknown): boolean {
  return Array.isArray(list) && list.length > 0
}

function isAboutTool({ role, tool_calls: calls, function_call: legacy }: Message): boolean {
  return role === 'tool' || role === 'function' || Boolean(calls?.length) || legacy != null
}

function toolsKept({ tools, functions }: ChatRequest, own: Readonly<Record<string, unknown>>): object {
  const offered = own['tools'] ?? tools
  if (isFilled(offered)) return { tools: offered, tool_choice: own['tool_choice'] ?? 'none' }
  return { functions: own['functions'] ?? functions, function_call: own['function_call'] ?? 'none' }
}

/** Providers reject `stream_options` unless the request streams. */
export function withoutStreamOptions(request: ChatRequest): ChatRequest {
  if (request.stream || request['stream_options'] === undefined) return request
  const { stream_options: _options, ...rest } = request
  return rest
}
