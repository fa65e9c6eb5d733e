import { chunksViolations, completionViolations } from './chat-answer.ts'
import { isEventStream } from './event-stream.ts'
import { messageStreamViolations, messageViolations } from './messages-answer.ts'
import { responseViolations } from './responses-answer.ts'
import { responseStreamViolations } from './responses-stream.ts'

/** A dialect in which the server answers clients. */
export type Dialect = 'chat' | 'responses' | 'messages'

const wholes = { chat: completionViolations, responses: responseViolations, messages: messageViolations }
const streams = {
  chat: chunksViolations,
  responses: responseStreamViolations,
  messages: messageStreamViolations,
}

/**
 * Lists what an SDK could not read, or would misread, in the body of an answer, whole or streamed. An error in the form
 * of the dialect is valid, even in the middle of a stream; a stream that just breaks off is not.
 */
export function answerViolations(dialect: Dialect, body: string): string[] {
  if (isEventStream(body)) return streams[dialect](body)
  try {
    return wholes[dialect](JSON.parse(body))
  } catch {
    return ['body: is no JSON']
  }
}
