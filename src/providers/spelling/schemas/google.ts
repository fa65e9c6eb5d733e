import { withFields } from '../../../chat/read/fields.ts'
import { withoutReferences } from './references.ts'
import { isObject, mapSchemas } from './walk.ts'
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
  return mapSchemas(withoutReferences(schema), each => {
    const known = withKnownWords(each)
    const isKnown = ([keyword, value]: readonly [string, unknown]) =>
      keywords.has(keyword) && (keyword !== 'format' || formats.has(value))
    const entries = Object.entries(known)
    return entries.every(isKnown) ? known : Object.fromEntries(entries.filter(isKnown))
  })
}

/** Says single values, alternatives, parts and several types in the words that Google has for them. */
function withKnownWords(schema: Json): Json {
  const { type, enum: values } = schema
  const isOther = ['const', 'oneOf', 'allOf'].some(word => schema[word] !== undefined)
  if (!isOther && !Array.isArray(type) && (values === undefined || isListOfTexts(values))) return schema
  return withOneType(withValues(withAlternatives(withParts(schema))))
}

function isListOfTexts(values: unknown): boolean {
  return Array.isArray(values) && values.every(value => typeof value === 'string')
}

/** All parts of a value in one schema. */
function withParts({ allOf, ...schema }: Json): Json {
  return Array.isArray(allOf) ? [schema, ...allOf.filter(isObject)].reduce(joined) : schema
}

function joined(one: Json, other: Json): Json {
  const properties = isObject(one['properties']) && isObject(other['properties'])
  const required = Array.isArray(one['required']) && Array.isArray(other['required'])
  return {
    ...other,
    ...one,
    ...(properties && { properties: { ...(other['properties'] as Json), ...(one['properties'] as Json) } }),
    ...(required && { required: [...new Set([...(one['required'] as []), ...(other['required'] as [])])] }),
  }
}

function withAlternatives({ oneOf, ...schema }: Json): Json {
  return Array.isArray(oneOf) ? { anyOf: oneOf, ...schema } : schema
}

/** Google enumerates nothing but texts. */
function withValues({ const: only, enum: listed, ...schema }: Json): Json {
  const values = only === undefined ? listed : [only]
  return isListOfTexts(values) ? { ...schema, enum: values } : schema
}

/** Google has one type for each value, and a keyword for those that may also be null. */
function withOneType(schema: Json): Json {
  const { type, ...rest } = schema
  if (!Array.isArray(type)) return schema
  const types = (type as readonly unknown[]).filter(
    each => typeof each === 'string' && each !== 'null',
  ) as string[]
  const nullable = type.includes('null') && { nullable: true }
  if (types.length < 2) return { ...rest, ...(types.length === 1 && { type: types[0] }), ...nullable }
  const { items, properties, required, ...others } = rest
  const ofType: Readonly<Record<string, Json>> = { array: { items }, object: { properties, required } }
  return {
    ...others,
    ...nullable,
    anyOf: types.map(each => withFields({ type: each }, ofType[each] ?? {})),
  }
}
