import { mapSchemas } from './walk.ts'
import type { Json } from './walk.ts'

/**
 * The keywords of `Schema` in Google's API, without `default`, which some of its endpoints refuse:
 * https://ai.google.dev/api/caching#Schema
 */
const keywords: ReadonlySet<string> = new Set([
  'type',
  'format',
  'title',
  'description',
  'nullable',
  'enum',
  'items',
  'minItems',
  'maxItems',
  'properties',
  'propertyOrdering',
  'required',
  'minProperties',
  'maxProperties',
  'minLength',
  'maxLength',
  'pattern',
  'anyOf',
  'minimum',
  'maximum',
])

const formats: ReadonlySet<unknown> = new Set(['enum', 'date-time', 'int32', 'int64', 'float', 'double'])

/**
 * A schema in the keywords that Google has for the parameters of a function; the same object if it has no others. Without the
 * others a schema allows more, and the model knows less of what is meant.
 */
export function googleSchema(schema: Json): Json {
  return mapSchemas(schema, each => {
    const known = withKnownWords(each)
    const isKnown = ([keyword, value]: readonly [string, unknown]) =>
      keywords.has(keyword) && (keyword !== 'format' || formats.has(value))
    const entries = Object.entries(known)
    return entries.every(isKnown) ? known : Object.fromEntries(entries.filter(isKnown))
  })
}

/** Alternatives and single values under the keywords that Google has for them. */
function withKnownWords(schema: Json): Json {
  const { const: only, oneOf, ...rest } = schema
  if (only === undefined && oneOf === undefined) return schema
  return {
    ...(typeof only === 'string' && { enum: [only] }),
    ...(Array.isArray(oneOf) && { anyOf: oneOf }),
    ...rest,
  }
}
