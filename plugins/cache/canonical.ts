import { createHash } from 'node:crypto'

/** JSON in one spelling: keys in order, no spaces, numbers and texts as JSON prints them. Equal data gives equal text. */
export function canonical(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, field]) => `${JSON.stringify(name)}:${canonical(field)}`)
  return `{${fields.join(',')}}`
}

/**
 * SHA-256 of a list of texts, in hexadecimal. Each goes in behind its length, so that no two lists give the same bytes;
 * an absent text differs from an empty one.
 */
export function digest(parts: readonly (string | undefined)[]): string {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part === undefined ? '-;' : `${Buffer.byteLength(part)};${part}`)
  return hash.digest('hex')
}
