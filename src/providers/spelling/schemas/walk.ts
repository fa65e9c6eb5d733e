/** A JSON schema, or any other object of JSON. */
export type Json = Readonly<Record<string, unknown>>

/** Schemas are not searched deeper than this. */
const maxDepth = 64

/**
 * Applies a change to each schema inside a schema, then to the schema itself. The same object if nothing changes, and what
 * is nested too deeply stays as it is.
 */
export function mapSchemas(schema: Json, change: (schema: Json) => Json, depth = 0): Json {
  if (depth > maxDepth) return schema
  const inside = (value: unknown): unknown => (isObject(value) ? mapSchemas(value, change, depth + 1) : value)
  let result: Record<string, unknown> | undefined
  const set = (field: string, value: unknown) => {
    if (value === schema[field]) return
    result ??= { ...schema }
    result[field] = value
  }
  for (const field of ['properties', '$defs', 'definitions']) {
    const named = schema[field]
    if (isObject(named)) set(field, mapValues(named, inside))
  }
  for (const field of ['anyOf', 'oneOf', 'allOf', 'prefixItems']) {
    const listed = schema[field]
    if (!Array.isArray(listed)) continue
    const changed = listed.map(inside)
    if (changed.some((each, index) => each !== listed[index])) set(field, changed)
  }
  set('items', inside(schema['items']))
  return change(result ?? schema)
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Whether a schema allows values of a type. */
export function allows({ type }: Json, name: string): boolean {
  return type === name || (Array.isArray(type) && type.includes(name))
}

/** Applies `change` to each value; the same object if nothing changes. */
function mapValues(object: Json, change: (value: unknown) => unknown): Json {
  const entries = Object.entries(object).map(([name, value]) => [name, change(value)] as const)
  return entries.some(([name, value]) => value !== object[name]) ? Object.fromEntries(entries) : object
}
