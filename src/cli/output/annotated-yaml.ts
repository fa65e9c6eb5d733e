import { stringify } from 'yaml'
import type { Path } from '../../config/problems.ts'

/** What to say of a value in comments. */
export interface Annotations {
  /** Lines above it. */
  readonly above?: (path: Path) => readonly string[]
  /** Behind it, for what is one line: text, numbers, empty lists. */
  readonly behind?: (path: Path) => string
}

/** A tree of plain values as YAML with comments. */
export function annotatedYaml(tree: object, annotations: Annotations): string {
  return linesOf(tree, [], annotations)
    .map(line => `${line}\n`)
    .join('')
}

function linesOf(holder: object, path: Path, annotations: Annotations): string[] {
  const isList = Array.isArray(holder)
  return Object.entries(holder).flatMap(([key, value]: [string, unknown]) => {
    const at: Path = [...path, isList ? Number(key) : key]
    const above = (annotations.above?.(at) ?? []).map(text => `# ${text}`)
    const lead = isList ? '-' : `${printed(key)}:`
    if (!hasInside(value)) return [...above, `${lead} ${printed(value)}${behind(at, annotations)}`]
    const inside = linesOf(value, at, annotations)
    const [first = '', ...rest] = inside
    // A list item starts beside its dash, unless a comment stands first.
    if (isList && !first.startsWith('#')) return [...above, `- ${first}`, ...indented(rest)]
    return [...above, lead, ...indented(inside)]
  })
}

function behind(path: Path, annotations: Annotations): string {
  const text = annotations.behind?.(path) ?? ''
  return text === '' ? '' : `  # ${text}`
}

function hasInside(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0
}

function indented(lines: readonly string[]): string[] {
  return lines.map(line => `  ${line}`)
}

/** On one line: several would have no place for a comment. */
function printed(value: unknown): string {
  if (typeof value === 'string' && value.includes('\n')) return JSON.stringify(value)
  return stringify(value, { lineWidth: 0 }).trimEnd()
}
