import { HulumanageError } from '../../src/contract/index.ts'
import type { ChatRequest } from '../../src/contract/index.ts'

/** What a request says about the cache. */
export interface Control {
  /** Wants a fresh answer, which is then kept. */
  readonly noCache: boolean
  /** Wants nothing read and nothing kept. */
  readonly noStore: boolean
}

export interface Controlled {
  readonly control: Control
  /** The request without the field: the same object where it had none. */
  readonly asked: ChatRequest
}

const names = ['no-cache', 'no-store']
const silent: Control = { noCache: false, noStore: false }

/** Takes the field `cache` out of a request; throws `invalid_value` where it says something else than it can. */
export function takeControl(request: ChatRequest): Controlled {
  if (!('cache' in request)) return { control: silent, asked: request }
  const { cache, ...asked } = request
  return { control: readControl(cache), asked }
}

function readControl(cache: unknown): Control {
  if (cache === null || cache === undefined) return silent
  if (typeof cache !== 'object' || Array.isArray(cache)) throw invalid('cache', 'expected an object')
  for (const [name, value] of Object.entries(cache)) {
    if (!names.includes(name)) throw invalid(`cache.${name}`, `no such field; there are ${names.join(', ')}`)
    if (typeof value !== 'boolean') throw invalid(`cache.${name}`, 'expected true or false')
  }
  const said = cache as Readonly<Record<string, boolean>>
  return { noCache: said['no-cache'] === true, noStore: said['no-store'] === true }
}

function invalid(param: string, what: string): HulumanageError {
  return new HulumanageError('invalid_value', `${param}: ${what}`, { param })
}
