import { isJsonArray, jsonKey } from './json.ts'
import { unfence } from './code.ts'
import { codeKey, shownValue } from './code-key.ts'
import { bareTerm, unquoted } from './bare-term.ts'
import { numberKey } from './numbers/number-key.ts'
import { listKey, namedKey, setOf, valuesOf } from './lists.ts'
import { partsOf } from './parts.ts'
import { intervalOf } from './relation.ts'
import { determinantOf, matrixOf } from './terms/matrices.ts'
import { withEnglishJoints } from './terms/joints.ts'
import { choiceLetter } from './terms/choice-letter.ts'
import { growthKey, mathKey, turnKey } from './terms/math-key.ts'
import { letterProductKey, withoutBlanks, wordProductKey } from './terms/products.ts'
import { rangeKey } from './terms/ranges.ts'
import { expressionKey, lettersOf, textKey } from './terms/text-key.ts'
import { readVerdictKey } from './terms/verdict-key.ts'
import { specialKey } from './terms/special.ts'
import { functionPattern } from './value/functions.ts'
import { equationKey, valueOf } from './value/index.ts'
import { plainMath } from './plain/plain-math.ts'
import { readDecimalComma, readQuantity } from './numbers/quantity.ts'
import type { Quantity } from './numbers/quantity.ts'
import { readCompound } from './numbers/compound.ts'
import { readNumberWord } from './numbers/number-word.ts'

