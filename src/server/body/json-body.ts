import { isUtf8 } from 'node:buffer'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { HulumanageError } from '../../contract/index.ts'
import { isObject } from '../../dialects/check.ts'
import { withoutByteOrderMark } from '../../text/byte-order-mark.ts'
import { deploymentOf } from '../paths/azure-paths.ts'
import { excessOf } from './json-limits.ts'
import type { Excess } from './json-limits.ts'
import { collectBody } from './collect-body.ts'
import { scanJson } from '../../text/json/scan.ts'
import { isTooDeep } from '../../text/json/parse.ts'

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
 * Maximum bytes of a body that is parsed before it is compared with the limits. That takes a fraction of the time of a scan,
 * and a body of this size takes no longer to parse beyond the limits than it may within them.
 */
const parsedFirst = 1024 * 1024

/**
 * Accepts only JSON bodies, in UTF-8, within the limits of size, depth and number of values, and without keys that
 * reach an object's prototype. Keeps the bytes along with the parsed body. Routes with `anyBody` get other bodies as
 * streams.
 */
export function acceptJson(app: FastifyInstance, maxDepth: () => number): void {
  app.decorateRequest('bytes', null)
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', (request, stream, done) => {
    collectBody(request, stream, (failure, body) => {
      if (!body) return done(failure)
      const bytes = apart(withoutByteOrderMark(body))
      // Some SDKs send a content type without a body.
      if (bytes.length === 0 && request.routeOptions.config.anyBody) return done(null)
      request.bytes = bytes
      let value: unknown
      try {
        checkHeaders(request)
        value = withDeployment(request, read(bytes, maxDepth()))
      } catch (error) {
        return done(error as Error)
      }
      done(null, value)
    })
  })
  app.addContentTypeParser('*', (request, stream, done) => {
    if (request.routeOptions.config.anyBody) done(null, stream)
    else done(new HulumanageError('unsupported_media_type', notJson))
  })
}

/** Replaces the model of a body by the deployment in a path of Azure, whose clients may omit it, and which ignores it. */
function withDeployment(request: FastifyRequest, value: unknown): unknown {
  const model = deploymentOf(request.originalUrl)
  if (model === undefined || !isObject(value) || value['model'] === model) return value
  const named = { ...value, model }
  request.bytes = Buffer.from(JSON.stringify(named))
  return named
}

/** A small buffer is a slice of a pool that Node shares among many: it would keep the whole pool alive as long as its request. */
function apart(bytes: Buffer): Buffer {
  if (bytes.buffer.byteLength <= 2 * bytes.length) return bytes
  const copy = Buffer.allocUnsafeSlow(bytes.length)
  copy.set(bytes)
  return copy
}

function checkHeaders({ headers }: FastifyRequest): void {
  const charset = /;\s*charset\s*=\s*"?([^\s;"]*)/i.exec(headers['content-type'] ?? '')?.[1]
  if (charset !== undefined && !/^utf-?8$/i.test(charset)) {
    throw new HulumanageError('unsupported_media_type', `The body must be UTF-8, not ${charset}`)
  }
}

/** The value of a body. Throws if it is not JSON in UTF-8, or exceeds a limit. */
function read(bytes: Buffer, maxDepth: number): unknown {
  if (bytes.length === 0) throw new HulumanageError('invalid_json', 'The request body is empty; send JSON')
  if (!isUtf8(bytes)) throw new HulumanageError('invalid_json', 'The request body is not valid UTF-8')
  const text = bytes.toString('utf8')
  if (bytes.length > parsedFirst) refuse(scanJson(text, maxDepth, maxValues), maxDepth)
  else if (isTooDeep(text)) refuse('depth', maxDepth)
  const value = parse(text)
  refuse(excessOf(value, maxDepth, maxValues), maxDepth)
  return value
}

function refuse(excess: Excess | undefined, maxDepth: number): void {
  if (excess === undefined) return
  const problems = {
    depth: `is nested deeper than ${maxDepth} levels`,
    values: `contains more than ${maxValues} values`,
    key: 'contains a forbidden key: __proto__ or constructor.prototype',
  }
  throw new HulumanageError('invalid_json', `The request body ${problems[excess]}`)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const position = /at position \d+.*$/.exec((error as Error).message)?.[0]
    const where = position ? ` ${position}` : ''
    throw new HulumanageError('invalid_json', `The request body is not valid JSON${where}`, { cause: error })
  }
}
