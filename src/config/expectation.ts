import { z } from 'zod'
import type { Path } from './problems.ts'

/** The part of JSON Schema that zod writes and we read. */
export interface JsonSchema {
  readonly type?: string | readonly string[]
  readonly description?: string
  readonly default?: unknown
  /** Our own: what the value must be, in words, where a pattern would not say it. */
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

/** What a person may write for a schema: the input side, where defaults make fields optional. */
export function jsonSchemaOf(schema: z.ZodType): JsonSchema {
  const present = converted.get(schema)
  if (present) return present
  const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema
  converted.set(schema, json)
  return json
}

/** The same of what stands at a path of keys, without the time that all of a large schema takes. Empty where nothing does. */
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

/** Whether a value of the schema is a mapping. Where its kind tells already, the schema is not converted. */
export function takesMapping(schema: z.ZodType): boolean {
  return !plain.has(withoutDefault(schema).type) && jsonSchemaOf(schema).type === 'object'
}

const plain: ReadonlySet<string> = new Set(['array', 'boolean', 'enum', 'literal', 'number', 'string'])

/** Schemas never change, and the start-up asks for the same ones again and again. */
const converted = new WeakMap<z.ZodType, JsonSchema>()

/** The schema of what stands at a path; undefined where it says nothing about that place. */
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

/** In words, to follow "expected": `a whole number of at least 1`. */
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

export function oneOf(values: readonly unknown[]): string {
  return `one of ${values.map(value => JSON.stringify(value)).join(', ')}`
}

/** The bounds of a number; those that zod gives every whole number say nothing. */
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
