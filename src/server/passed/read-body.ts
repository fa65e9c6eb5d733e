import type { FastifyRequest } from 'fastify'
import type { PassedBody } from '../../chat/passed-request.ts'
import type { OwnFields } from '../../chain/request.ts'
import type { Config } from '../../config/schema.ts'
import { HulumanageError } from '../../contract/index.ts'
import { ByteList } from '../../http/pieces/byte-list.ts'
import { check, isObject, sharedFields } from '../../dialects/check.ts'
import { takeOwnFields } from '../../dialects/own-fields.ts'
import { NoBody, PassedBytes, PassedJson, PassedStream, tooLarge } from './bodies.ts'
import { boundaryOf, findField } from './multipart.ts'

/** The body of a request that is passed on, and the parts of it that concern this server. */
export interface ReadBody {
  readonly body: PassedBody
  /** Empty if the body names none, as far as it is in memory. */
  readonly model: string
  readonly own: OwnFields
}

export interface ReadBodyOptions {
  readonly aliases: ReadonlySet<string>
  readonly config: Pick<Config, 'limits' | 'pass_through'>
  /**
   * Whether the service may read no other model than this server: JSON is written again, and a form must be a plain one that
   * is in memory as a whole.
   */
  readonly isStrict: boolean
}

/** Reads the body of a request: all of it if it is JSON or small enough, else its beginning. */
export async function readPassedBody(request: FastifyRequest, options: ReadBodyOptions): Promise<ReadBody> {
  const { bytes, body, raw } = request
  if (bytes) return readJson(bytes, body, options)
  if (body !== raw) return { body: new NoBody(), model: '', own: {} }
  return await readOther(request, options)
}

function readJson(bytes: Buffer, value: unknown, { aliases, isStrict }: ReadBodyOptions): ReadBody {
  if (!isObject(value)) return { body: new PassedBytes(bytes, undefined), model: '', own: {} }
  const { rest, own } = takeOwnFields(value, aliases, 'passed')
  const body = new PassedJson(rest, rest === value && !isStrict ? bytes : undefined)
  return { body, model: check(sharedFields.model, rest['model'], 'model') ?? '', own }
}

/** Endpoints whose forms name a model, though many clients put it behind the file. */
const needsModel = /^(?:\/v1)?\/(?:audio|images)\//i
/** Bytes of such a form that are kept in memory to find its model: the services take files of 25 MB. */
const searchedBytes = 32 * 1024 * 1024

async function readOther(
  { raw, headers, url }: FastifyRequest,
  { config, isStrict }: ReadBodyOptions,
): Promise<ReadBody> {
  const limit = config.pass_through.body_bytes
  const announced = headers['content-length']
  const length = announced === undefined ? undefined : Number(announced)
  if (length !== undefined && length > limit) throw tooLarge()
  const rest = raw[Symbol.asyncIterator]() as AsyncIterator<Buffer>
  const kept = Math.min(config.limits.body_bytes, limit)
  let { start, whole } = await readStart(rest, kept)
  const type = headers['content-type'] ?? ''
  const boundary = boundaryOf(type)
  const find = () => (boundary === undefined ? undefined : findField(start, boundary, 'model'))
  let place = find()
  if (!place && !whole && boundary !== undefined && needsModel.test(url)) {
    ;({ start, whole } = await readStart(rest, Math.min(Math.max(kept, searchedBytes), limit), start))
    place = find()
    if (!place && !whole && start.length <= limit) throw modelTooLate()
  }
  if (start.length > limit) throw tooLarge()
  if (isStrict && boundary !== undefined) {
    if (!whole) throw tooLargeToCheck()
    const { checkPlainForm } = await import('./plain-form.ts')
    checkPlainForm(start, boundary, type)
  }
  const named = place && start.toString('utf8', place.start, place.end)
  const body = whole ? new PassedBytes(start, place) : new PassedStream(start, rest, { place, length, limit })
  return { body, model: (named && check(sharedFields.model, named, 'model')) ?? '', own: {} }
}

/** No client is left to receive this error. */
function broken(cause: unknown): never {
  throw new HulumanageError('client_closed', 'The client broke off its request', { cause })
}

function tooLargeToCheck(): HulumanageError {
  const message =
    'A client that may use only some models sends forms no larger than limits.body_bytes, to be checked as a whole'
  return new HulumanageError('request_too_large', message)
}

function modelTooLate(): HulumanageError {
  const problem = 'there is no model in the first 32 MiB of the form; put this field before the file'
  return new HulumanageError('invalid_value', `model: ${problem}`, { param: 'model' })
}

/** Reads until the end, or until there are more than `most` bytes, `before` included. */
async function readStart(
  source: AsyncIterator<Buffer>,
  most: number,
  before: Buffer = Buffer.alloc(0),
): Promise<{ readonly start: Buffer; readonly whole: boolean }> {
  const bytes = new ByteList()
  bytes.add(before)
  while (bytes.length <= most) {
    const next = await source.next().catch(broken)
    if (next.done === true) return { start: bytes.whole(), whole: true }
    bytes.add(next.value)
  }
  return { start: bytes.whole(), whole: false }
}
