import { createParser } from 'eventsource-parser'
import type { StreamTranslator } from './translation.ts'

/** Maximum length of an event, in characters. */
const maxEventLength = 1024 * 1024

/**
 * Creates a translator that applies `translate` to the data of each event. Data that is not JSON is passed on, and
 * fails the check that every stream is subject to.
 */
export function createEventTranslator<Event extends object>(
  translate: (event: Partial<Event>) => string,
): StreamTranslator {
  let events = ''
  const parser = createParser({
    maxBufferSize: maxEventLength,
    onEvent: ({ data }) => {
      const event = parse(data)
      events += event === undefined ? `data: ${data.replaceAll('\n', ' ')}\n\n` : translate(event)
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

function parse(data: string): object | undefined {
  try {
    return (JSON.parse(data) as object | null) ?? {}
  } catch {
    return undefined
  }
}
