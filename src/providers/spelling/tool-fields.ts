import { fieldsOf } from '../../chat/read/fields.ts'
import type { ChatRequest } from '../../contract/index.ts'
import { fittingSchema } from './schemas/parameters.ts'

interface Tool {
  readonly function?: { readonly parameters?: unknown; readonly [field: string]: unknown }
  readonly cache_control?: unknown
  readonly [field: string]: unknown
}

/**
 * Leaves out an empty list of tools, and without tools what asks for them; gives the schema of each function the
 * type that services require, and leaves out descriptions that are empty, which Bedrock refuses, or null.
 */
export function withFittingTools(request: ChatRequest, keepMarks: boolean): ChatRequest {
  const { tools } = request
  if (!Array.isArray(tools)) return tools === undefined ? withoutToolFields(request) : request
  if (tools.length === 0) return withoutToolFields(request)
  const fitting = (tools as readonly Tool[]).map(tool => fittingTool(tool, keepMarks))
  return fitting.some((tool, index) => tool !== tools[index]) ? { ...request, tools: fitting } : request
}

/** The request without thinking if it forces a tool: the tool is the client's word, and thinking most often a default. */
export function unthinkingIfForced(request: ChatRequest): ChatRequest {
  const { tool_choice: choice, reasoning_effort: _effort, ...rest } = request
  const isForced = choice === 'required' || (typeof choice === 'object' && choice !== null)
  if (!isForced || fieldsOf(request['thinking'])?.['type'] === 'disabled') return request
  return { ...rest, tool_choice: choice, thinking: { type: 'disabled' } }
}

function withoutToolFields(request: ChatRequest): ChatRequest {
  const { tools, tool_choice, parallel_tool_calls, ...rest } = request
  return tools === undefined && tool_choice === undefined && parallel_tool_calls === undefined
    ? request
    : rest
}

function fittingTool(tool: Tool, keepMarks: boolean): Tool {
  const described = withoutEmptyDescription(tool)
  const parameters = described.function?.parameters
  const schema = parameters == null ? parameters : fittingSchema(parameters)
  const plain =
    schema === parameters
      ? described
      : { ...described, function: { ...described.function, parameters: schema } }
  return keepMarks ? plain : withoutMarks(plain)
}

function withoutMarks(tool: Tool): Tool {
  const { cache_control: mark, ...rest } = tool
  const bare = mark === undefined ? tool : rest
  const { cache_control: inner, ...called } = tool.function ?? {}
  return inner === undefined ? bare : { ...bare, function: called }
}

function withoutEmptyDescription(tool: Tool): Tool {
  const given = tool.function?.['description']
  if (given !== '' && given !== null) return tool
  const { description: _empty, ...rest } = tool.function ?? {}
  return { ...tool, function: rest }
}
