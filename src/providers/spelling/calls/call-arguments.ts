import type { Message, ToolCall } from '../../../contract/index.ts'
import { isObjectText } from '../../../text/json/parse.ts'
import { callsOf } from './tool-turns.ts'

/**
 * Writes the arguments of earlier calls as the text of a JSON object, which templates of models and other APIs require:
 * nothing becomes `{}`, and arguments in another form are kept as a text inside.
 */
export function withObjectArguments(messages: readonly Message[]): readonly Message[] {
  let result: Message[] | undefined
  for (const [index, message] of messages.entries()) {
    const calls = callsOf(message)
    const changed = calls.every(isFitting) ? message : { ...message, tool_calls: calls.map(fitting) }
    if (changed !== message) result ??= messages.slice(0, index)
    result?.push(changed)
  }
  return result ?? messages
}

function isFitting({ function: called }: ToolCall): boolean {
  if (called == null) return true
  const given: unknown = called.arguments
  return typeof given === 'string' && isObjectText(given)
}

function fitting(call: ToolCall): ToolCall {
  return isFitting(call) ? call : { ...call, function: { ...call.function, arguments: objectText(call) } }
}

/** The client's own JSON is not checked before, so that the arguments may have any type. */
function objectText({ function: called }: ToolCall): string {
  const given: unknown = called?.arguments
  const text = typeof given === 'string' ? given.trim() : JSON.stringify(given ?? null)
  // PHP cannot tell an empty list from an empty object.
  if (text === '' || text === 'null' || text === '[]') return '{}'
  return isObjectText(text) ? text : JSON.stringify({ input: given })
}
