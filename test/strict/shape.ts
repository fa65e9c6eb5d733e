import { z } from 'zod'

export type Json = Readonly<Record<string, unknown>>

/** A place in a body: names of fields and positions in lists. */
export type Path = readonly (string | number)[]

/** What a violation looks like everywhere here: where, and the rule that was broken. */
export function violation(path: Path, rule: string): string {
  return `${placeOf(path)}: ${rule}`
}

/**
 * Where a value departs from the shape that a service documents; `path` is its own place. Of a union, the form that fits
 * best speaks.
 */
export function shapeViolations(shape: z.ZodType, value: unknown, path: Path = []): string[] {
  const parsed = shape.safeParse(value)
  return parsed.success ? [] : parsed.error.issues.flatMap(issue => told(issue, path))
}

/**
 * A closed object whose fields are exactly those of a type that the service's own SDK documents: the compiler finds what
 * the SDK gained or lost.
 */
export function documented<T>() {
  return <S extends Record<keyof T, z.ZodType>>(
    fields: S & Record<Exclude<keyof S, keyof T>, never>,
  ): z.ZodObject<S, z.core.$strict> => z.strictObject<S>(fields)
}

/** A value that is an object and no list. */
export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The objects of a list, each with its position; nothing where there is no list. */
export function objectsOf(value: unknown): (readonly [number, Json])[] {
  if (!Array.isArray(value)) return []
  return value.flatMap((each: unknown, index) => (isObject(each) ? [[index, each] as const] : []))
}

/** Whether a field was given: neither absent nor null. */
export function given(value: unknown): boolean {
  return value !== undefined && value !== null
}

function told(issue: z.core.$ZodIssue, above: Path): string[] {
  const path = [...above, ...(issue.path as Path)]
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map(key => violation([...path, key], 'the service does not know this field'))
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [violation(path, issue.message)]
  const close = issue.errors.filter(form => !form.some(isOtherType))
  const best = close.toSorted((one, other) => depthOf(other) - depthOf(one))[0]
  return (
    best?.flatMap(each => told(each, path)) ?? [violation(path, 'none of the forms that the service takes')]
  )
}

/** Whether a value is of another type than a form wants. */
function isOtherType({ code, path }: z.core.$ZodIssue): boolean {
  return code === 'invalid_type' && path.length === 0
}

/** How far into the value a form fits before it does not. */
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
