/** Parses a text as JSON; undefined if it is not JSON. */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

/** Whether a text is the JSON of an object. */
export function isObjectText(text: string): boolean {
  const value = parsedJson(text)
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
