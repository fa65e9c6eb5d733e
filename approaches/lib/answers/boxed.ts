const opening = /\\(?:boxed|fbox)\s{0,3}\{/g
const single = /\\boxed\s{1,3}([\w.+-]{1,40})/g
/** The text between the boxes of one answer: "\boxed{2} and \boxed{3}". */
const between = /^[\s$),.]{0,6}(?:and|or|,)?[\s$(]{0,6}(?:[a-z](?:_\{?\w\}?)?\s?=\s?)?$/

const maxBoxes = 30

/** The content of the last `\boxed{}`, including inner braces; of all boxes if several are in a row. */
export function readBoxed(text: string): string | undefined {
  const openings = [...text.matchAll(opening)].slice(-maxBoxes)
  const boxes = openings.flatMap(({ index, 0: command }) => boxAt(text, index, command.length))
  const last = boxes.at(-1)
  if (!last) return [...text.matchAll(single)].at(-1)?.[1]
  const row = [last]
  for (const box of boxes.slice(0, -1).toReversed()) {
    const gap = text.slice(box.end, row[0]!.start)
    if (gap === '' || !between.test(gap)) break
    row.unshift(box)
  }
  return row.map(box => box.inside).join(', ')
}

interface Box {
  readonly start: number
  readonly end: number
  readonly inside: string
}

/** Empty if the braces do not close. */
function boxAt(text: string, start: number, length: number): Box[] {
  let depth = 1
  const limit = Math.min(text.length, start + 2000)
  for (let at = start + length; at < limit; at++) {
    if (text[at] === '\\') at++
    else if (text[at] === '{') depth++
    else if (text[at] === '}') depth--
    if (depth === 0) return [{ start, end: at + 1, inside: text.slice(start + length, at).trim() }]
  }
  return []
}
