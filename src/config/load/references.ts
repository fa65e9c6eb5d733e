import type { FileTree } from '../document.ts'
import { interpolate } from '../interpolate.ts'
import type { Environment } from '../interpolate.ts'
import type { Origins } from '../origins.ts'
import type { Path, Problem } from '../problems.ts'

/**
 * Replaces references to the environment in the values of a tree. The value of a variable cannot add keys, and is
 * converted to the type that its place in the schema expects.
 */
export function resolveReferences(file: FileTree, environment: Environment): FileTree {
  const problems: Problem[] = []
  const tree = resolve(file.tree, [], { origins: file.origins, environment, problems })
  return { ...file, tree, problems: [...file.problems, ...problems] }
}

interface Context {
  readonly origins: Origins
  readonly environment: Environment
  readonly problems: Problem[]
}

function resolve(value: unknown, path: Path, context: Context): unknown {
  if (typeof value === 'string') return resolveText(value, path, context)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((item, index) => resolve(item, [...path, index], context))
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, resolve(inner, [...path, key], context)]),
  )
}

function resolveText(value: string, path: Path, { origins, environment, problems }: Context): string {
  const { text, changed, faults, isUnset } = interpolate(value, environment)
  const origin = origins.at(path)
  if (changed && origin) origins.set(path, { ...origin, untyped: true, variables: variablesIn(value) })
  const unset = isUnset ? { unset: path } : {}
  for (const fault of faults) problems.push({ ...origins.problem(path, fault), ...unset })
  return text
}

/** The references in a text, as its description wherever its value may be secret. */
function variablesIn(text: string): string {
  return [...text.matchAll(/\$\{\s*(\w+)/g)].map(([, name]) => `\${${name}}`).join(' ')
}
