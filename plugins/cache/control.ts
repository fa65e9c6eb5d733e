import { cacheWishesOf } from '../../src/chat/notes/cache-wishes.ts'
import { HulumanageError } from '../../src/contract/index.ts'
import type { ChatRequest } from '../../src/contract/index.ts'

/** A request's wishes about the cache. */
export interface Control {
  /** Get a fresh answer, which is then stored. */
  readonly noCache: boolean
  /** Neither read nor store an answer. */
  readonly noStore: boolean
}

export interface ControlledRequest {
  readonly control: Control
  /** The request without the field; the same object if it had none. */
  readonly request: ChatRequest
}

const names = ['no-cache', 'no-store']
const defaults: Control = { noCache: false, noStore: false }

/** Takes the field `cache` out of a request; throws `invalid_value` if the field is not valid. */
export function takeControl(request: ChatRequest): ControlledRequest {
  const noted = cacheWishesOf(request)
  if (noted !== undefined) return { control: readControl(noted), request }
  if (!('cache' in request)) return { control: defaults, request }
  const { cache, ...rest } = request
  return { control: readControl(cache), request: rest }
}

function readControl(cache: unknown): Control {
  if (cache === null || cache === undefined) return defaults
  if (typeof cache !== 'object' || Array.isArray(cache)) throw invalid('cache', 'expected an object')
  for (const [name, value] of Object.entries(cache)) {
    if (!names.includes(name)) throw invalid(`cache.${name}`, `unknown field; known are ${names.join(', ')}`)
    if (typeof value !== 'boolean') throw invalid(`cache.${name}`, 'expected true or false')
  }
  const fields = cache as Readonly<Record<string, boolean>>
  return { noCache: fields['no-cache'] === true, noStore: fields['no-store'] === true }
}

function invalid(param: string, what: string): HulumanageError {
  return new HulumanageError('invalid_value', `${param}: ${what}`, { param })
}
