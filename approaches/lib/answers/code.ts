const fence = '```'

/** The last fenced block with its fences; an unclosed block extends to the end. */
export function readCode(text: string): string | undefined {
  const parts = text.split(/^[^\S\n]{0,3}(?:```|~~~)/m)
  const inside = parts.length % 2 === 0 ? parts.at(-1) : parts.at(-2)
  return parts.length === 1 ? undefined : `${fence}${inside}${fence}`
}

/** The content of a fenced block, without the name of a language; the text itself if it is not such a block. */
export function unfence(text: string): string {
  return /^(```|~~~)(?:[^\n`]*\n)?([\s\S]*)\1$/.exec(text)?.[2] ?? text
}
