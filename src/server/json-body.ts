import { isUtf8 } from 'node:buffer'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { HulumanageError } from '../contract/index.ts'
import { withoutByteOrderMark } from '../text/byte-order-mark.ts'
import { scanJson } from './json-scan.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The body as received; null for a request without one. */
    bytes: Buffer | null
  }
  interface FastifyContextConfig {
    /** Accepts bodies of every type, which the route reads itself unless they are JSON, and empty JSON bodies. */
    anyBody?: boolean
  }
}

const notJson = 'The request body must be JSON; send content-type: application/json'

/** Maximum values in a body, counted as brackets and commas: the cost of parsing grows with them, not with bytes. */
const maxValues = 200_000

/**
 * Accepts only JSON bodies, in UTF-8, within the limits of size, depth and number of values, and without keys that
 * reach an object's prototype. Keeps the bytes along with the parsed body. Routes with `anyBody` get other bodies as
 * streams.
 */
export function acceptJson(app: FastifyInstance, maxDepth: () => number): void {
  const parseSafely = app.getDefaultJsonParser('error', 'error')
  app.decorateRequest('bytes', null)
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    try {
      // A buffer, because of parseAs above.
      const bytes = withoutByteOrderMark(body as Buffer)
      // Some SDKs send a content type without a body.
      if (bytes.length === 0 && request.routeOptions.config.anyBody) return done(null)
      checkHeaders(request)
      const isSuspect = checkBytes(bytes, maxDepth())
      request.bytes = bytes
      const text = bytes.toString('utf8')
      if (!isSuspect) return done(null, parse(bytes, text))
      // This parser also searches the text for forbidden keys, which takes as long as parsing it.
      void parseSafely(request, text, (error, value) => {
        if (error) done(invalidJson(bytes, error))
        else done(null, value)
      })
    } catch (error) {
      done(error as Error)
    }
  })
  app.addContentTypeParser('*', (request, stream, done) => {
    if (request.routeOptions.config.anyBody) done(null, stream)
    else done(new HulumanageError('unsupported_media_type', notJson))
  })
}

function checkHeaders({ headers }: FastifyRequest): void {
  const charset = /;\s*charset\s*=\s*"?([^\s;"]*)/i.exec(headers['content-type'] ?? '')?.[1]
  if (charset !== undefined && !/^utf-?8$/i.test(charset)) {
    throw new HulumanageError('unsupported_media_type', `The body must be UTF-8, not ${charset}`)
  }
}

/** Throws if the bytes are not JSON that may be parsed; returns whether they may hold a forbidden key. */
function checkBytes(bytes: Buffer, maxDepth: number): boolean {
  if (bytes.length === 0) throw new HulumanageError('invalid_json', 'The request body is empty; send JSON')
  if (!isUtf8(bytes)) throw new HulumanageError('invalid_json', 'The request body is not valid UTF-8')
  const { exceeded, isSuspect } = scanJson(bytes, maxDepth, maxValues)
  if (exceeded === 'depth') {
    throw new HulumanageError('invalid_json', `The request body is nested deeper than ${maxDepth} levels`)
  }
  if (exceeded === 'values') {
    throw new HulumanageError('invalid_json', `The request body contains more than ${maxValues} values`)
  }
  return isSuspect
}

function parse(bytes: Buffer, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw invalidJson(bytes, error as Error)
  }
}

/** The parser does not report what is wrong, but parsing again does; only an invalid body pays for it. */
function invalidJson(bytes: Buffer, cause: Error): HulumanageError {
  try {
    JSON.parse(bytes.toString('utf8'))
  } catch (error) {
    const position = /at position \d+.*$/.exec((error as Error).message)?.[0]
    const where = position ? ` ${position}` : ''
    return new HulumanageError('invalid_json', `The request body is not valid JSON${where}`, { cause })
  }
  return new HulumanageError(
    'invalid_json',
    'The request body contains a forbidden key: __proto__ or constructor.prototype',
    { cause },
  )
}
