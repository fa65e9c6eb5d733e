/** A group of a regular expression that matches any of these, the first that fits. */
export function alternatives(...patterns: readonly string[]): string {
  return `(?:${patterns.join('|')})`
}
