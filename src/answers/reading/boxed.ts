import { isSequence } from '../parts.ts'

const opening = /\\{1,2}(?:boxed|fbox|framebox)\s{0,3}\{/g
const single = /\\boxed\s{1,3}([\w.+-]{1,40})/g
/** The text between the boxes of one answer: "\boxed{2} and \boxed{3}", or words of one sentence. */
const between = /^[\s$),.]{0,6}(?:and|or|,)?[\s$(]{0,6}(?:[a-z](?:_\{?\w\}?)?\s?=\s?)?$/
const sentence =
  /^(?!.*\b(?:so|hence|thus|therefore|then|correct\w*|actually|wait|instead|not)\b)[^\n.!?=;]{0,80}\b(?:and|or)\b[^\n.!?;]{0,60}$/i

const maxBoxes = 30

const partName = '([a-h]|i{1,3}|iv|[1-9])'
const labels = {
  inBrackets: String.raw`\(${partName}\)`,
  letter: String.raw`([a-h])\)`,
  digit: String.raw`([1-9])[.)]\s`,
  named: String.raw`(?:part|question|problem)\s\(?${partName}\)?[):.*]{0,4}\s`,
}
/** The label of a part, the last one in the text before a box. */
const label = new RegExp(
  String.raw`(?:^|\n|[.;]\s)[\s>#*_-]{0,8}(?:${Object.values(labels).join('|')})`,
  'gi',
)

/** The content of the last `\boxed{}`, including inner braces; of all boxes if several are in a row or in one sentence. */
export function readBoxed(text: string): string | undefined {
  const boxes = boxesIn(text)
  const last = boxes.at(-1)
  if (!last) return [...text.matchAll(single)].at(-1)?.[1]
  const row = [last]
  for (const box of boxes.slice(0, -1).toReversed()) {
    const gap = text.slice(box.end, row[0]!.start)
    if (gap === '' || !(between.test(gap) || sentence.test(gap))) break
    row.unshift(box)
  }
  return row.map(box => box.inside.replaceAll(/\s?\$\s?(and|or|,)\s?\$\s?/g, ' $1 ')).join(', ')
}

/** The boxes of labelled parts that follow one another, such as "(a) 5; (b) 7"; the last box of a part is its result. */
export function readBoxedParts(text: string): string | undefined {
  const boxes = boxesIn(text)
  if (boxes.length < 2) return undefined
  const results = new Map<string, string>()
  let from = 0
  for (const { start, end, inside } of boxes) {
    const labels = [...text.slice(Math.max(from, start - 4000), start).matchAll(label)]
    const name = labels.at(-1)?.slice(1).find(Boolean)?.toLowerCase() ?? [...results.keys()].at(-1)
    if (name === undefined) return undefined
    if (name === 'a' || name === '1' || name === 'i') results.clear()
    results.set(name, inside)
    from = end
  }
  if (results.size < 2 || !isSequence([...results.keys()])) return undefined
  return [...results].map(([name, inside]) => `(${name}) ${inside}`).join('; ')
}

function boxesIn(text: string): Box[] {
  const openings = [...text.matchAll(opening)].slice(-maxBoxes)
  return openings.flatMap(({ index, 0: command }) => boxAt(text, index, command.length))
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
