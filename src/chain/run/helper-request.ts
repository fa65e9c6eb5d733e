import { withoutNativeSettings } from '../../chat/native-form.ts'
import type { ChatRequest } from '../../contract/index.ts'

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

/** The request of a helper call: without those of these fields that the client set. The step's own values stay. */
export function helperRequest(request: ChatRequest, given: ChatRequest): ChatRequest {
  const own: Record<string, unknown> = { ...request }
  for (const field of clientOnly) {
    if (own[field] === given[field]) delete own[field]
  }
  return withoutNativeSettings(withoutStreamOptions(own as ChatRequest))
}

/** Providers reject `stream_options` unless the request streams. */
export function withoutStreamOptions(request: ChatRequest): ChatRequest {
  if (request.stream || request['stream_options'] === undefined) return request
  const { stream_options: _options, ...rest } = request
  return rest
}
