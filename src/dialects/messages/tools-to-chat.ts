import { noteNative } from '../../chat/notes/native-form.ts'
import { clip } from '../../text/clip.ts'
import { invalidField } from '../check.ts'
import { clientToolOf } from './client-tools.ts'
import type { MessagesTool, MessagesToolChoice } from './schema.ts'

interface ChatFunction {
  readonly type: 'function'
  readonly function: { readonly name: string; readonly [field: string]: unknown }
}

/**
 * The fields of a chat for tools and the choice among them. Tools that run on Anthropic's servers are offers, which are
 * left out; a choice that forces one is refused. Without tools, services refuse a choice.
 */
export function toolFields(
  tools: readonly MessagesTool[] | null | undefined,
  choice: MessagesToolChoice | null | undefined,
): Record<string, unknown> {
  const functions = functionsOf(tools)
  refuseForced(functions, choice)
  if (functions.length === 0) return {}
  return {
    tools: functions,
    ...(choice ? { tool_choice: choiceOf(choice) } : {}),
    ...(choice?.disable_parallel_tool_use ? { parallel_tool_calls: false } : {}),
  }
}

/**
 * The tools of Anthropic that change nothing outside, so that each candidate may use them, and whose answer is text. Those of
 * MCP servers may do anything.
 */
const harmless = /^(?:web_search|web_fetch|code_execution)_/

/** The tools that Anthropic can run for an answer that is translated. They have no effect if no tool may be called. */
export function serverTools(
  tools: readonly MessagesTool[] | null | undefined,
  choice: MessagesToolChoice | null | undefined,
): readonly object[] {
  if (choice?.type === 'none') return []
  return (tools ?? []).filter(({ type }) => type != null && harmless.test(type))
}

/** The tools that a chat model can call. */
export function functionsOf(tools: readonly MessagesTool[] | null | undefined): ChatFunction[] {
  return (tools ?? []).flatMap((tool, index) => {
    const translated = functionOf(tool, `tools[${index}]`)
    if (!translated) return []
    noteNative(translated, [{ ...tool, type: tool.type ?? 'custom' }])
    return [translated]
  })
}

function functionOf(tool: MessagesTool, at: string): ChatFunction | undefined {
  const { type, name, description, input_schema: schema, strict } = tool
  if (type != null && type !== 'custom') {
    const known = clientToolOf(type)
    return known && { type: 'function', function: { ...known, name: name ?? known.name } }
  }
  if (!name) throw invalidField(`${at}.name`, 'a tool needs a name')
  const about = { ...(description == null ? {} : { description }), ...(strict == null ? {} : { strict }) }
  return {
    type: 'function',
    function: { name, ...about, parameters: schema ?? { type: 'object', properties: {} } },
  }
}

function refuseForced(
  functions: readonly ChatFunction[],
  choice: MessagesToolChoice | null | undefined,
): void {
  if (choice?.type === 'any' && functions.length === 0)
    throw invalidField(
      'tool_choice',
      'none of the tools can run here; they need a provider of type "anthropic"',
    )
  if (choice?.type !== 'tool' || functions.some(one => one.function.name === choice.name)) return
  throw invalidField(
    'tool_choice',
    `"${clip(choice.name)}" is not among the tools, or runs on Anthropic's servers and needs a provider of type "anthropic"`,
  )
}

function choiceOf(choice: MessagesToolChoice) {
  if (choice.type === 'tool') return { type: 'function', function: { name: choice.name } }
  return choice.type === 'any' ? 'required' : choice.type
}
