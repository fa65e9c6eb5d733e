import { fieldsOf } from '../../../chat/read/fields.ts'
import type { ChatRequest } from '../../../contract/index.ts'

/**
 * Writes a choice of `allowed_tools` for services that do not know it: only those tools are offered, with its mode as the
 * choice. Returns the same object for every other choice.
 */
export function withAllowedToolsAlone(request: ChatRequest): ChatRequest {
  const choice = fieldsOf(request['tool_choice'])
  const allowed = choice?.['type'] === 'allowed_tools' ? fieldsOf(choice['allowed_tools']) : undefined
  const { tools } = request
  if (!allowed || !Array.isArray(tools)) return request
  const names = new Set(listOf(allowed['tools']).map(nameOf))
  return {
    ...request,
    tools: tools.filter(tool => names.has(nameOf(tool))),
    tool_choice: allowed['mode'] === 'required' ? 'required' : 'auto',
  }
}

/** The name of a tool or of a choice, in the field of its type. */
function nameOf(value: unknown): unknown {
  const tool = fieldsOf(value)
  return fieldsOf(tool?.['function'] ?? tool?.['custom'])?.['name']
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
