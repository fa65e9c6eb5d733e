import { fieldsOf } from '../../../chat/read/fields.ts'
import type { ChatRequest } from '../../../contract/index.ts'

/** Whether a request offers functions as in chat's first years, and no tools, which replaced them. */
export function offersFunctions({ functions, tools }: ChatRequest): boolean {
  return isFilled(functions) && !isFilled(tools)
}

/**
 * The request with tools in place of `functions` and `function_call`, and one call in a turn at most, as these allow. The
 * request itself if it has none of them, or tools as well.
 */
export function withTools(request: ChatRequest): ChatRequest {
  const { functions, function_call: choice, ...rest } = request
  if (functions === undefined && choice === undefined) return request
  // Without functions, these choices have no effect.
  if (!isFilled(functions)) return choice == null || typeof choice === 'string' ? rest : request
  if (!offersFunctions(request)) return request
  return {
    ...rest,
    tools: (functions as readonly unknown[]).map(called => ({ type: 'function', function: called })),
    ...(choice == null ? {} : { tool_choice: toolChoice(choice) }),
    parallel_tool_calls: false,
  }
}

function toolChoice(choice: unknown): unknown {
  const name = fieldsOf(choice)?.['name']
  return name === undefined ? choice : { type: 'function', function: { name } }
}

function isFilled(list: unknown): boolean {
  return Array.isArray(list) && list.length > 0
}
