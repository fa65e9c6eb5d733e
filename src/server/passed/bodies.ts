import { Readable } from 'node:stream'
import type { JsonBody, OpenedBody, PassedBody, ProviderNames } from '../../chat/passed-request.ts'
import { HulumanageError } from '../../contract/index.ts'
import type { Place } from './multipart.ts'

const arrived = Promise.resolve()

/** A body that is in memory as a whole, so that it can be sent as often as needed. */
abstract class KeptBody implements PassedBody {
  readonly spent = false
  readonly error = undefined
  readonly arrived = arrived
  abstract open(names: ProviderNames): OpenedBody
}

/** No body. */
export class NoBody extends KeptBody {
  open(): OpenedBody {
    return { content: null, length: undefined }
  }
}

/** A JSON object. */
export class PassedJson extends KeptBody {
  readonly #value: JsonBody
  readonly #bytes: Uint8Array | undefined

  /** `bytes`: the original body, unless something was removed from it. */
  constructor(value: JsonBody, bytes: Uint8Array | undefined) {
    super()
    this.#value = value
    this.#bytes = bytes
  }

  open({ model, change }: ProviderNames): OpenedBody {
    const named = model === '' || model === this.#value['model'] ? this.#value : { ...this.#value, model }
    const changed = change(named)
    const content = changed === this.#value ? this.#bytes : undefined
    return withLength(content ?? Buffer.from(JSON.stringify(changed)))
  }
}

/** Bytes of any type, in which only the name of the model is replaced. */
export class PassedBytes extends KeptBody {
  readonly #bytes: Buffer
  readonly #place: Place | undefined

  constructor(bytes: Buffer, place: Place | undefined) {
    super()
    this.#bytes = bytes
    this.#place = place
  }

  open({ model }: ProviderNames): OpenedBody {
    const parts = withModel(this.#bytes, this.#place, model)
    return withLength(parts.length === 1 ? parts[0]! : Buffer.concat(parts))
  }
}

/** A body of which only the beginning is in memory. It is sent once, as it arrives. */
export class PassedStream implements PassedBody {
  readonly arrived: Promise<void>
  spent = false
  error: HulumanageError | undefined
  readonly #start: Buffer
  readonly #place: Place | undefined
  readonly #rest: AsyncIterator<Buffer>
  readonly #length: number | undefined
  readonly #limit: number
  #hasArrived: () => void = () => {}

  /**
   * `rest`: what follows `start`; `length`: bytes of both, if the client has announced them; `limit`: bytes of both at
   * most.
   */
  constructor(
    start: Buffer,
    rest: AsyncIterator<Buffer>,
    { place, length, limit }: { place: Place | undefined; length: number | undefined; limit: number },
  ) {
    this.#start = start
    this.#place = place
    this.#rest = rest
    this.#length = length
    this.#limit = limit
    this.arrived = new Promise(resolve => {
      this.#hasArrived = resolve
    })
  }

  open({ model }: ProviderNames): OpenedBody {
    const start = withModel(this.#start, this.#place, model)
    const grown = start.reduce((sum, part) => sum + part.length, 0) - this.#start.length
    return {
      content: Readable.from(this.#send(start), { objectMode: false }),
      length: this.#length === undefined ? undefined : this.#length + grown,
    }
  }

  async *#send(start: readonly Buffer[]): AsyncGenerator<Buffer> {
    if (this.spent)
      throw new HulumanageError('upstream_error', 'the body of the request has been sent already')
    this.spent = true
    yield* start
    try {
      yield* this.#remaining()
    } catch (error) {
      this.error =
        error instanceof HulumanageError
          ? error
          : new HulumanageError('client_closed', 'The client broke off its request', { cause: error })
      throw this.error
    } finally {
      this.#hasArrived()
    }
  }

  async *#remaining(): AsyncGenerator<Buffer> {
    let size = this.#start.length
    // Without for-await: leaving that loop early would destroy the connection on which the error is to be sent.
    for (let next = await this.#rest.next(); next.done !== true; next = await this.#rest.next()) {
      size += next.value.length
      if (size > this.#limit) throw tooLarge()
      yield next.value
    }
  }
}

/** The error for a body over `pass_through.body_bytes`. */
export function tooLarge(): HulumanageError {
  return new HulumanageError(
    'request_too_large',
    'The request body is larger than pass_through.body_bytes allows',
  )
}

function withLength(content: Uint8Array): OpenedBody {
  return { content, length: content.length }
}

/** The bytes with another model name, in pieces; the bytes themselves if the name is the same. */
function withModel(bytes: Buffer, place: Place | undefined, model: string): readonly Buffer[] {
  if (!place || model === '' || bytes.toString('utf8', place.start, place.end) === model) return [bytes]
  return [bytes.subarray(0, place.start), Buffer.from(model), bytes.subarray(place.end)]
}
