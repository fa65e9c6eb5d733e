import { createHash } from 'node:crypto'

/** Canonical JSON: sorted keys, no spaces, numbers and strings as JSON prints them. Equal data has equal text. */
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
 * SHA-256 of a list of texts, in hexadecimal. Each text is preceded by its length, so that no two lists hash the same
 * bytes; an absent text differs from an empty one.
 */
export function digest(parts: readonly (string | undefined)[]): string {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part === undefined ? '-;' : `${Buffer.byteLength(part)};${part}`)
  return hash.digest('hex')
}
