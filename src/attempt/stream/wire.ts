import { doneFrame } from '../../text/sse.ts'
import type { NativeEvents } from '../native-events.ts'
import type { EventQueue } from './event-queue.ts'

/** A body that is read as text, once. */
interface ReadBody {
  /** Called when reading begins; throws if it has begun before. */
  begin: () => void
  /** Called when the reader leaves, or has read everything. */
  cancel: () => void
}

/** The frames of a stream, as its provider sent them. */
export async function* framesOf(body: ReadBody, queue: EventQueue): AsyncGenerator<string> {
  body.begin()
  try {
    while (await queue.ready()) yield queue.takeText()
    yield doneFrame
  } finally {
    body.cancel()
  }
}

/** The service's own events, at the pace of the chat events made of them. */
export async function* nativeEventsOf(
  body: ReadBody,
  queue: EventQueue,
  events: NativeEvents,
): AsyncGenerator<string> {
  body.begin()
  try {
    while (await queue.ready()) {
      queue.takeAll()
      yield events.take()
    }
    // Events after the last one with a counterpart in chat.
    yield events.take()
  } finally {
    body.cancel()
  }
}
