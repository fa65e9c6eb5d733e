import { createParser } from 'eventsource-parser'
import type { EventSourceParser } from 'eventsource-parser'
import { HulumanageError } from '../contract/index.ts'

/** Maximum length of an event, in characters, unless the configuration has its say: the default of `limits.response_bytes`. */
export const maxEventLength = 32 * 1024 * 1024

/**
 * Creates a parser of a provider's server-sent events, in any framing. Its time is linear in the text, however it is cut.
 * `feed` throws `upstream_too_large` for an event of more than `maxLength` characters, and whatever `onData` throws.
 */
export function createEventParser(
  onData: (data: string) => void,
  maxLength: number = maxEventLength,
): EventSourceParser {
  return createParser({
    maxBufferSize: maxLength,
    onEvent: event => onData(event.data),
    onError: error => {
      if (error.type !== 'max-buffer-size-exceeded') return
      throw new HulumanageError('upstream_too_large', `sent an event of more than ${maxLength} characters`, {
        cause: error,
      })
    },
  })
}
