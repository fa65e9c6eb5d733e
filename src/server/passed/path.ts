import { HulumanageError } from '../../contract/index.ts'

/**
 * A segment of a path that reads the same everywhere: no dots alone, no encoded slash, and nothing that a server may resolve,
 * cut off as a parameter of the segment, or decode twice.
 */
const segment = /^(?!\.{1,2}$)(?:[\w.~!$&'()*+,=:@-]|%(?!2[5ef]|3b|5c|0|1)[0-9a-f]{2})+$/i
/** A query without characters that do not belong in a URL. */
const query = /^[\x21\x23-\x7e]*$/

/**
 * The path of a request below `/v1`, with its query, if it may be passed on; throws `unknown_url` if not. `allowed`: the
 * `pass_through.paths` of the configuration.
 */
export function passedPathOf(url: string, allowed: readonly string[]): string {
  const [whole = '', ...rest] = url.split('?')
  const path = whole
    .replace(/^\/{2,}/, '/')
    .replace(/^\/v1(?=\/)/i, '')
    .replace(/(?<=[^/])\/$/, '')
  const search = rest.join('?')
  const isSound =
    path
      .split('/')
      .slice(1)
      .every(part => segment.test(part)) && query.test(search)
  if (!isSound || !isAllowed(path.slice(1), allowed)) {
    const shown = whole.slice(0, 200)
    throw new HulumanageError('unknown_url', `There is no ${shown}; GET / lists the endpoints`)
  }
  return search === '' ? path : `${path}?${search}`
}

function isAllowed(path: string, allowed: readonly string[]): boolean {
  return allowed.some(entry => entry === '*' || path === entry || path.startsWith(`${entry}/`))
}
