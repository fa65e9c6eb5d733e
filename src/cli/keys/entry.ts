import { newKey } from '../../server/access/clients/new-key.ts'
import { readNewClient } from '../../server/access/clients/read-change.ts'

/** A new key, and the entry for `clients` in the configuration, which has its hash. Nothing is stored. */
export interface NewEntry {
  readonly key: string
  readonly client: { readonly name: string; readonly key: string }
}

/** Makes a key and its entry. Throws `invalid_value` for fields that the configuration would refuse. */
export function newEntry(fields: object): NewEntry {
  const { key, hash } = newKey()
  const { name, ...rest } = readNewClient(fields, Date.now())
  return { key, client: { name, key: `sha256:${hash}`, ...rest } }
}

/** A new entry for people. Values of YAML may be written as JSON. */
export function renderEntry({ key, client: { name, key: hashed, ...rest } }: NewEntry): string {
  const fields = Object.entries({ name, ...rest }).filter(([, value]) => value !== undefined)
  const lines = fields.map(([field, value]) => `${field}: ${JSON.stringify(value)}`)
  return `The key of ${name}, which is shown only now:

  ${key}

Add this to \`clients\` in the configuration:

  - ${[`key: ${hashed}`, ...lines].join('\n    ')}
`
}
