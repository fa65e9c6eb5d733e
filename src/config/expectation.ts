import { z } from 'zod'
import { clip } from '../text/clip.ts'
import { didYouMean } from '../text/did-you-mean.ts'
import type { Path } from './problems.ts'

/** The part of JSON Schema that zod produces and we read. */
export interface JsonSchema {
  readonly type?: string | readonly string[]
  readonly description?: string
  readonly default?: unknown
  /** Our own keyword: a description of the valid values, for patterns that do not speak for themselves. */
  readonly expected?: string
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean | JsonSchema
  readonly propertyNames?: JsonSchema
  readonly items?: JsonSchema
  readonly anyOf?: readonly JsonSchema[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly minimum?: number
  readonly maximum?: number
  readonly exclusiveMinimum?: number
  readonly exclusiveMaximum?: number
  readonly minLength?: number
  readonly pattern?: string
}

/** The JSON Schema of what a person may write: the input side, on which defaults make fields optional. */
export function jsonSchemaOf(schema: z.ZodType): JsonSchema {
  const present = converted.get(schema)
  if (present) return present
  const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema
  converted.set(schema, json)
  return json
}

/** The same for the value at a path of keys, without converting the whole of a large schema. Empty for an unknown path. */
export function jsonSchemaAt(schema: z.ZodType, path: Path): JsonSchema {
  let part = schema
  for (const key of path) {
    const holder = withoutDefault(part)
    const inner = holder instanceof z.ZodObject ? holder.shape[key as string] : undefined
    if (!inner) return {}
    part = inner as z.ZodType
  }
  return jsonSchemaOf(part)
}

function withoutDefault(schema: z.ZodType): z.ZodType {
  const wrapped =
    schema instanceof z.ZodOptional || schema instanceof z.ZodPrefault || schema instanceof z.ZodDefault
  return wrapped ? withoutDefault(schema.unwrap() as z.ZodType) : schema
}

/** Whether values of the schema are mappings. The schema is converted only if its kind does not settle that. */
export function takesMapping(schema: z.ZodType): boolean {
  return !neverMappings.has(withoutDefault(schema).type) && jsonSchemaOf(schema).type === 'object'
}

const neverMappings: ReadonlySet<string> = new Set([
  'array',
  'boolean',
  'enum',
  'literal',
  'number',
  'string',
])

/** Schemas never change, and a start converts the same ones many times. */
const converted = new WeakMap<z.ZodType, JsonSchema>()

/** The schema of the value at a path; undefined if the root schema does not describe that path. */
export function schemaAt(root: JsonSchema, path: Path): JsonSchema | undefined {
  let schema: JsonSchema | undefined = root
  for (const part of path) {
    if (typeof part === 'number') {
      schema = schema?.items
      continue
    }
    const rest: boolean | JsonSchema | undefined = schema?.additionalProperties
    const known: JsonSchema | undefined =
      schema?.properties && Object.hasOwn(schema.properties, part) ? schema.properties[part] : undefined
    schema = known ?? (typeof rest === 'object' ? rest : undefined)
  }
  return schema
}

/** The valid values in words, to follow "expected": `a whole number of at least 1`. */
export function describeExpected(schema: JsonSchema): string {
  if (schema.expected !== undefined) return schema.expected
  if (schema.anyOf) return schema.anyOf.map(describeExpected).join(' or ')
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (schema.enum) return oneOf(schema.enum)
  if (Array.isArray(schema.type)) {
    return schema.type.map((type: string) => describeExpected({ ...schema, type })).join(' or ')
  }
  switch (schema.type) {
    case 'integer':
      return `a whole number${range(schema)}`
    case 'number':
      return `a number${range(schema)}`
    case 'boolean':
      return 'true or false'
    case 'array':
      return 'a list'
    case 'object':
      return 'a mapping'
    case 'null':
      return 'nothing'
    case 'string':
      if (schema.pattern !== undefined) return `text that matches ${schema.pattern}`
      return (schema.minLength ?? 0) > 0 ? 'text that is not empty' : 'text'
    default:
      return 'something else'
  }
}

/** Allowed values in words: `one of "a", "b"`. */
export function oneOf(values: readonly unknown[]): string {
  return `one of ${values.map(value => JSON.stringify(value)).join(', ')}`
}

/** The bounds of a number in words, without those that zod adds to every whole number. */
function range({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: JsonSchema): string {
  if (isBound(minimum) && isBound(maximum)) return ` from ${minimum} to ${maximum}`
  const bounds: string[] = []
  if (exclusiveMinimum !== undefined) bounds.push(`above ${exclusiveMinimum}`)
  if (isBound(minimum)) bounds.push(`at least ${minimum}`)
  if (exclusiveMaximum !== undefined) bounds.push(`below ${exclusiveMaximum}`)
  if (isBound(maximum)) bounds.push(`at most ${maximum}`)
  return bounds.length === 0 ? '' : `${bounds[0]?.startsWith('at') ? ' of' : ''} ${bounds.join(' and ')}`
}

function isBound(bound: number | undefined): bound is number {
  return bound !== undefined && Math.abs(bound) !== Number.MAX_SAFE_INTEGER
}

/**
 * An error map for zod that says what JSON must hold, for those who sent it: `expected a list, got a string`. Undefined, which
 * leaves the words to zod, for issues of other kinds; messages of a schema's own take precedence.
 */
export function describeRefusal(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.input === undefined) return 'is required'
      return `expected ${jsonTypes[issue.expected] ?? issue.expected}, got ${jsonTypeOf(issue.input)}`
    case 'invalid_value':
      return `expected ${issue.values.length === 1 ? JSON.stringify(issue.values[0]) : oneOf(issue.values)}`
    case 'too_small':
      return bound(issue.origin, issue.minimum, issue.inclusive === false ? 'above' : 'at least')
    case 'too_big':
      return bound(issue.origin, issue.maximum, issue.inclusive === false ? 'below' : 'at most')
    case 'unrecognized_keys':
      return unknownField(issue.keys[0] ?? '', issue.inst)
    default:
      return undefined
  }
}

/** The first field that an object does not have; there may be thousands. */
function unknownField(name: string, schema: unknown): string {
  const known = schema instanceof z.ZodObject ? Object.keys(schema.shape) : []
  const hint = didYouMean(name, known) ?? (known.length > 0 ? `known are ${known.join(', ')}` : undefined)
  return `unknown field ${JSON.stringify(clip(name))}${hint === undefined ? '' : `; ${hint}`}`
}

const jsonTypes: Readonly<Record<string, string>> = {
  array: 'a list',
  boolean: 'true or false',
  int: 'a whole number',
  number: 'a number',
  object: 'an object',
  record: 'an object',
  string: 'a string',
}

function jsonTypeOf(value: unknown): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'number') return String(value)
  if (Array.isArray(value)) return 'a list'
  return jsonTypes[typeof value] ?? typeof value
}

function bound(origin: string, limit: number | bigint, words: string): string {
  const unit = { string: 'characters', array: 'items' }[origin]
  if (unit === undefined) return `must be ${words} ${limit}`
  return words === 'at least' && limit === 1 ? 'must not be empty' : `must have ${words} ${limit} ${unit}`
}
