import { jsonKey } from './json.ts'
import { unfenced } from './code.ts'
import { plainMath } from './plain-math.ts'
import { readQuantity } from './quantity.ts'
import type { Quantity } from './quantity.ts'
import { readNumberWord } from './number-word.ts'

const fence = /^(```|~~~)[\s\S]*\1$/
/** A letter, in brackets or followed by one and words, but not by another letter. */
const choice =
  /^(?:(?:option|choice|answer)\s)?(?!.{1,3}\s?(?:[,;&]|and\b|or\b)\s?[([]?[A-J]\b)(?:[([]([A-J])[)\]].*|([A-J])(?:\).*|[.:])?)$/is
const labelled = /^([A-J])(?:\s?[.:,]\s|\s?[-—]\s)(.+)$/s
const verdict = /^(yes|no|true|false)\b(?!\.\s?\d)(?:[,.;:!].*|\s[-—]\s.*)?$/is
const verdictFirst = /^[*_]{0,2}(yes|no|true|false)[.!]?[*_]{0,2}\s*\n/i
const quotes = new Map(
  ['$$', '""', "''", '``', '“”', '‘’', '«»', '**', '__', '„“'].map(pair => [pair[0]!, pair[1]!]),
)
/** Above this a text is prose, and neither a list nor an expression. */
const longestTerm = 300

/** What an answer says: equal keys, same meaning. */
export interface AnswerKey {
  readonly key: string
  readonly quantity?: Quantity | undefined
  /** What may be the letter of a choice, or else a name: the A in `A. Lincoln`, and what comes after it. */
  readonly label?: { readonly letter: string; readonly text: string } | undefined
}

/**
 * One spelling for answers that mean the same: 0.5, 1/2, 50% and \frac{1}{2} are equal, and so are 1,000 and 1000.00,
 * `(B)` and `B) Paris`, `Yes.` and `Yes, it is`, code with other blanks, text in other case. Units and currencies count.
 * Numbers are compared exactly, however long.
 */
export function answerKeyOf(answer: string): string {
  return readAnswerKey(answer).key
}

/** As `answerKeyOf`, with what it takes to compare answers that say the same more or less fully. */
export function readAnswerKey(answer: string): AnswerKey {
  const trimmed = answer.trim()
  const json = jsonKey(unfenced(trimmed).trim())
  if (json !== undefined) return { key: `json:${json}` }
  if (fence.test(trimmed)) return { key: `code:${codeKey(unfenced(trimmed))}` }
  const [, verdictLine] = verdictFirst.exec(trimmed) ?? []
  return termKey(plainMath(verdictLine ?? trimmed))
}

function termKey(text: string): AnswerKey {
  const plain = bare(text)
  const letter = choiceLetter(plain)
  if (letter) return { key: `choice:${letter}` }
  const [, verdictWord] = verdict.exec(plain) ?? []
  if (verdictWord) return { key: `text:${verdictWord.toLowerCase()}` }
  const quantity = readQuantity(plain) ?? readNumberWord(plain)
  if (quantity) return { key: numberKey(quantity.value, quantity.unit), quantity }
  const [, label, rest] = labelled.exec(plain) ?? []
  if (label && rest) {
    return {
      key: wordsKey(plain),
      label: { letter: `choice:${label.toLowerCase()}`, text: termKey(rest).key },
    }
  }
  return { key: wordsKey(plain) }
}

/** The key of a number with its unit, which may be empty. */
export function numberKey(value: string, unit: string): string {
  return `number:${value}${unit === '' ? '' : ` ${unit}`}`
}

/** A bare small letter is more often a variable than a choice. */
function choiceLetter(plain: string): string | undefined {
  const [, bracketed, open] = choice.exec(plain) ?? []
  const small = open !== undefined && open === plain && /^[a-j]$/.test(open)
  return small ? undefined : (bracketed ?? open)?.toLowerCase()
}

/** Indentation has a meaning; other runs of blanks and empty lines have none. */
function codeKey(code: string): string {
  return code
    .split('\n')
    .filter(line => line.trim() !== '')
    .map(line => line.slice(0, line.search(/\S/)) + line.trim().replaceAll(/\s+/g, ' '))
    .join('\n')
}

/** Without bullets, quotes around, a variable or "about" in front and a full stop at the end. */
function bare(text: string): string {
  const inner = unquoted(text.replace(/^(?:[-+*•>]\s+(?!\d))+/, ''))
  const [, value] = /^(?:[a-z](?:_\w|\([a-z]\))?\s?)?[=≈]\s?([^=]+)$/i.exec(inner) ?? []
  return (value ?? inner)
    .replace(/^(?:≈|about|approximately|approx\.|roughly|exactly)\s?(?=[-\d$€£])/i, '')
    .trim()
}

function unquoted(text: string): string {
  const ended = text.replace(/(?:[.。]|(?<!\d)[!！])$/, '').trim()
  const pair = ended.length > 2 && quotes.get(ended[0]!) === ended.at(-1)
  return pair && !ended.slice(1, -1).includes(ended[0]!) ? unquoted(ended.slice(1, -1)) : ended
}

function wordsKey(plain: string): string {
  if (plain.length > longestTerm) return `text:${textKey(plain)}`
  const list = listKey(plain)
  if (list !== undefined) return `list:${list}`
  const isExpression = !/\p{L}{3}/u.test(
    plain.replaceAll(/\\?(?:sin|cos|tan|log|exp|sqrt|mod)\b|\\[a-z]+/gi, ''),
  )
  return `text:${isExpression && /[^\p{L}\s]/u.test(plain) ? expressionKey(plain) : textKey(plain)}`
}

/** Items by their own keys; those of a set, in braces, in any order. */
function listKey(plain: string): string | undefined {
  const [open = '', close = ''] = [plain[0], plain.at(-1)]
  const enclosed = /^[([{]$/.test(open) && /^[)\]}]$/.test(close) && closesAtEnd(plain)
  const { items, joint } = itemsOf(enclosed ? plain.slice(1, -1) : plain)
  if (items.length < 2) return undefined
  const keys = items.map(item => termKey(item).key)
  if (open === '{') keys.sort()
  return enclosed ? `${open}${keys.join(joint)}${close}` : keys.join(joint)
}

/** Whether the bracket at the begin is closed by the one at the end. */
function closesAtEnd(text: string): boolean {
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    if ('([{'.includes(text[at]!)) depth++
    if (')]}'.includes(text[at]!)) depth--
    if (depth === 0) return at === text.length - 1
  }
  return false
}

/** Splits at the commas (or "and", "or") that stand in no brackets. A comma without a blank splits only where none has one. */
function itemsOf(text: string): { readonly items: readonly string[]; readonly joint: string } {
  const separator = /,\s/.test(text)
    ? /^(?:,\s(?:and\s|or\s)?|;\s?|\s(?:and|or|&)\s)/
    : /^(?:[,;]\s?|\s(?:and|or|&)\s)/
  const items: string[] = []
  let joint = ','
  let depth = 0
  let from = 0
  for (let at = 0; at < text.length; at++) {
    if ('([{'.includes(text[at]!)) depth++
    if (')]}'.includes(text[at]!)) depth--
    const [cut] = depth === 0 ? (separator.exec(text.slice(at, at + 6)) ?? []) : []
    if (cut === undefined) continue
    if (/\bor\b/.test(cut)) joint = '|'
    items.push(text.slice(from, at))
    from = at + cut.length
    at = from - 1
  }
  return { items: [...items, text.slice(from)].map(item => item.trim()).filter(item => item !== ''), joint }
}

/** Without blanks, and without the sign of a product that is understood without it. */
function expressionKey(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/\s+/g, '')
    .replaceAll(/(?<=[\w)])\*(?=[a-z(√π])/g, '')
}

/** Only what ends a word is dropped: a minus, a point or a comparison inside says something. */
function textKey(text: string): string {
  return text
    .toLowerCase()
    .normalize('NFD')
    .replaceAll(/[\u0300-\u036F]/g, '')
    .replaceAll(/["'`“”‘’]/g, '')
    .replaceAll(/[.,;:!?]+(?=\s|$)/g, '')
    .replace(/^(?:the|an?) /, '')
    .replaceAll(/\s+/g, ' ')
    .trim()
}
