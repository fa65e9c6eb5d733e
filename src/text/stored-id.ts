import { createHmac, hash, timingSafeEqual } from 'node:crypto'

/** The prefix of the ids that this server creates. No service uses it. */
const prefix = 'resp_hm_'
/** Bytes of a seal: 128 bits cannot be guessed. */
const sealLength = 16

/** The provider that stores a response, and its id there. */
export interface StoredId {
  readonly provider: string
  readonly id: string
}

/** A stored id as a client has sent it, with the seal that shows whose it is. */
export interface SealedId extends StoredId {
  readonly seal: string
}

/** The owner of a response, and a secret that no client knows. */
export interface SealedBy {
  readonly secret: string
  readonly owner: string
}

/** A client as the server knows it: by its tenant if there are client keys, else by its key for providers. */
export interface StoredIdClient {
  readonly tenant?: string | undefined
  readonly clientKey?: string | undefined
}

/** Identifies the client that a response belongs to, never by a key in plain text. */
export function ownerOf({ tenant, clientKey }: StoredIdClient): string {
  return tenant ?? (clientKey === undefined ? '' : hash('sha256', clientKey))
}

/**
 * Encodes an id with its provider and a seal for its owner, so that any server with the same configuration finds the
 * response, and only for that client.
 */
export function storedId(stored: StoredId, by: SealedBy): string {
  return encode({ ...stored, seal: sealOf(stored, by) })
}

/** Decodes an id made by `storedId`, without a check of its seal; undefined for any other text. */
export function readStoredId(text: unknown): SealedId | undefined {
  if (typeof text !== 'string' || !text.startsWith(prefix)) return undefined
  const [provider = '', id = '', seal = '', ...more] = Buffer.from(text.slice(prefix.length), 'base64url')
    .toString('utf8')
    .split('\n')
  const sealed = { provider, id, seal }
  // An id of dots would be another path at the provider.
  const isSafe = more.length === 0 && !/^\.*$/.test(id)
  return isSafe && encode(sealed) === text ? sealed : undefined
}

/** Whether an id was made for this owner, with this secret. */
export function isSealed(sealed: SealedId, by: SealedBy): boolean {
  const [given, right] = [Buffer.from(sealed.seal), Buffer.from(sealOf(sealed, by))]
  return given.length === right.length && timingSafeEqual(given, right)
}

function encode({ provider, id, seal }: SealedId): string {
  return prefix + Buffer.from(`${provider}\n${id}\n${seal}`).toString('base64url')
}

function sealOf({ provider, id }: StoredId, { secret, owner }: SealedBy): string {
  const text = JSON.stringify([provider, id, owner])
  const bytes = createHmac('sha256', `hulumanage stored response\n${secret}`).update(text).digest()
  return bytes.subarray(0, sealLength).toString('base64url')
}
