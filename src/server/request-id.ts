import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/** A client's own id is kept if it consists of at most 128 visible ASCII characters. */
const acceptable = /^[\x21-\x7e]{1,128}$/

/** The id of a request: the client's own `x-request-id`, or a new one. */
export function requestIdOf(request: Pick<IncomingMessage, 'headers'>): string {
  const given = request.headers['x-request-id']
  return typeof given === 'string' && acceptable.test(given) ? given : newRequestId()
}

/** Drawn once; the rest of each id is counted, which costs a tenth of drawing a new one. */
const series = randomUUID().replaceAll('-', '').slice(0, 20)
let count = 0

/** A unique id in the form of OpenAI's own. */
export function newRequestId(): string {
  count++
  return `req_${series}${count.toString(16).padStart(12, '0')}`
}
