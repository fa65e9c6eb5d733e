const whole = /^os\.environ\/([A-Za-z_]\w*)$/

/** Rewrites `os.environ/NAME` as `${NAME}` in a value and everything inside it. Two dollar signs stay two. */
export function toOurReferences(value: unknown): unknown {
  if (typeof value === 'string') {
    const name = whole.exec(value.trim())?.[1]
    return name === undefined ? value.replaceAll('$$', () => '$$$$') : referenceTo(name)
  }
  if (Array.isArray(value)) return value.map(toOurReferences)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, toOurReferences(inner)]))
}

/** A reference to a variable, as our files write it. */
export function referenceTo(name: string): string {
  return `\${${name}}`
}

/** A reference to the first of some variables that is set, else a text; without one, the last must be set. */
export function firstOf(names: readonly string[], fallback?: string): string | undefined {
  return names.reduceRight<string | undefined>(
    (rest, name) => (rest === undefined ? referenceTo(name) : `\${${name}:-${rest}}`),
    fallback,
  )
}
