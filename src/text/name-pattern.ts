/** Whether a name matches a pattern: they are the same, or the pattern ends with `*` and the name begins as it does. */
export function matchesPattern(name: string, pattern: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern
}

/** The pattern that decides for a name: the name itself, else the longest that matches; undefined if none does. */
export function closestPattern(patterns: readonly string[], name: string): string | undefined {
  let best: string | undefined
  for (const pattern of patterns) {
    if (pattern === name) return pattern
    if (matchesPattern(name, pattern) && (best === undefined || pattern.length > best.length)) best = pattern
  }
  return best
}
