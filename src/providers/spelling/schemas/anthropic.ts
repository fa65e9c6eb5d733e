import { allows, isObject, mapSchemas } from './walk.ts'
import type { Json } from './walk.ts'

/** Limits that the service cannot enforce while it writes, and refuses. */
const limits: ReadonlySet<string> = new Set([
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'minLength',
  'maxLength',
  'maxItems',
  'uniqueItems',
  'contains',
  'minContains',
  'maxContains',
  'minProperties',
  'maxProperties',
])

const formats: ReadonlySet<unknown> = new Set([
  'date-time',
  'time',
  'date',
  'duration',
  'email',
  'hostname',
  'uri',
  'ipv4',
  'ipv6',
  'uuid',
])

/**
 * A schema that the model is to keep strictly, as the service takes it: objects without further properties, and limits in
 * words, as part of the description. An object whose properties have no names stays as it is: without them it would be empty.
 * The same object if nothing has to change. https://platform.claude.com/docs/en/build-with-claude/structured-outputs
 */
export function strictSchema(schema: unknown): unknown {
  return isObject(schema) ? mapSchemas(schema, fitting) : schema
}

function fitting(schema: Json): Json {
  return withClosedObject(withEither(withoutLimits(schema)))
}

function withClosedObject(schema: Json): Json {
  const { properties, additionalProperties: more } = schema
  const isObjectOf = allows(schema, 'object') || isObject(properties)
  const isMap = isObject(more) || Object.keys(isObject(properties) ? properties : {}).length === 0
  if (!isObjectOf || more === false || (isMap && more !== undefined)) return schema
  return { ...schema, additionalProperties: false }
}

function withEither(schema: Json): Json {
  if (!Array.isArray(schema['oneOf']) || schema['anyOf'] !== undefined) return schema
  const { oneOf, ...rest } = schema
  return { ...rest, anyOf: oneOf }
}

function withoutLimits(schema: Json): Json {
  const refused = Object.entries(schema).filter(([name, value]) => isRefused(name, value))
  if (refused.length === 0) return schema
  const words = refused.map(([name, value]) => `${name}: ${JSON.stringify(value)}`).join(', ')
  const rest = Object.entries(schema).filter(([name, value]) => !isRefused(name, value))
  const { description } = schema
  const told = typeof description === 'string' && description !== '' ? `${description} (${words})` : words
  return { ...Object.fromEntries(rest), description: told }
}

function isRefused(name: string, value: unknown): boolean {
  if (name === 'minItems') return value !== 0 && value !== 1
  if (name === 'format') return typeof value === 'string' && !formats.has(value)
  return limits.has(name)
}
