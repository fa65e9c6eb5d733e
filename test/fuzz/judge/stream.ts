import type { Dialect } from '../exchange.ts'
import { judgeChunks } from './chunk-stream.ts'
import { judgeMessageEvents } from './message-stream.ts'
import { judgeResponseEvents } from './response-stream.ts'

/** An event as a client reads it; `json` is undefined for data that is not JSON. */
export interface ReceivedEvent {
  readonly name: string
  readonly data: string
  readonly json: unknown
}

export interface StreamVerdict {
  readonly wrong: readonly string[]
  /** Whether the client considers the answer complete, failed, or broken off. */
  readonly ending: 'complete' | 'failed' | 'open'
}

/** Judges the text of a stream by the rules of its dialect. */
export function judgeStream(dialect: Dialect, text: string, isWhole: boolean): StreamVerdict {
  const events = eventsOf(text, isWhole)
  const junk = events.find(
    ({ data, json }) => data !== '[DONE]' && (typeof json !== 'object' || json === null),
  )
  if (junk) return { wrong: ['an event is no JSON object'], ending: 'open' }
  switch (dialect) {
    case 'messages':
      return judgeMessageEvents(events)
    case 'responses':
      return judgeResponseEvents(events)
    default:
      return judgeChunks(dialect === 'chat' ? 'chat' : 'completions', events)
  }
}

/** The events of a text by the standard: without an empty line at its end, it is not an event. */
export function eventsOf(text: string, isWhole: boolean): ReceivedEvent[] {
  const blocks = text.split(/\r\n\r\n|\n\n|\r\r/)
  const rest = blocks.pop() ?? ''
  if (isWhole && rest.trim() !== '') blocks.push(rest)
  return blocks.flatMap(block => {
    const lines = block.split(/\r\n|\n|\r/)
    const data = valuesOf(lines, 'data')
    if (data.length === 0) return []
    const joined = data.join('\n')
    return [{ name: valuesOf(lines, 'event').at(-1) ?? '', data: joined, json: parse(joined) }]
  })
}

function valuesOf(lines: readonly string[], field: string): string[] {
  return lines.flatMap(line =>
    line.startsWith(`${field}:`) ? [line.slice(field.length + 1).replace(/^ /, '')] : [],
  )
}

function parse(data: string): unknown {
  try {
    return JSON.parse(data)
  } catch {
    return undefined
  }
}
