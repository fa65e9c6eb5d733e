import type { ChatRequest } from '../../../src/plugin.ts'

/** Whether the client offers tools, or functions as in chat's first years. */
export function offersTools({ tools, functions }: ChatRequest): boolean {
  return isFilled(tools) || isFilled(functions)
}

/** The request for an answer in words: the tools that the client offers stay visible, but none may be called. */
export function withoutCalls(request: ChatRequest): ChatRequest {
  if (isFilled(request['tools'])) return { ...request, tool_choice: 'none' }
  return isFilled(request['functions']) ? { ...request, function_call: 'none' } : request
}

function isFilled(list: unknown): boolean {
  return Array.isArray(list) && list.length > 0
}
