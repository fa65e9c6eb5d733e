import type { Socket } from 'node:net'
import type { ErrorCode } from '../../contract/index.ts'
import { HulumanageError } from '../../contract/index.ts'
import { errorAnswer } from './errors.ts'
import { closeLingering } from './lingering-close.ts'
import { newRequestId } from '../request-id.ts'

/** Answers a request that the HTTP parser refuses, in the shape of all other errors, and closes the connection. */
export function onClientError(error: Error & { code?: string }, socket: Socket): void {
  // After the first answer on a connection, another one may be under way, and this error could end up inside it.
  if (!socket.writable || socket.bytesWritten > 0) {
    socket.destroy()
    return
  }
  closeLingering(socket, rawAnswer(codedClientError(error.code)))
}

function codedClientError(code: string | undefined): HulumanageError {
  const [ours, message] = clientErrors[code ?? ''] ?? malformed
  return new HulumanageError(ours, message, { status: ours === 'invalid_value' ? 400 : undefined })
}

const malformed = ['invalid_value', 'The request is not well-formed HTTP'] as const
const clientErrors: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  HPE_HEADER_OVERFLOW: ['headers_too_large', 'The request headers are larger than 16 KiB'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: ['request_too_large', 'The chunk extensions of the body are too large'],
  ERR_HTTP_REQUEST_TIMEOUT: ['request_timeout', 'The request took too long to arrive'],
}

function rawAnswer(error: HulumanageError): string {
  const id = newRequestId()
  const body = JSON.stringify(errorAnswer(error, id).body)
  return [
    // The reason phrase may be empty (RFC 9112, section 4).
    `HTTP/1.1 ${error.status} `,
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    `x-request-id: ${id}`,
    'connection: close',
    '',
    body,
  ].join('\r\n')
}
