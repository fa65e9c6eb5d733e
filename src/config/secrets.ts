import type { Path } from './problems.ts'

/** Keys below which `tokens` are a number of tokens. */
const amounts: ReadonlySet<string | number | undefined> = new Set([
  'limits',
  'rate_limit',
  'budget',
  'session_budget',
])

/** Whether the value at a path of the configuration must not be shown. The URL of a database may contain its password. */
export function isSecret(path: Path): boolean {
  if (['redis.url', 'redis.sentinels', 'redis.nodes', 'ledger.url'].includes(path.slice(0, 2).join('.')))
    return true
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

/** Characters of the shortest text that is taken for a secret: a shorter one may be an ordinary word. */
const minSecretLength = 8

/** All secrets in a configuration, such as keys and passwords. Hashed keys are not secret. */
export function secretsIn(config: object): string[] {
  const found = new Set<string>()
  const visit = (value: unknown, path: Path): void => {
    if (typeof value === 'object' && value !== null)
      for (const [key, inner] of Object.entries(value)) visit(inner, [...path, key])
    else if (typeof value === 'string' && value.length >= minSecretLength && isSecret(path)) found.add(value)
  }
  visit(config, [])
  return [...found].filter(secret => !/^sha256:/i.test(secret))
}
