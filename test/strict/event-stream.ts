import { isObject } from './shape.ts'
import type { Json } from './shape.ts'

/** An event of a stream: its name, and its data as parsed JSON, or as text if it is not JSON. */
export interface Event {
  readonly name: string | undefined
  readonly data: Json | string
}

export interface EventStream {
  readonly events: readonly Event[]
  /** The faults of the framing. */
  readonly violations: readonly string[]
}

/** Reads a stream of server-sent events strictly by its grammar. https://html.spec.whatwg.org/multipage/server-sent-events.html */
export function eventStreamOf(text: string): EventStream {
  const blocks = text.split(/\r\n\r\n|\n\n|\r\r/)
  const rest = blocks.pop() ?? ''
  const read = blocks.map((block, index) => eventOf(block, `events[${index}]`))
  return {
    events: read.flatMap(({ event }) => event ?? []),
    violations: [
      ...read.flatMap(({ violations }) => violations),
      ...(contentOf(rest).length === 0 ? [] : ['body: the stream ends in the middle of an event']),
    ],
  }
}

interface ReadEvent {
  readonly event?: Event
  readonly violations: readonly string[]
}

function eventOf(block: string, place: string): ReadEvent {
  const lines = contentOf(block)
  const fields = lines.map(line => /^(event|data|id|retry):? ?(.*)$/s.exec(line))
  const strange = lines.filter((_, at) => !fields[at])
  const violations = strange.map(line => `${place}: not a line of an event: ${line.slice(0, 40)}`)
  const valuesOf = (wanted: string) => fields.flatMap(found => (found?.[1] === wanted ? [found[2]!] : []))
  const data = valuesOf('data')
  // Valid, but openai-go before 3.43 fails on it: https://github.com/openai/openai-go/issues/556
  if (data.length === 0)
    return { violations: [...violations, `${place}: an empty line without data before it`] }
  return { event: { name: valuesOf('event').at(-1), data: parsed(data.join('\n')) }, violations }
}

/** The lines of a block without its comments. */
function contentOf(block: string): string[] {
  return block.split(/\r\n|\n|\r/).filter(line => !line.startsWith(':') && line !== '')
}

function parsed(text: string): Json | string {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : text
  } catch {
    return text
  }
}

/** Whether a body is a stream of events rather than JSON. */
export function isEventStream(body: string): boolean {
  return !/^\s*[{[]/.test(body)
}
