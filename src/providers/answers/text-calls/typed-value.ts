import { fieldsOf } from '../../../chat/read/fields.ts'
import { parsed } from './reader.ts'

/**
 * The value that a model has written for a parameter without saying whether it is a text: as the parameter's schema has it.
 * A text that does not fit the schema stays a text, about which the client can tell the model.
 */
export function typedValue(text: string, schema: unknown): unknown {
  const types = typesOf(schema)
  const value = valueOf(text.trim())
  if (types.size === 0) return typeof value === 'object' && value !== null ? value : text
  return value !== undefined && types.has(typeOf(value)) ? value : text
}

/** JSON, or a word of Python for it; undefined for anything else, and for a text in quotes, which is a text with quotes. */
function valueOf(text: string): unknown {
  if (text.startsWith('"')) return undefined
  if (/^(?:True|False)$/.test(text)) return text === 'True'
  return text === 'None' ? null : parsed(text)
}

function typeOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  return typeof value
}

/** The types other than text that a schema allows: none if it allows text alone, or says nothing. */
function typesOf(schema: unknown): ReadonlySet<string> {
  const fields = fieldsOf(schema)
  if (!fields) return new Set()
  const { type, anyOf, oneOf } = fields
  const named = (Array.isArray(type) ? type : [type]).filter(name => typeof name === 'string')
  const inner = [anyOf, oneOf].flatMap(list => (Array.isArray(list) ? (list as unknown[]) : []))
  const all = new Set([...named, ...inner.flatMap(option => [...typesOf(option)])])
  if (all.delete('integer')) all.add('number')
  return all
}
