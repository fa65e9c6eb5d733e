import { hash, randomBytes } from 'node:crypto'

/** Random bytes of a key: nobody guesses them. */
const keyBytes = 32
/** Tells a key of ours from those of services, for people and for scanners of leaked keys. */
const prefix = 'hm-'

/** A new key for a client, and its hexadecimal SHA-256. */
export function newKey(): { readonly key: string; readonly hash: string } {
  const key = prefix + randomBytes(keyBytes).toString('base64url')
  return { key, hash: hash('sha256', key) }
}
