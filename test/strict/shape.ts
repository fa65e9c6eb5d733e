import { z } from 'zod'

export type Json = Readonly<Record<string, unknown>>

/** A path in a body: names of fields and positions in lists. */
export type Path = readonly (string | number)[]

/** Formats a violation: the place, and the rule that is broken. */
export function violation(path: Path, rule: string): string {
  return `${placeOf(path)}: ${rule}`
}

/**
 * Lists where a value departs from the shape that a service documents; `path` is the place of the value. For a union,
 * only the form that fits best is reported.
 */
export function shapeViolations(shape: z.ZodType, value: unknown, path: Path = []): string[] {
  const parsed = shape.safeParse(value)
  return parsed.success ? [] : parsed.error.issues.flatMap(issue => told(issue, path))
}

/**
 * Builds a closed object whose fields are exactly those of a type in the service's own SDK: the compiler reports fields
 * that the SDK has gained or lost.
 */
export function documented<T>() {
  return <S extends Record<keyof T, z.ZodType>>(
    fields: S & Record<Exclude<keyof S, keyof T>, never>,
  ): z.ZodObject<S, z.core.$strict> => z.strictObject<S>(fields)
}

/** Whether a value is an object but not a list. */
export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The entry of a table under a name from outside, which may be that of a built-in method. */
export function entryOf<T>(table: Readonly<Record<string, T>>, name: unknown): T | undefined {
  const key = String(name)
  return Object.hasOwn(table, key) ? table[key] : undefined
}

/** The objects of a list, each with its position; empty if the value is not a list. */
export function objectsOf(value: unknown): (readonly [number, Json])[] {
  if (!Array.isArray(value)) return []
  return value.flatMap((each: unknown, index) => (isObject(each) ? [[index, each] as const] : []))
}

/** Whether a field is set: neither absent nor null. */
export function given(value: unknown): boolean {
  return value !== undefined && value !== null
}

const unknown = 'the service does not know this field'

/** Whether a violation is a field that the service does not know. */
export function isUnknownField(found: string): boolean {
  return found.endsWith(`: ${unknown}`)
}

function told(issue: z.core.$ZodIssue, above: Path): string[] {
  const path = [...above, ...(issue.path as Path)]
  if (issue.code === 'unrecognized_keys') return issue.keys.map(key => violation([...path, key], unknown))
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [violation(path, issue.message)]
  const close = issue.errors.filter(form => !form.some(isOtherType))
  const best = close.toSorted((one, other) => depthOf(other) - depthOf(one))[0]
  return (
    best?.flatMap(each => told(each, path)) ?? [violation(path, 'none of the forms that the service takes')]
  )
}

/** Whether a value has another type than the form requires. */
function isOtherType({ code, path }: z.core.$ZodIssue): boolean {
  return code === 'invalid_type' && path.length === 0
}

/** The depth to which a form fits a value. */
function depthOf(issues: readonly z.core.$ZodIssue[]): number {
  return Math.max(
    ...issues.map(issue => {
      const below = issue.code === 'invalid_union' ? issue.errors.map(depthOf) : []
      return issue.path.length + Math.max(0, ...below)
    }),
  )
}

function placeOf(path: Path): string {
  if (path.length === 0) return 'body'
  return path.reduce<string>((place, part) => {
    if (typeof part === 'number') return `${place}[${part}]`
    return place === '' ? part : `${place}.${part}`
  }, '')
}
