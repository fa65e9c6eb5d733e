import { fieldsOf } from '../../../chat/read/fields.ts'
import type { Message, ToolCall } from '../../../contract/index.ts'
import { callsOf } from './tool-turns.ts'

/**
 * Writes the function calls of chat's first years, `function_call` and the role `function`, as the tool calls that replaced
 * them. They had no ids: a result belongs to the last call of its function before it. One without a call gets an id of its
 * own, as the result of an earlier call.
 */
export function withToolCalls(messages: readonly Message[]): readonly Message[] {
  if (!messages.some(message => message.role === 'function' || legacyCallOf(message))) return messages
  const ids = new Map<unknown, string>()
  return messages.map((message, index) => {
    const id = `function_${index}`
    const call = legacyCallOf(message)
    if (call) {
      ids.set(call.name, id)
      return withCall(message, { id, type: 'function', function: call })
    }
    if (message.role !== 'function') return message
    const { name, content = null } = message
    const result = { role: 'tool', tool_call_id: ids.get(name) ?? id, content }
    ids.delete(name)
    return result
  })
}

/** The call of an assistant message; undefined if it has none, or has it as a tool call as well. */
function legacyCallOf(message: Message): { readonly name: string; readonly arguments: string } | undefined {
  const call = message.role === 'assistant' ? fieldsOf(message['function_call']) : undefined
  if (typeof call?.['name'] !== 'string' || callsOf(message).length > 0) return undefined
  const { name, arguments: text } = call
  return { name, arguments: typeof text === 'string' ? text : '' }
}

function withCall({ function_call: _legacy, ...message }: Message, call: ToolCall): Message {
  return { ...message, tool_calls: [call] }
}
