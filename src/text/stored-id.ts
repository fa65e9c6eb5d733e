/** The prefix of the ids that this server creates. No service uses it. */
const prefix = 'resp_hm_'

/** The provider that stores a response, and its id there. */
export interface StoredId {
  readonly provider: string
  readonly id: string
}

/** Encodes an id with its provider, so that any server with the same configuration finds the response. */
export function storedId({ provider, id }: StoredId): string {
  return prefix + Buffer.from(`${provider}\n${id}`).toString('base64url')
}

/** Decodes an id made by `storedId`; undefined for any other text. */
export function readStoredId(text: unknown): StoredId | undefined {
  if (typeof text !== 'string' || !text.startsWith(prefix)) return undefined
  const [provider = '', id = '', ...more] = Buffer.from(text.slice(prefix.length), 'base64url')
    .toString('utf8')
    .split('\n')
  const known = { provider, id }
  // An id of dots would be another path at the provider.
  const isSafe = more.length === 0 && !/^\.*$/.test(id)
  return isSafe && storedId(known) === text ? known : undefined
}
