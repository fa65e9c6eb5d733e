type Json = Readonly<Record<string, unknown>>

/** Schemas are not searched deeper than this. */
const maxDepth = 64

/**
 * The schema of a function's parameters with what services require and clients leave out: an object at the root with
 * properties, and items in every list. The same object if nothing is missing.
 */
export function fittingSchema(schema: unknown): unknown {
  if (!isObject(schema)) return { type: 'object', properties: {} }
  const inner = withItems(schema, 0)
  if (inner['type'] === 'object' && isObject(inner['properties'])) return inner
  if (inner['type'] !== undefined && inner['type'] !== 'object' && !Array.isArray(inner['type'])) return inner
  return { ...inner, type: 'object', properties: isObject(inner['properties']) ? inner['properties'] : {} }
}

function withItems(schema: Json, depth: number): Json {
  if (depth > maxDepth) return schema
  let result: Record<string, unknown> | undefined
  const set = (field: string, value: unknown) => {
    result ??= { ...schema }
    result[field] = value
  }
  for (const field of ['properties', '$defs', 'definitions']) {
    const named = schema[field]
    if (!isObject(named)) continue
    const fitting = mapValues(named, each => (isObject(each) ? withItems(each, depth + 1) : each))
    if (fitting !== named) set(field, fitting)
  }
  for (const field of ['anyOf', 'oneOf', 'allOf']) {
    const listed = schema[field]
    if (!Array.isArray(listed)) continue
    const fitting = listed.map((each: unknown) => (isObject(each) ? withItems(each, depth + 1) : each))
    if (fitting.some((each, index) => each !== listed[index])) set(field, fitting)
  }
  const { items } = schema
  if (isObject(items)) {
    const fitting = withItems(items, depth + 1)
    if (fitting !== items) set('items', fitting)
  } else if (isList(schema) && items === undefined && schema['prefixItems'] === undefined) set('items', {})
  return result ?? schema
}

function isList({ type }: Json): boolean {
  return type === 'array' || (Array.isArray(type) && type.includes('array'))
}

/** Applies `change` to each value; the same object if nothing changes. */
function mapValues(object: Json, change: (value: unknown) => unknown): Json {
  const entries = Object.entries(object).map(([name, value]) => [name, change(value)] as const)
  return entries.some(([name, value]) => value !== object[name]) ? Object.fromEntries(entries) : object
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
