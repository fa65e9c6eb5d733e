import { isSequence } from '../../parts.ts'

/** A named part of an answer and its text, which may have several lines. */
export type Part = readonly [name: string, text: string]

const emphasis = String.raw`(?:\*\*|__)?`
const opening = String.raw`^[^\S\n]{0,6}(?:[-*•]\s{1,3})?(?:#{1,5}\s)?${emphasis}`
/** `(a)`, `b)`, `(ii)`, `Part A:` at the start of a line. Capital letters in brackets are choices. */
const bracketed = new RegExp(
  String.raw`${opening}(?:\d\.\s{1,3}${emphasis}(?=\())?(?:\(?([a-h]|i{1,3}|iv|[1-9])\)|([a-h])\.)${emphasis}[.:]?${emphasis}(?=\s|$)[^\S\n]{0,3}`,
)
const worded = new RegExp(
  String.raw`${opening}(?:part|question|problem)\s\(?([a-h]|i{1,3}|iv|[1-9])\)?(?=[:.)*–—-]|\s*$)[):.]{0,2}${emphasis}[:.)–—-]{0,2}[^\S\n]{0,3}`,
  'i',
)
const numbered = new RegExp(String.raw`${opening}([1-9])\.${emphasis}\s{1,3}`)
const farewell =
  /\n\s{0,20}\n[^\S\n]{0,3}(?:---|\*\*\*|(?:I hope|Hope|Let me|If you|Feel free|Please)\b)[^]*$/
const longestText = 20_000

/**
 * The parts of an answer whose lines begin with labels that follow one another, the last such row of them. `1.` counts as a
 * label only on request, since steps of reasoning have such numbers, too. Undefined if there are fewer than two.
 */
export function partLinesIn(text: string, withNumbers = false): readonly Part[] | undefined {
  if (text.length > longestText) return undefined
  const lines = text.split('\n')
  const labels = lines.flatMap((line, at) => {
    const match = bracketed.exec(line) ?? worded.exec(line) ?? (withNumbers ? numbered.exec(line) : null)
    return match ? [{ at, name: (match[1] ?? match[2])!.toLowerCase(), length: match[0].length }] : []
  })
  const first = labels.findLastIndex(({ name }) => name === 'a' || name === 'i' || name === '1')
  const row = first === -1 ? [] : labels.slice(first)
  if (row.length < 2 || !isSequence(row.map(({ name }) => name))) return undefined
  return row.map(({ at, name, length }, index) => {
    const own = lines
      .slice(at, row[index + 1]?.at)
      .join('\n')
      .slice(length)
    return [name, own.replace(farewell, '').trim()]
  })
}