const fence = /^(```|~~~)[\s\S]*\1$/
const labelled = /^([A-J])(?:\s?[.:,]\s|\s?[-—]\s)(.+)$/s
const verdictFirst = /^[*_]{0,2}(yes|no|true|false)[.!]?[*_]{0,2}\s*\n/i
const namedTuple = /^\(((?:[a-z],\s?){1,4}[a-z])\)\s?=\s?(\([^=]{1,100}\))\.?$/i
/** The words that an expression may have. */
const command = new RegExp(String.raw`\\?(?:${functionPattern}|mod)\b|\\[a-z]+`, 'gi')
/** A longer text is prose, and neither a list nor an expression. */
const longestTerm = 300

/** A longer answer is equal only to the same text. */
const longestAnswer = 200_000

/** The meaning of an answer: answers with equal keys mean the same. */
export interface AnswerKey {
  readonly key: string
  readonly quantity?: Quantity | undefined
  /** A letter that may be a choice or part of a name, as in `A. Lincoln`, and the key of the text after it. */
  readonly label?: { readonly letter: string; readonly text: string } | undefined
  /** The labelled parts of an answer such as "(a) 5 (b) 7". */
  readonly parts?: readonly (readonly [string, AnswerKey])[] | undefined
  /** The key of the items of a list as a set, whose order does not count. */
  readonly set?: string | undefined
  /** The key of "y = 2x + 1" as an equation, apart from that of its right side. */
  readonly equation?: string | undefined
  /** Keys of shorter forms, such as "3, 2" of "x = 3 and y = 2". */
  readonly shorter?: readonly string[] | undefined
  /** The key of letters such as "mgh" as a product. */
  readonly product?: string | undefined
  /** The name of a coordinate with its value, as in "x = 5": the line y = 5 is another. */
  readonly coordinate?: string | undefined
  /** The key of the only number or letter in a sentence, and that of the number without its unit. */
  readonly lone?: { readonly key: string; readonly bare: string } | undefined
  /** Whether it is an angle in radians that says so, such as "π/2 rad". */
  readonly isTurn?: boolean
  /** A list such as "2,5" as a number with a decimal comma. */
  readonly decimal?: Quantity | undefined
}

/**
 * A key that answers with the same meaning share: 0.5, 1/2, 50% and \frac{1}{2} are equal, and so are 1,000 and 1000.00,
 * `(B)` and `B) Paris`, `Yes.` and `Yes, it is`, code that differs in blanks, text that differs in case. Units and currencies
 * count. Numbers are compared exactly, however long.
 */
export function bareAnswerKey(answer: string): string {
  return readAnswerKey(answer).key
}

/** Like `bareAnswerKey`, with the facts needed to compare answers of different completeness. */
export function readAnswerKey(answer: string): AnswerKey {
  const [, coordinate] = /^[$\s(\\[]{0,4}([xyz])\s?=/.exec(answer) ?? []
  const key = keyOf(answer)
  return coordinate !== undefined && isSingle(key) ? { ...key, coordinate } : key
}

/** Whether a key is that of a number or an expression, and not of a list of them. */
function isSingle({ key }: AnswerKey): boolean {
  return /^(?:number|value):/.test(key)
}

function keyOf(answer: string): AnswerKey {
  const trimmed = answer.trim()
  if (isTooLong(trimmed)) return { key: `long:${trimmed}` }
  const json = jsonKey(unfence(trimmed).trim())
  if (json !== undefined) return { key: `json:${json}` }
  if (fence.test(trimmed)) {
    const array = unfence(trimmed).trim()
    if (isJsonArray(array)) return termKey(plainMath(array))
    const shown = shownValue(trimmed)
    return shown === undefined ? { key: `code:${codeKey(trimmed)}` } : termKey(plainMath(shown))
  }
  const [, verdictLine] = verdictFirst.exec(trimmed) ?? []
  const plain = plainMath(verdictLine ?? trimmed)
  return termKey(plain.length > longestTerm ? plain : withEnglishJoints(plain))
}

/** Whether an answer is too long to be read as it is meant. A character such as ﷺ is eighteen in its plain spelling. */
function isTooLong(text: string): boolean {
  return text.length > longestAnswer || text.normalize('NFKC').length > longestAnswer
}

function ofParts(parts: NonNullable<AnswerKey['parts']>): AnswerKey {
  return { key: partsKey(parts.map(([name, { key }]) => [name, key])), parts }
}

/** The key of labelled parts, from those of each. */
export function partsKey(parts: readonly (readonly [string, string])[]): string {
  return `parts:${parts.map(([name, key]) => `${name}=${key}`).join(';')}`
}

function keyOfTerm(text: string): string {
  return termKey(text).key
}

function termKey(text: string): AnswerKey {
  const parts = partsOf(text)
  if (parts) return ofParts(parts.map(([name, part]) => [name, termKey(part)]))
  const tuple = namedTuple.exec(unquoted(text))
  if (tuple && isInOrder(tuple[1]!)) return termKey(tuple[2]!)
  const named = namedKey(text, keyOfTerm)
  if (named !== undefined)
    return { key: named, shorter: named.startsWith('names:') ? valuesOf(text, keyOfTerm) : undefined }
  const term = bareTerm(text)
  const letter = choiceLetter(term)
  if (letter) return { key: `choice:${letter}` }
  const verdict = readVerdictKey(term)
  if (verdict !== undefined) return { key: `text:${verdict}` }
  const special = growthKey(term) ?? specialKey(term)
  if (special !== undefined)
    return {
      key: special,
      shorter: bareYearOf(special) ?? rangeOf(term),
      product: letterProductKey(term),
    }
  const turn = turnKey(term)
  if (turn !== undefined) return { key: turn, isTurn: true }
  const quantity = readQuantity(term) ?? readNumberWord(term) ?? readCompound(term)
  if (quantity) return { key: numberKey(quantity.value, quantity.unit), quantity }
  const [, label, rest] = labelled.exec(term) ?? []
  if (label && rest && !labelled.test(rest)) {
    return {
      key: wordsKey(term),
      label: { letter: `choice:${label.toLowerCase()}`, text: termKey(rest).key },
    }
  }
  return {
    key: wordsKey(term),
    equation: formulaOf(text),
    set: setOf(term, keyOfTerm),
    decimal: readDecimalComma(term),
    shorter: withoutUnit(term),
    product: letterProductKey(term),
  }
}

/** The key that the year 1066 of our era has without its era. */
function bareYearOf(key: string): readonly string[] | undefined {
  const [, year] = /^year:(\d+)$/.exec(key) ?? []
  return year === undefined ? undefined : [numberKey(`${year}/1`, '')]
}

/** The key that the ratio "5 to 10" has as a range. */
function rangeOf(term: string): readonly string[] | undefined {
  const range = /\sto\s/.test(term) ? rangeKey(`from ${term}`) : undefined
  return range === undefined ? undefined : [range]
}

function formulaOf(text: string): string | undefined {
  const [, right = ''] = /^[a-z]\s?=\s?([^=]{1,80})$/i.exec(unquoted(text)) ?? []
  const equation = /(?<![a-z])[a-z](?![a-z])/i.test(right) ? equationKey(unquoted(text)) : undefined
  return equation && `equation:${equation}`
}

/** The key of an expression such as "12π" of "12π cubic centimeters"; undefined for other texts. */
function withoutUnit(term: string): readonly string[] | undefined {
  const [, expression] =
    /^([^=,;]{1,80}[\d√π)])\s(?:(?:square |cubic )\p{L}{2,12}|[kcm]?m(?:\^[23])?|units?(?:\^[23])?)$/u.exec(
      term,
    ) ?? []
  return expression !== undefined && valueOf(expression) ? [termKey(expression).key] : undefined
}

/** Whether names such as those of `(x, y) = (1, 2)` are in the order in which everybody would write them. */
function isInOrder(names: string): boolean {
  const list = names.split(',').map(name => name.trim())
  return list.every((name, index) => index === 0 || list[index - 1]! < name)
}

function wordsKey(term: string): string {
  if (term.length > longestTerm) return `text:${textKey(term)}`
  const letters = lettersOf(term)
  if (letters !== undefined) return termKey(letters).key
  const [, within] = /^[a-z]\s?∈\s?(\S.*)$/i.exec(term) ?? []
  if (within !== undefined) return termKey(within).key
  const interval = intervalOf(term) ?? matrixOf(term)
  if (interval !== undefined) return termKey(interval).key
  const determinant = determinantOf(term)
  const calculated = determinant === undefined ? undefined : mathKey(determinant)
  if (calculated !== undefined) return calculated
  const list = listKey(term, keyOfTerm)
  if (list !== undefined) return list
  const math = mathKey(term) ?? wordProductKey(term)
  if (math !== undefined) return math
  if (/^[a-z]$/i.test(term)) return `text:${term}`
  const isExpression = !/\p{L}{3}/u.test(term.replaceAll(command, ''))
  return `text:${isExpression && /[^\p{L}\s]/u.test(term) ? expressionKey(term) : textKey(withoutBlanks(term))}`
}
