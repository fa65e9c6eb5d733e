import { withoutNativeSettings } from '../../chat/native-form.ts'
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
 * stay as well if the conversation has calls of tools, which services refuse without them, but none may be called.
 */
export function helperRequest(request: ChatRequest, given: ChatRequest): ChatRequest {
  const own: Record<string, unknown> = { ...request }
  for (const field of clientOnly) {
    if (own[field] === given[field]) delete own[field]
  }
  if (hasTools(given) && request.messages.some(isAboutTool)) Object.assign(own, toolsKept(request, own))
  return withoutNativeSettings(withoutStreamOptions(own as ChatRequest))
}

function hasTools({ tools }: ChatRequest): boolean {
  return Array.isArray(tools) && tools.length > 0
}

function isAboutTool({ role, tool_calls: calls }: Message): boolean {
  return role === 'tool' || Boolean(calls?.length)
}

function toolsKept({ tools }: ChatRequest, own: Readonly<Record<string, unknown>>): object {
  return { tools: own['tools'] ?? tools, tool_choice: own['tool_choice'] ?? 'none' }
}

/** Providers reject `stream_options` unless the request streams. */
export function withoutStreamOptions(request: ChatRequest): ChatRequest {
  if (request.stream || request['stream_options'] === undefined) return request
  const { stream_options: _options, ...rest } = request
  return rest
}
