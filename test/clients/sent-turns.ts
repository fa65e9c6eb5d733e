import type { Json } from '../fake-provider/content.ts'

/** The request of a body, in the same words for every API. */
export interface Sent {
  /** The names of the tools that the model may call. */
  readonly tools: readonly string[]
  /** One line for what each side says, and for each call and result, in their order; white space is one space. */
  readonly turns: readonly string[]
}

/** Reads a body of Chat Completions, Messages or Responses as its service would. */
export function sentIn(body: Json): Sent {
  const tools = listOf(body['tools']).map(tool => String((objectOf(tool['function']) ?? tool)['name']))
  const lines = [
    ...textsIn(body['system']).map(text => line('system', text)),
    ...listOf(body['messages'] ?? body['input']).flatMap(linesOf),
  ]
  return { tools, turns: joined(lines) }
}

/** Services differ in where one text ends and the next begins. */
function joined(lines: readonly string[]): readonly string[] {
  const turns: string[] = []
  for (const next of lines) {
    const [from = ''] = next.split(':')
    const last = turns.at(-1)
    const isMore = from !== 'call' && from !== 'result' && last?.startsWith(`${from}: `)
    if (isMore) turns[turns.length - 1] = `${last} ${next.slice(from.length + 2)}`
    else turns.push(next)
  }
  return turns
}

/** The lines of one message or item. */
function linesOf(message: Json): readonly string[] {
  switch (message['type']) {
    case 'function_call':
      return [line('call', `${String(message['name'])} ${String(message['arguments'])}`)]
    case 'function_call_output':
      return textsIn(message['output']).map(text => line('result', text))
    default:
      return [...contentOf(message), ...listOf(message['tool_calls']).map(callLine)]
  }
}

function contentOf({ role, content }: Json): readonly string[] {
  if (role === 'tool') return textsIn(content).map(text => line('result', text))
  if (!Array.isArray(content)) return textsIn(content).map(text => line(String(role), text))
  return listOf(content).flatMap(block => {
    if (block['type'] === 'tool_use')
      return [line('call', `${String(block['name'])} ${JSON.stringify(block['input'])}`)]
    if (block['type'] === 'tool_result') return textsIn(block['content']).map(text => line('result', text))
    return textsIn([block]).map(text => line(String(role), text))
  })
}

function callLine(call: Json): string {
  const { name, arguments: text } = objectOf(call['function']) ?? {}
  return line('call', `${String(name)} ${String(text)}`)
}

function textsIn(content: unknown): readonly string[] {
  if (typeof content === 'string') return [content]
  return listOf(content).map(part => (typeof part['text'] === 'string' ? part['text'] : String(part['type'])))
}

function line(from: string, text: string): string {
  return `${from}: ${text.replaceAll(/\s+/g, ' ')}`
}

function listOf(value: unknown): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : []
}

function objectOf(value: unknown): Json | undefined {
  return typeof value === 'object' && value !== null ? (value as Json) : undefined
}
