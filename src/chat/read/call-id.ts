import { randomBytes } from 'node:crypto'

/** An id for a tool call to which its provider gave none. It differs from those of earlier turns. */
export function newCallId(): string {
  return `call_${randomBytes(12).toString('hex')}`
}
