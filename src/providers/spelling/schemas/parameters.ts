import { allows, isObject, mapSchemas } from './walk.ts'
import type { Json } from './walk.ts'

/** Keywords that may have any value, null included. */
const free: ReadonlySet<string> = new Set(['default', 'const'])

/**
 * The schema of a function's parameters as services require it: an object at the root with properties, items in every list,
 * and no keyword that is null, which some clients write for one that they leave out. The same object if nothing has to change.
 */
export function fittingSchema(schema: unknown): unknown {
  if (!isObject(schema)) return { type: 'object', properties: {} }
  const inner = mapSchemas(schema, each => withItems(withoutNulls(each)))
  if (inner['type'] === 'object' && isObject(inner['properties'])) return inner
  if (inner['type'] !== undefined && inner['type'] !== 'object' && !Array.isArray(inner['type'])) return inner
  return { ...inner, type: 'object', properties: isObject(inner['properties']) ? inner['properties'] : {} }
}

function withoutNulls(schema: Json): Json {
  const isNull = (keyword: string): boolean => schema[keyword] === null && !free.has(keyword)
  const keywords = Object.keys(schema)
  if (!keywords.some(isNull)) return schema
  return Object.fromEntries(Object.entries(schema).filter(([keyword]) => !isNull(keyword)))
}

function withItems(schema: Json): Json {
  const lacksItems = schema['items'] === undefined && schema['prefixItems'] === undefined
  return allows(schema, 'array') && lacksItems ? { ...schema, items: {} } : schema
}
