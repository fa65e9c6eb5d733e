import { markOfTool } from '../../chat/notes/cache-marks.ts'
import { nativeOf, serverToolsFor } from '../../chat/notes/native-form.ts'
import type { ChatRequest } from '../../contract/index.ts'
import { strictSchema } from '../spelling/schemas/anthropic.ts'
import { untranslatable } from '../translation.ts'

interface ChatTool {
  readonly type?: string
  readonly function?: {
    readonly name?: string
    readonly description?: string
    readonly parameters?: object
    readonly strict?: boolean | null
    readonly cache_control?: object
  }
  readonly cache_control?: object
}

/**
 * The fields `tools` and `tool_choice` of a Messages call. Without tools the choice is left out, because the service
 * refuses it.
 */
export function fromChatTools(request: ChatRequest): object {
  const functions = (request['tools'] ?? []) as readonly ChatTool[]
  const tools = [...functions.map(fromChatTool), ...serverToolsFor('messages', request)]
  if (tools.length === 0) return {}
  const choice = fromChatToolChoice(request['tool_choice'])
  if (request['parallel_tool_calls'] !== false || choice?.type === 'none')
    return { tools, ...(choice ? { tool_choice: choice } : {}) }
  return {
    tools,
    tool_choice: { type: 'auto', ...choice, disable_parallel_tool_use: true },
  }
}

const noParameters = { type: 'object', properties: {} }

/** Converts a function; the service's own tools, such as its search, are passed on. */
function fromChatTool(tool: ChatTool): object {
  const [native] = nativeOf(tool) ?? []
  if (native) return native
  const { type, function: called } = tool
  if (type !== 'function' || !called) return tool
  const mark = markOfTool(tool)
  const { name, description, parameters, strict } = called
  return {
    name,
    ...(description ? { description } : {}),
    input_schema: (strict === true ? strictSchema(parameters) : parameters) ?? noParameters,
    ...(strict === true ? { strict } : {}),
    ...(mark ? { cache_control: mark } : {}),
  }
}

const choices: Readonly<Record<string, string>> = { auto: 'auto', none: 'none', required: 'any' }

interface ToolChoice {
  readonly type: string
  readonly name?: string | undefined
}

function fromChatToolChoice(choice: unknown): ToolChoice | undefined {
  if (choice == null) return undefined
  if (typeof choice === 'string' && choices[choice]) return { type: choices[choice] }
  const { type, function: called } = choice as { type?: string; function?: { name?: string } }
  if (type === 'function') return { type: 'tool', name: called?.name }
  throw untranslatable('tool_choice', "of this kind has no counterpart in Anthropic's Messages API")
}
