import { fieldsOf } from '../../../chat/read/fields.ts'
import type { ChatRequest, Message, ToolCall } from '../../../contract/index.ts'
import { argumentsFor, describe, oneText } from '../../../text/one-text.ts'
import { callsOf } from './tool-turns.ts'

interface Tool {
  readonly type?: unknown
  readonly custom?: unknown
}

/** The names of the custom tools that a request offers; undefined if it offers none. */
export function customNames({ tools }: ChatRequest): ReadonlySet<string> | undefined {
  const names = listOf(tools).flatMap(tool => customOf(tool)?.name ?? [])
  return names.length > 0 ? new Set(names) : undefined
}

/**
 * Writes custom tools, whose input is any text, and their calls as functions with one text. Returns the same object for a
 * request without them.
 */
export function withCustomAsFunctions(request: ChatRequest): ChatRequest {
  const { tools, tool_choice: choice, messages } = request
  const offered = customNames(request) !== undefined
  const called = messages.some(message => callsOf(message).some(customOf))
  if (!offered && !called) return request
  const chosen = customOf(choice as Tool | null | undefined)
  return {
    ...request,
    ...(offered ? { tools: listOf(tools).map(asFunction) } : {}),
    ...(chosen ? { tool_choice: { type: 'function', function: { name: chosen.name } } } : {}),
    ...(called ? { messages: messages.map(withFunctionCalls) } : {}),
  }
}

/** The fields of a custom tool, of a choice of one, or of its call; undefined for all others. */
export function customOf(owner: Tool | null | undefined) {
  const custom = owner?.type === 'custom' ? fieldsOf(owner.custom) : undefined
  return typeof custom?.['name'] === 'string' ? { ...custom, name: custom['name'] } : undefined
}

function asFunction(tool: Tool): object {
  const custom = customOf(tool)
  if (!custom) return tool
  const { name, description, format } = custom as Readonly<Record<string, unknown>>
  const about = describe(description, fieldsOf(format)?.['grammar'])
  return {
    type: 'function',
    function: { name, ...(about === '' ? {} : { description: about }), parameters: oneText },
  }
}

function withFunctionCalls(message: Message): Message {
  const calls = callsOf(message)
  return calls.some(customOf) ? { ...message, tool_calls: calls.map(functionCall) } : message
}

function functionCall(call: ToolCall): ToolCall {
  const custom = customOf(call)
  if (!custom) return call
  const { custom: _custom, ...rest } = call
  const { name, input } = custom as { readonly name: string; readonly input?: unknown }
  const args = argumentsFor(typeof input === 'string' ? input : '')
  return { ...rest, type: 'function', function: { name, arguments: args } }
}

function listOf(value: unknown): readonly Tool[] {
  return Array.isArray(value) ? (value as readonly Tool[]) : []
}
