import { allows, isObject, mapSchemas } from './walk.ts'
import type { Json } from './walk.ts'

/**
 * The schema of a function's parameters with what services require and clients leave out: an object at the root with
 * properties, and items in every list. The same object if nothing is missing.
 */
export function fittingSchema(schema: unknown): unknown {
  if (!isObject(schema)) return { type: 'object', properties: {} }
  const inner = mapSchemas(schema, withItems)
  if (inner['type'] === 'object' && isObject(inner['properties'])) return inner
  if (inner['type'] !== undefined && inner['type'] !== 'object' && !Array.isArray(inner['type'])) return inner
  return { ...inner, type: 'object', properties: isObject(inner['properties']) ? inner['properties'] : {} }
}

function withItems(schema: Json): Json {
  const lacksItems = schema['items'] === undefined && schema['prefixItems'] === undefined
  return allows(schema, 'array') && lacksItems ? { ...schema, items: {} } : schema
}
