import type { z } from 'zod'
import { didYouMean } from '../../text/did-you-mean.ts'
import { convertScalar, convertText } from '../text-values.ts'
import { describeExpected, jsonSchemaOf, oneOf, schemaAt } from '../expectation.ts'
import type { JsonSchema } from '../expectation.ts'
import type { Origins } from '../origins.ts'
import { parsedOnce } from '../parsed-once.ts'
import { renderPath } from '../problems.ts'
import type { Path, Problem } from '../problems.ts'
import { isSecret, maskAddresses } from '../secrets.ts'
import { valueAt } from '../tree.ts'

type Issue = z.core.$ZodIssue

/** The checked value; or undefined, and the problems that prevent it. */
export interface Checked<T> {
  readonly value: T | undefined
  readonly problems: readonly Problem[]
}

/**
 * Parses a tree with a schema. Text from outside the file is converted to the type the schema expects, and a key without
 * a value counts as absent; both are changed in `tree`. `base` is the path of the tree in the whole configuration.
 */
export function checkTree<S extends z.ZodType>(
  schema: S,
  tree: unknown,
  origins: Origins,
  base: Path = [],
): Checked<z.output<S>> {
  for (;;) {
    const result = schema.safeParse(tree, parsedOnce)
    if (result.success) return { value: result.data, problems: [] }
    const { issues } = result.error
    // Each change removes one text or one null, so this terminates.
    const changes = issues.map(issue => coerce(issue, tree, origins, base))
    if (changes.includes(true)) continue
    const json = jsonSchemaOf(schema)
    return { value: undefined, problems: issues.flatMap(issue => report(issue, json, tree, origins, base)) }
  }
}

/** Resolves an issue by converting untyped text, or deleting a null, in place. Returns whether it did. */
function coerce(issue: Issue, tree: unknown, origins: Origins, base: Path): boolean {
  const path = issue.path as Path
  const last = path.at(-1)
  const holder = valueAt(tree, path.slice(0, -1))
  if (last === undefined || typeof holder !== 'object' || holder === null) return false
  const values = holder as Record<string | number, unknown>
  const value = values[last]
  const isAbsentable = !Array.isArray(holder)
  let next: unknown = value
  if (typeof value === 'string' && origins.at([...base, ...path])?.untyped) {
    if (issue.code === 'invalid_type') next = convertText(value, issue.expected)
    else if (issue.code === 'invalid_union' || issue.code === 'invalid_value') next = convertScalar(value)
  }
  if (next === null && isAbsentable && issue.code === 'invalid_type') return delete values[last]
  if (Object.is(next, value) || next === undefined || next === null) return false
  values[last] = next
  return true
}

function report(issue: Issue, json: JsonSchema, tree: unknown, origins: Origins, base: Path): Problem[] {
  const path = issue.path as Path
  const at: Path = [...base, ...path]
  if (issue.code === 'unrecognized_keys') {
    const known = Object.keys(schemaAt(json, path)?.properties ?? {})
    return issue.keys.map(key => {
      const elsewhere = placesOf(key, json).map(place => renderPath([...base, ...place]))
      return unknownKey(key, { known, elsewhere }, at, origins)
    })
  }
  if (issue.code === 'invalid_key') {
    const names = schemaAt(json, path.slice(0, -1))?.propertyNames ?? {}
    const message = `invalid key: expected ${describeExpected(names)}`
    const key = String(path.at(-1))
    return [
      /^\w+$/.test(key) ? origins.problem(at, message) : malformedKey(key, at.slice(0, -1), message, origins),
    ]
  }
  const schema = schemaAt(json, path)
  const value = valueAt(tree, path)
  if (value === undefined) return [origins.problem(at, 'is required', schema?.description)]
  if (issue.code === 'custom') {
    const isShown = !isSecret(at) || issue.params?.['hasNoSecret'] === true
    return [origins.problem(at, isShown ? issue.message : 'is invalid')]
  }
  const expected = issue.code === 'invalid_value' ? oneOf(issue.values) : describeExpected(schema ?? {})
  return [
    origins.problem(
      at,
      `expected ${expected}, got ${renderValue(value, at, schema, origins)}`,
      hintFor(value, schema),
    ),
  ]
}

/** The keys that a mapping takes, and the paths at which other mappings take the one that it does not. */
interface KnownKeys {
  readonly known: readonly string[]
  readonly elsewhere: readonly string[]
}

function unknownKey(key: string, { known, elsewhere }: KnownKeys, at: Path, origins: Origins): Problem {
  if (!/^\w+$/.test(key)) return malformedKey(key, at, 'unknown key', origins)
  // Of several places, none is more likely than the others.
  const place = elsewhere.length === 1 ? `did you mean ${elsewhere[0]}?` : undefined
  return origins.problem([...at, key], 'unknown key', didYouMean(key, known) ?? place ?? listOf(known))
}

/** The paths at which mappings within mappings take a key. */
function placesOf(key: string, { properties = {} }: JsonSchema, above: Path = []): Path[] {
  return Object.entries(properties).flatMap(([name, schema]) => {
    const path = [...above, name]
    return name === key ? [path] : placesOf(key, schema, path)
  })
}

/** Keys of a mapping that a message lists. */
const mostListed = 20

/** The known keys, if there are not too many to read. */
function listOf(known: readonly string[]): string | undefined {
  return known.length > 0 && known.length <= mostListed ? `known are ${known.join(', ')}` : undefined
}

/** "api_key:sk-..." without the space is one long key, so only its first word may be shown. */
function malformedKey(key: string, at: Path, message: string, origins: Origins): Problem {
  const word = /^\w*/.exec(key)?.[0] ?? ''
  const problem = origins.problem([...at, key], `${message}; it starts with ${JSON.stringify(word)}`)
  const hint = 'is a space missing after the colon, or a closing quote?'
  return { ...problem, path: renderPath(at), hint }
}

/**
 * Beginnings of the keys of services, and long texts of letters and digits, as most others are. A person may put one into any
 * field.
 */
const likeKey = /^(?:sk|pk|gsk|csk|xai|hf|r8|fw|nvapi|pplx)[-_]|^AIza|^(?=.*\d)(?=.*[a-z])[\w-]{20,}$/i

/** The invalid value as far as it may be shown: no secrets, and no text that may be a misplaced one. */
function renderValue(value: unknown, path: Path, schema: JsonSchema | undefined, origins: Origins): string {
  if (Array.isArray(value)) return 'a list'
  if (value === null) return 'nothing'
  if (typeof value === 'object') return 'a mapping'
  if (isSecret(path)) return 'a value that is not shown'
  const variables = origins.at(path)?.variables
  if (variables !== undefined) return `the value of ${variables}`
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (schema?.type === 'object' || schema?.type === 'array') return 'text'
  if (typeof value !== 'string') return 'something else'
  if (likeKey.test(value)) return 'a value that is not shown'
  const shown = maskAddresses(value)
  return JSON.stringify(shown.length > 60 ? `${shown.slice(0, 60)}...` : shown)
}

function hintFor(value: unknown, schema: JsonSchema | undefined): string | undefined {
  if (schema?.type === 'string' && (typeof value === 'number' || typeof value === 'boolean')) {
    return 'put the value in quotes'
  }
  const isQuoted = typeof value === 'string' && /^(?:true|false)$/i.test(value)
  if (schema?.type === 'boolean' && isQuoted) return 'remove the quotes'
  return undefined
}
