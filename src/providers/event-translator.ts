import { createParser } from 'eventsource-parser'
import type { StreamTranslator } from './translation.ts'

/** Longest event that is accepted, in characters. */
const longestEvent = 1024 * 1024

/** A translator of what each event of a stream has as its data; what is no JSON goes on as it is, to fail where every stream is checked. */
export function eventTranslator<Event extends object>(
  eventsOf: (event: Partial<Event>) => string,
): StreamTranslator {
  let events = ''
  const parser = createParser({
    maxBufferSize: longestEvent,
    onEvent: ({ data }) => {
      const event = parsed(data)
      events += event === undefined ? `data: ${data.replaceAll('\n', ' ')}\n\n` : eventsOf(event)
    },
    onError: error => {
      if (error.type === 'max-buffer-size-exceeded') throw error
    },
  })
  return text => {
    events = ''
    parser.feed(text)
    return events
  }
}

function parsed(data: string): object | undefined {
  try {
    return (JSON.parse(data) as object | null) ?? {}
  } catch {
    return undefined
  }
}
