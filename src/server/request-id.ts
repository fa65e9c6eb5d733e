import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/** A client's own id is kept if it is at most 128 visible ASCII characters. */
const sane = /^[\x21-\x7e]{1,128}$/

/** The id of a request: the client's own `x-request-id`, or a new one. */
export function requestIdOf(request: Pick<IncomingMessage, 'headers'>): string {
  const given = request.headers['x-request-id']
  return typeof given === 'string' && sane.test(given) ? given : newRequestId()
}

/** Drawn once: what follows it is counted, which costs a tenth of drawing each id anew. */
const series = randomUUID().replaceAll('-', '').slice(0, 20)
let count = 0

/** An id in the form that OpenAI's own have, of which there is no other. */
export function newRequestId(): string {
  count++
  return `req_${series}${count.toString(16).padStart(12, '0')}`
}
