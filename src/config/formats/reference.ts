const whole = /^os\.environ\/([A-Za-z_]\w*)$/

/** `os.environ/NAME` as `${NAME}`, in a value and all that is in it. Two dollar signs stay two. */
export function asOurReferences(value: unknown): unknown {
  if (typeof value === 'string') {
    const name = whole.exec(value.trim())?.[1]
    return name === undefined ? value.replaceAll('$$', () => '$$$$') : referenceTo(name)
  }
  if (Array.isArray(value)) return value.map(asOurReferences)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, asOurReferences(inner)]))
}

/** How our files say that a value is that of a variable. */
export function referenceTo(name: string): string {
  return `\${${name}}`
}
