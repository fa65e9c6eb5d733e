import type { Path } from './problems.ts'

/** Keys below which `tokens` are a number of tokens. */
const amounts: ReadonlySet<string | number | undefined> = new Set([
  'limits',
  'rate_limit',
  'budget',
  'session_budget',
])

/** Whether the value at a path of the configuration must not be shown. The URL of Redis may contain its password. */
export function isSecret(path: Path): boolean {
  if (path.join('.') === 'redis.url') return true
  if (path.at(-1) === 'tokens' && amounts.has(path.at(-2))) return isSecret(path.slice(0, -1))
  return path.some(part =>
    /(^|_)(keys?|tokens?|secrets?|passwords?|headers|authorization|credentials?)$/i.test(String(part)),
  )
}

/** The only parameter of a query that is known not to be a credential. */
const harmless = /^[?&]api-version=$/i

/** A text in which the credentials of addresses are masked: the user and password, and the values of the query. */
export function maskAddresses(text: string): string {
  if (!text.includes('//')) return text
  return text
    .replaceAll(/(\/\/)[^/@\s]*@/g, '$1***@')
    .replaceAll(/([?&][\w.-]+=)[^&#\s]+/g, (whole, name: string) =>
      harmless.test(name) ? whole : `${name}***`,
    )
}
