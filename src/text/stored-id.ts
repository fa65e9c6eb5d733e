/** What ids given out here start with; those of the services have other characters or no meaning to us. */
const mark = 'resp_hm_'

/** Where a response is kept, and its id there. */
export interface StoredId {
  readonly provider: string
  readonly id: string
}

/** An id that carries its provider, so that it is found again by any server with the same configuration. */
export function storedId({ provider, id }: StoredId): string {
  return mark + Buffer.from(`${provider}\n${id}`).toString('base64url')
}

/** Reads an id that was given out here; undefined for any other. */
export function readStoredId(text: unknown): StoredId | undefined {
  if (typeof text !== 'string' || !text.startsWith(mark)) return undefined
  const [provider = '', id = '', ...more] = Buffer.from(text.slice(mark.length), 'base64url')
    .toString('utf8')
    .split('\n')
  const known = { provider, id }
  // An id of dots would lead to another path at the provider.
  const sound = more.length === 0 && !/^\.*$/.test(id)
  return sound && storedId(known) === text ? known : undefined
}
