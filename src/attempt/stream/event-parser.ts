import { createParser } from 'eventsource-parser'
import type { EventSourceParser } from 'eventsource-parser'
import { badEvent } from './chunk.ts'

/** Longest event that is accepted, in characters. */
const longestEvent = 1024 * 1024

/** A parser of server-sent events in any framing, within a limit. `feed` throws what `onData` throws. */
export function createEventParser(provider: string, onData: (data: string) => void): EventSourceParser {
  return createParser({
    maxBufferSize: longestEvent,
    onEvent: event => onData(event.data),
    onError: error => {
      if (error.type !== 'max-buffer-size-exceeded') return
      throw badEvent(provider, 'sent an event of more than 1 MiB', error)
    },
  })
}
