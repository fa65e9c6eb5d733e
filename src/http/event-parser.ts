import { createParser } from 'eventsource-parser'
import type { EventSourceParser } from 'eventsource-parser'
import { HulumanageError } from '../contract/index.ts'

/** Maximum length of an event, in characters. */
const maxEventLength = 1024 * 1024

/**
 * Creates a parser of a provider's server-sent events, in any framing. `feed` throws `upstream_bad_response` for an event
 * that is too long, and whatever `onData` throws.
 */
export function createEventParser(onData: (data: string) => void): EventSourceParser {
  return createParser({
    maxBufferSize: maxEventLength,
    onEvent: event => onData(event.data),
    onError: error => {
      if (error.type !== 'max-buffer-size-exceeded') return
      throw new HulumanageError('upstream_bad_response', 'sent an event of more than 1 MiB', { cause: error })
    },
  })
}
