const leastMarks = 3

/**
 * The contents of the fenced code blocks of a text, in order, without surrounding blank lines. Fences may have any indentation;
 * an unclosed block extends to the end. Reads line by line: matches of a pattern, each an array, take most of the time.
 */
export function codeBlocks(text: string): string[] {
  const lines = text.replaceAll('\r\n', '\n').split('\n')
  const blocks: string[] = []
  let fence: string | undefined
  let from = 0
  for (const [index, line] of lines.entries()) {
    if (fence === undefined) {
      fence = fenceOf(line)
      from = index + 1
    } else if (line.trim() === fence) {
      blocks.push(inside(lines.slice(from, index)))
      fence = undefined
    }
  }
  if (fence !== undefined && from < lines.length) blocks.push(inside(lines.slice(from)))
  return blocks
}

/** The marks of the fence that a line begins with. */
function fenceOf(line: string): string | undefined {
  if (line.length < leastMarks) return undefined
  const bare = line.trimStart()
  const [mark] = bare
  if (mark !== '`' && mark !== '~') return undefined
  let length = 1
  while (bare[length] === mark) length++
  return length < leastMarks ? undefined : bare.slice(0, length)
}

function inside(lines: readonly string[]): string {
  const first = lines.findIndex(line => line.trim() !== '')
  return first === -1 ? '' : lines.slice(first).join('\n').trimEnd()
}
