import { eventsOf } from '../fuzz/judge/stream.ts'
import type { Request } from './request.ts'

type Json = Readonly<Record<string, unknown>>

/**
 * The text of an answer as a client of the dialect puts it together, or the arguments of its calls if it has no text. The
 * part that has come, if a stream breaks off.
 */
export function textOf({ dialect, stream }: Pick<Request, 'dialect' | 'stream'>, text: string): string {
  const values = stream ? eventsOf(text, true).map(({ json }) => json) : [JSON.parse(text) as unknown]
  return listOf(values)
    .map(value => said[dialect](value))
    .join('')
}

const said: Readonly<Record<Request['dialect'], (value: Json) => string>> = {
  chat: value =>
    listOf(value['choices'])
      .map(choice => partOf(choice['delta'] ?? choice['message']))
      .join(''),
  completions: value => joined(value['choices'], 'text'),
  messages: value => {
    const { delta } = value
    if (delta) return joined([delta], 'text') + joined([delta], 'partial_json')
    return listOf(value['content'])
      .map(block => joined([block], 'text') + inputOf(block))
      .join('')
  },
  responses: value => {
    const { type, delta } = value
    const isDelta = type === 'response.output_text.delta' || type === 'response.function_call_arguments.delta'
    if (isDelta) return String(delta)
    return listOf(value['output'])
      .map(item => joined(item['content'], 'text') + joined([item], 'arguments'))
      .join('')
  },
  embeddings: () => '',
}

function partOf(message: unknown): string {
  const { tool_calls: calls } = (message ?? {}) as Json
  return (
    joined([message], 'content') +
    listOf(calls)
      .map(call => joined([call['function']], 'arguments'))
      .join('')
  )
}

function inputOf({ type, input }: Json): string {
  return type === 'tool_use' ? JSON.stringify(input) : ''
}

function joined(items: unknown, field: string): string {
  return listOf(items)
    .map(item => item[field])
    .filter(value => typeof value === 'string')
    .join('')
}

function listOf(value: unknown): Json[] {
  return Array.isArray(value) ? value.filter(item => typeof item === 'object' && item !== null) : []
}
