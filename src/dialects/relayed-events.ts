import { textOf } from '../chat/read/fields.ts'
import { HulumanageError } from '../contract/index.ts'
import { namedFrame } from '../text/sse.ts'
import type { StreamEvent } from './dialect.ts'

/** The data of events that were relayed, in their frames. */
export function eventsIn(frames: string): StreamEvent[] {
  return frames
    .split('\n\n')
    .slice(0, -1)
    .map(event => JSON.parse(event.slice(event.indexOf('{'))) as StreamEvent)
}

/** Events in named frames. */
export function framesOf(events: readonly StreamEvent[]): string {
  return events.map(event => namedFrame(textOf(event['type']), JSON.stringify(event))).join('')
}

/** The error for a rest that adds to a part of the answer that has ended. */
export function doesNotFit(): HulumanageError {
  return new HulumanageError(
    'upstream_bad_response',
    'The rest of the answer does not fit what was sent of it',
  )
}
