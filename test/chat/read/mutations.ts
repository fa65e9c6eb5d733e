import fc from 'fast-check'

/** A change of one value of a JSON tree. */
export interface Mutation {
  readonly path: readonly (string | number)[]
  /** `undefined` removes the value. */
  readonly value: unknown
}

/** Values that mean "nothing". */
export const nothings = [null, '', undefined]

/** Values that are valid nowhere, among them those that break a careless reader. */
export const strangers = [
  0,
  -1,
  0.5,
  4_294_967_294,
  1e308,
  Number.POSITIVE_INFINITY,
  true,
  false,
  'text',
  '__proto__',
  'length',
  [],
  {},
  [null],
  [1],
  { toString: 1 },
  JSON.parse('{"__proto__":{"polluted":1}}') as unknown,
]

/** The paths to all values within a tree. */
export function pathsIn(tree: unknown): (string | number)[][] {
  if (typeof tree !== 'object' || tree === null) return []
  return Object.entries(tree).flatMap(([key, value]) => {
    const step = Array.isArray(tree) ? Number(key) : key
    return [[step], ...pathsIn(value).map(path => [step, ...path])]
  })
}

/** Mutations of a tree with the given values. */
export function mutationsOf(tree: unknown, values: readonly unknown[]): fc.Arbitrary<Mutation> {
  return fc.record({ path: fc.constantFrom(...pathsIn(tree)), value: fc.constantFrom(...values) })
}

/** A copy of a tree with one value changed. */
export function mutated(tree: unknown, { path, value }: Mutation): unknown {
  const copy = structuredClone(tree)
  let target = copy as Record<string | number, unknown>
  for (const step of path.slice(0, -1)) target = target[step] as Record<string | number, unknown>
  const last = path.at(-1)!
  if (value === undefined && !Array.isArray(target)) Reflect.deleteProperty(target, last)
  else target[last] = value ?? null
  return copy
}
