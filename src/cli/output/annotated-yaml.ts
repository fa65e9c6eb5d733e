import { stringify } from 'yaml'
import { partsOf } from '../../config/tree.ts'
import type { Path } from '../../config/problems.ts'

/** Comments on the values of a tree. */
export interface Annotations {
  /** The lines above a value. */
  readonly above?: (path: Path) => readonly string[]
  /** The comment after a value that takes one line: text, a number, an empty list. */
  readonly after?: (path: Path) => string
}

/** Renders a tree of plain values as YAML with comments. */
export function annotatedYaml(tree: object, annotations: Annotations): string {
  return linesOf(tree, [], annotations)
    .map(line => `${line}\n`)
    .join('')
}

function linesOf(holder: object, path: Path, annotations: Annotations): string[] {
  const isList = Array.isArray(holder)
  return partsOf(holder).flatMap(([key, value]) => {
    const at: Path = [...path, key]
    const above = (annotations.above?.(at) ?? []).map(text => `# ${text}`)
    const lead = isList ? '-' : `${renderScalar(key)}:`
    if (!hasEntries(value))
      return [...above, `${lead} ${renderScalar(value)}${commentAfter(at, annotations)}`]
    const inside = linesOf(value, at, annotations)
    const [first = '', ...rest] = inside
    // A list item starts beside its dash, unless a comment comes first.
    if (isList && !first.startsWith('#')) return [...above, `- ${first}`, ...indent(rest)]
    return [...above, lead, ...indent(inside)]
  })
}

function commentAfter(path: Path, annotations: Annotations): string {
  const text = annotations.after?.(path) ?? ''
  return text === '' ? '' : `  # ${text}`
}

function hasEntries(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0
}

function indent(lines: readonly string[]): string[] {
  return lines.map(line => `  ${line}`)
}

/** Renders a value on one line, so that a comment can follow it. */
function renderScalar(value: unknown): string {
  if (typeof value === 'string' && value.includes('\n')) return JSON.stringify(value)
  return stringify(value, { lineWidth: 0 }).trimEnd()
}
