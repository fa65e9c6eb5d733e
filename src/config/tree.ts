import type { Path } from './problems.ts'

// Trees of plain values, as files contain them, before any schema.

/** Whether a value is a mapping: an object and not a list. */
export function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The parts of a mapping or a list by their key, which is an index in a list; none of any other value. */
export function partsOf(value: unknown): readonly (readonly [key: string | number, part: unknown])[] {
  if (typeof value !== 'object' || value === null) return []
  return Array.isArray(value) ? [...(value as unknown[]).entries()] : Object.entries(value)
}

/** The value at a path of a tree; undefined if the path leads out of it. */
export function valueAt(tree: unknown, path: Path): unknown {
  let value = tree
  for (const part of path) {
    if (typeof value !== 'object' || value === null) return undefined
    value = (value as Record<string | number, unknown>)[part]
  }
  return value
}
