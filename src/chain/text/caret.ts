const width = 72

/** Two lines that point to a character of a text: an excerpt, and a caret under the character at `at`. */
export function caretAt(text: string, at: number): string {
  const from = Math.max(0, at - width / 2)
  const excerpt = text.slice(from, from + width).replaceAll(/[^\x20-\x7e]/g, '?')
  const lead = from > 0 ? '...' : ''
  const tail = from + width < text.length ? '...' : ''
  return `\n  ${lead}${excerpt}${tail}\n  ${' '.repeat(lead.length + at - from)}^`
}
