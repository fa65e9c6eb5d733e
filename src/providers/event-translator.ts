import { createEventParser } from '../http/event-parser.ts'
import { frame } from '../text/sse.ts'
import type { StreamTranslator } from './translation.ts'

/**
 * Creates a translator that applies `translate` to the data of each event. Data that is not JSON is passed on, and
 * fails the check that every stream is subject to.
 */
export function createEventTranslator<Event extends object>(
  translate: (event: Partial<Event>) => string,
  maxEventLength?: number,
): StreamTranslator {
  let events = ''
  const parser = createEventParser(data => {
    const event = parse(data)
    events += event === undefined ? frame(data.replaceAll('\n', ' ')) : translate(event)
  }, maxEventLength)
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
