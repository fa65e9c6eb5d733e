import { hash } from 'node:crypto'
import type { ChatRequest, Message, ToolCall } from '../../contract/index.ts'

/** Names that every service accepts. */
const accepted = /^[a-zA-Z_][a-zA-Z0-9_-]{0,63}$/
const readableLength = 54

/** The name of a function as every service accepts it: shortened, with a digest that keeps it unique. */
export function fittingName(name: string): string {
  if (accepted.test(name)) return name
  const readable = name.replaceAll(/[^a-zA-Z0-9_-]/g, '_').replace(/^(?=[^a-zA-Z_])/, '_')
  return `${readable.slice(0, readableLength)}_${hash('sha256', name, 'hex').slice(0, 8)}`
}

/** The original names of the functions of a request that have to be renamed, by their new names; undefined if none has. */
export function renamedFunctions(request: ChatRequest): ReadonlyMap<string, string> | undefined {
  let renamed: Map<string, string> | undefined
  for (const tool of toolsOf(request)) {
    const name = tool.function?.name
    if (typeof name !== 'string' || accepted.test(name)) continue
    renamed ??= new Map()
    renamed.set(fittingName(name), name)
  }
  return renamed
}

/** Renames the functions that are offered, chosen and called, as far as services would refuse their names. */
export function withFittingNames(request: ChatRequest): ChatRequest {
  const tools = toolsOf(request)
  const offered = tools.some(tool => isUnfit(tool.function?.name))
  const called = request.messages.some(hasUnfitName)
  if (!offered && !called) return request
  const choice = request['tool_choice'] as { function?: { name?: string } } | null | undefined
  return {
    ...request,
    messages: called ? request.messages.map(withFittingCalls) : request.messages,
    ...(offered ? { tools: tools.map(tool => renamed(tool)) } : {}),
    ...(typeof choice === 'object' && choice?.function ? { tool_choice: renamed(choice) } : {}),
  }
}

/** Restores the names of functions in the calls of an answer or of a piece of one. */
export function restoreNames(
  calls: readonly ToolCall[],
  names: ReadonlyMap<string, string>,
): readonly ToolCall[] {
  return calls.map(call => {
    const name = names.get(call.function?.name ?? '')
    return name === undefined ? call : { ...call, function: { ...call.function, name } }
  })
}

interface Named {
  readonly function?: { readonly name?: string } | undefined
}

function toolsOf(request: ChatRequest): readonly Named[] {
  const { tools } = request
  return Array.isArray(tools) ? (tools as readonly Named[]) : []
}

function renamed<T extends Named>(owner: T): T {
  const name = owner.function?.name
  return typeof name === 'string'
    ? { ...owner, function: { ...owner.function, name: fittingName(name) } }
    : owner
}

function hasUnfitName({ tool_calls: calls, name, role }: Message): boolean {
  return calls?.some(call => isUnfit(call.function?.name)) === true || (role === 'tool' && isUnfit(name))
}

function withFittingCalls(message: Message): Message {
  if (!hasUnfitName(message)) return message
  const { tool_calls: calls, name, role } = message
  return {
    ...message,
    ...(calls ? { tool_calls: calls.map(call => renamed(call)) } : {}),
    ...(role === 'tool' && typeof name === 'string' ? { name: fittingName(name) } : {}),
  }
}

function isUnfit(name: unknown): boolean {
  return typeof name === 'string' && !accepted.test(name)
}
