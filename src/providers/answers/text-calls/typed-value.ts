import { fieldsOf } from '../../../chat/read/fields.ts'
import type { Fields } from '../../../chat/read/fields.ts'
import { jsonOrUndefined } from '../../../text/json/parse.ts'

/** Maximum depth of schemas inside of a parameter's schema that are read for its types. */
const maxDepth = 8

/**
 * The JSON of a value that a model has written for a parameter without saying whether it is a text: as the schema of the
 * function's parameters has it. A text that does not fit the schema stays a text, about which the client can tell the
 * model. Numbers and objects keep their own text, and with it the digits that JavaScript cannot represent.
 */
export function typedText(text: string, parameters: Fields, key: string): string {
  const properties = fieldsOf(parameters['properties'])
  // A name from a model may be that of a property which every object has.
  const schema = properties && Object.hasOwn(properties, key) ? properties[key] : undefined
  const types = typesOf(schema, parameters)
  const trimmed = text.trim()
  const value = valueOf(trimmed)
  const fits = types.size === 0 ? typeof value === 'object' && value !== null : isOneOf(types, value)
  return fits ? textOf(value, trimmed) : JSON.stringify(text)
}

/** JSON, or a word of Python for it; undefined for anything else, and for a text in quotes, which is a text with quotes. */
function valueOf(text: string): unknown {
  if (text.startsWith('"')) return undefined
  if (/^(?:True|False)$/.test(text)) return text === 'True'
  return text === 'None' ? null : jsonOrUndefined(text)
}

/** The text of a value as JSON: its own, but for words of Python and whole numbers written as `5.0`. */
function textOf(value: unknown, text: string): string {
  const isOwn = typeof value === 'number' ? !Number.isSafeInteger(value) : typeof value === 'object'
  return isOwn && value !== null ? text : JSON.stringify(value)
}

function isOneOf(types: ReadonlySet<string>, value: unknown): boolean {
  if (typeof value !== 'number') return value !== undefined && types.has(typeOf(value))
  return (types.has('number') && Number.isFinite(value)) || (types.has('integer') && Number.isInteger(value))
}

function typeOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  return typeof value
}

/** The types that a schema allows, also those of the values, parts and definitions in `root` that it names; none if it says nothing. */
function typesOf(schema: unknown, root: Fields, depth = 0): ReadonlySet<string> {
  const fields = fieldsOf(schema)
  if (!fields || depth === maxDepth) return new Set()
  const { type, anyOf, oneOf, allOf, enum: values, $ref: reference } = fields
  const named = listOf(type ?? []).filter(name => typeof name === 'string')
  if (named.length > 0) return new Set(named)
  const stated = [...listOf(values ?? []), ...('const' in fields ? [fields['const']] : [])].map(typeOf)
  const parts = [anyOf, oneOf, allOf].flatMap(list => listOf(list ?? []))
  const inner = typeof reference === 'string' ? [...parts, definition(reference, root)] : parts
  return new Set([...stated, ...inner.flatMap(part => [...typesOf(part, root, depth + 1)])])
}

/** The schema at a reference into the schema of all parameters, such as `#/$defs/Color`. */
function definition(reference: string, root: Fields): unknown {
  const [start, ...path] = reference.split('/')
  if (start !== '#') return undefined
  return path.reduce<unknown>((outer, key) => {
    const fields = fieldsOf(outer)
    return fields && Object.hasOwn(fields, key) ? fields[key] : undefined
  }, root)
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value]
}
