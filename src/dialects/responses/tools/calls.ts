import { isObject } from '../../check.ts'
import type { StreamEvent } from '../../dialect.ts'
import { jsonOrUndefined } from '../../../text/json/parse.ts'
import { inputOf } from '../../../text/one-text.ts'
import type { Declared } from './tools.ts'

/** A call of a model; its arguments are JSON text, as far as they have arrived. */
interface Call {
  readonly id: string
  readonly text: string
}

/** The start of the id of an item that calls a tool. */
export function callPrefix({ kind, client }: Declared): string {
  if (kind === 'custom') return 'ctc'
  return client?.call.replace(/_call$/, '') ?? 'fc'
}

/** The fields of an item that calls a tool, with the type and the name that its client knows. */
export function callOf(tool: Declared, { id: call_id, text }: Call, status: string): object {
  const { kind, name, namespace, client } = tool
  const named = namespace === undefined ? { name } : { name, namespace }
  if (client) {
    const payload = { ...client.fixed, ...argumentsOf(text) }
    return { type: client.call, ...client.head, call_id, status, [client.payload]: payload }
  }
  if (kind === 'custom') return { type: 'custom_tool_call', status, call_id, ...named, input: inputOf(text) }
  return { type: 'function_call', status, call_id, ...named, arguments: text }
}

/** The events of a piece of a call. The text of a custom tool is known only once its JSON is complete. */
export function callPiece({ kind }: Declared, at: object, delta: string): readonly StreamEvent[] {
  return kind === 'function' ? [{ type: 'response.function_call_arguments.delta', ...at, delta }] : []
}

/** The events that end a call. */
export function callEnd({ kind, name }: Declared, at: object, text: string): readonly StreamEvent[] {
  if (kind === 'function')
    return [{ type: 'response.function_call_arguments.done', ...at, name, arguments: text }]
  if (kind === 'client') return []
  const input = inputOf(text)
  return [
    { type: 'response.custom_tool_call_input.delta', ...at, delta: input },
    { type: 'response.custom_tool_call_input.done', ...at, input },
  ]
}

function argumentsOf(text: string): Readonly<Record<string, unknown>> {
  // A call may be in progress, or not JSON.
  const value = jsonOrUndefined(text)
  return isObject(value) ? value : {}
}
