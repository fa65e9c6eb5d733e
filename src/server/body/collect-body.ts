import type { Readable } from 'node:stream'
import type { FastifyRequest } from 'fastify'
import { HulumanageError } from '../../contract/index.ts'
import { ByteList } from '../../http/pieces/byte-list.ts'

/** Receives the bytes of a body, or the error that kept it from being read. */
export type OnBody = (error: Error | null, bytes?: Buffer) => void

/** Collects the bytes of a body within the limit of its route, in memory that depends on their number alone. */
export function collectBody(request: FastifyRequest, stream: Readable, onBody: OnBody): void {
  const limit = request.routeOptions.bodyLimit
  const length = Number(request.headers['content-length'])
  if (length > limit) return onBody(tooLarge())
  const bytes = new ByteList()
  const settle: OnBody = (...outcome) => {
    stream.off('data', onData).off('end', onEnd).off('error', onError)
    onBody(...outcome)
  }
  const onData = (piece: Buffer): void => {
    if (bytes.length + piece.length > limit) settle(tooLarge())
    else bytes.add(piece)
  }
  const onEnd = (): void => settle(null, bytes.whole())
  // The client has broken it off.
  const onError = (error: Error): void => settle(Object.assign(error, { statusCode: 400 }))
  stream.on('data', onData).on('end', onEnd).on('error', onError)
}

function tooLarge(): HulumanageError {
  return new HulumanageError('request_too_large', 'The request body is larger than limits.body_bytes allows')
}
