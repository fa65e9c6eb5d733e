import type { ChatRequest } from '../../contract/index.ts'

/** Fields that shape the client's answer, and would spoil that of a grader. */
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

/** A helper call's request: without the client's own of these fields; those that the step has set stay. */
export function helperRequest(request: ChatRequest, given: ChatRequest): ChatRequest {
  const own: Record<string, unknown> = { ...request }
  for (const field of clientOnly) {
    if (own[field] === given[field]) delete own[field]
  }
  return withoutStreamOptions(own as ChatRequest)
}

/** Providers reject `stream_options` where nothing streams. */
export function withoutStreamOptions(request: ChatRequest): ChatRequest {
  if (request.stream || request['stream_options'] === undefined) return request
  const { stream_options: _options, ...rest } = request
  return rest
}
