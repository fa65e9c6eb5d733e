import { renderPath } from '../problems.ts'
import type { Problem } from '../problems.ts'
import { configSchema } from '../schema.ts'
import type { Config } from '../schema.ts'

/** Sections without which the second pass would find problems that are not there: missing folders hide their steps. */
const needed = /^(?:plugins_dir|chains)\b/
/** A path through mappings alone, whose last value can be left out. */
const throughMappings = /^\w+(?:\.\w+)+$/

/** The configuration without the values at the paths of problems; undefined if these are needed, or the rest is invalid. */
export function validPart(
  tree: Readonly<Record<string, unknown>>,
  problems: readonly Problem[],
): Config | undefined {
  const paths = problems.map(({ path, unset }) => (unset ? renderPath(unset) : path))
  if (paths.some(path => path === '' || needed.test(path))) return undefined
  // A section may be invalid without a value that it needs.
  return parsedWithout(tree, paths) ?? parsedWithout(tree, paths.map(sectionOf))
}

function parsedWithout(
  tree: Readonly<Record<string, unknown>>,
  paths: readonly string[],
): Config | undefined {
  const rest = structuredClone(tree)
  for (const path of paths) leaveOut(rest, path)
  return configSchema.safeParse(rest).data
}

function sectionOf(path: string): string {
  return /^\w+/.exec(path)?.[0] ?? path
}

function leaveOut(tree: Record<string, unknown>, path: string): void {
  const parts = throughMappings.test(path) ? path.split('.') : [sectionOf(path)]
  let holder: unknown = tree
  for (const part of parts.slice(0, -1)) holder = (holder as Record<string, unknown> | undefined)?.[part]
  const last = parts.at(-1)
  if (typeof holder === 'object' && holder !== null && last !== undefined)
    Reflect.deleteProperty(holder, last)
}
