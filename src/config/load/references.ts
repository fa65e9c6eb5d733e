import type { FileTree } from '../document.ts'
import { interpolate } from '../interpolate.ts'
import type { Environment } from '../interpolate.ts'
import type { Origins } from '../origins.ts'
import type { Path, Problem } from '../problems.ts'

/**
 * Replaces references to the environment in the values of a tree. What a variable holds cannot add keys, and takes the
 * type that its place asks for.
 */
export function resolveReferences(file: FileTree, environment: Environment): FileTree {
  const problems: Problem[] = []
  const tree = resolved(file.tree, [], { origins: file.origins, environment, problems })
  return { ...file, tree, problems: [...file.problems, ...problems] }
}

interface Surroundings {
  readonly origins: Origins
  readonly environment: Environment
  readonly problems: Problem[]
}

function resolved(value: unknown, path: Path, around: Surroundings): unknown {
  if (typeof value === 'string') return resolvedText(value, path, around)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((item, index) => resolved(item, [...path, index], around))
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, resolved(inner, [...path, key], around)]),
  )
}

function resolvedText(value: string, path: Path, { origins, environment, problems }: Surroundings): string {
  const { text, changed, faults } = interpolate(value, environment)
  const origin = origins.at(path)
  if (changed && origin) origins.set(path, { ...origin, untyped: true, variables: variablesIn(value) })
  for (const fault of faults) problems.push(origins.problem(path, fault))
  return text
}

/** What a value that is made of variables is called where it may not be shown. */
function variablesIn(text: string): string {
  return [...text.matchAll(/\$\{\s*(\w+)/g)].map(([, name]) => `\${${name}}`).join(' ')
}
