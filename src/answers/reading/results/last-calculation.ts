import { boundIn, denial } from '../words/bounds.ts'
import { unitAt } from '../../units/unit-at.ts'
import { isValue } from '../property.ts'
import { lastLineOf } from '../last-lines.ts'

/** A longer text is an explanation with parts that its last calculation need not conclude. */
const longestText = 3000
const longestSentence = 400
const sentenceEnd = /(?<=[.!?])\s{1,3}(?=[\p{Lu}\d$(\\])/gu
const equals = /[=≈]|\\approx(?![a-z])/
const calculations = [
  String.raw`[\d.)}%]\s?[-+−*×·⋅÷/^]\s?[-$€£({\\]{0,3}\d`,
  String.raw`\d\s?\p{L}{1,12}\s[-+−*×·⋅÷/]\s[$€£(]{0,2}\d`,
  String.raw`\\(?:d?frac|sqrt|times|cdot|div)(?![a-z])|√\d|\d!`,
]
/** Two numbers with a sign of arithmetic between them, behind a unit or not, or a command of LaTeX for one. */
const arithmetic = new RegExp(calculations.join('|'), 'u')
/** "Dividing both sides by 2, we get x" */
const solved = /\b(?:get|gives|have|obtain|find|yields)(?: that)? \$?([a-z])\s?$/i
/** Words of a sentence that concludes nothing: it checks, sets a condition, denies or names several things. */
const inconclusive = new RegExp(
  [
    String.raw`\b(?:if|unless|suppose|check|verif\w+|confirm\w*|indeed|recall|note|because|since|options?|example|e\.g)\b`,
    denial.source,
    String.raw`\b(?:or|and)\b|[✓✔?]|^[A-J][.)]\s`,
  ].join('|'),
  'i',
)
/** The label of a second part. */
const part = /(?:^|\s)\(?(?:b|ii)\)\s/
const figure = String.raw`(?:\d[\d,]{0,30}(?:\.\d{1,30})?|\.\d{1,30})`
const figures = new RegExp(String.raw`(?<![\d.])${figure}`, 'g')
/** A number that is said to be a value: neither part of an expression nor the right side of an equation such as 2x + 1 = 7. */
const said = new RegExp(
  String.raw`(?:(?<!\d[a-z](?:\s?[-+−]\s?\d{1,9})?\s?)[=≈]|\\approx|\b(?:is|are|was|were|be|equals|totals|of|get|gives))` +
    String.raw`\s?\$?\s?[-−]?[$€£]?(${figure})(?![\d.,]?\d|(?:\s\p{L}{1,12})?\s?[-+−*×·⋅÷/^=≈(]|\s?\\(?:times|cdot|div|approx))`,
  'gu',
)
const measured = /^([^\p{L}]{1,40}?)(\s\p{L}{1,15}(?:[\s/]\p{L}{1,15}){0,2})$/u
/** A letter that is neither the constant π nor in the name of a function. */
const variable = /(?<![\\\p{L}])(?!π)\p{L}/u

/**
 * The result of the calculation that ends a text: the 9 ft of "..., so L = (88 * 27) / 264 = 9 ft." Undefined if the text says
 * another value that it does not use again, which may be a part of the answer, or if the result occurs before, and is checked.
 */
export function readLastCalculation(plain: string): string | undefined {
  const text = plain.trim()
  if (text.length > longestText || part.test(text)) return undefined
  const sentence = lastLineOf(text).split(sentenceEnd).at(-1)!
  const sides = sentence.split(equals)
  const [step = '', end = ''] = sides.slice(-2)
  const name = solved.exec(step)?.[1]
  if (sides.length < 2 || sentence.length > longestSentence || inconclusive.test(sentence)) return undefined
  if ((name === undefined && !arithmetic.test(step)) || boundIn(sentence)) return undefined
  const result = resultIn(end)
  if (result === undefined || !isDerived(result, text.slice(0, text.lastIndexOf(end)))) return undefined
  return name !== undefined && /[xyz]/.test(name) ? `${name} = ${result}` : result
}

/** A side that is a number with or without a unit, or an expression of numbers. */
function resultIn(side: string): string | undefined {
  const bare = side
    .replaceAll(/\\(?:text|mathrm)\s?\{([^{}]{0,40})\}/g, ' $1')
    .replaceAll(/\\[[\]()]|\$(?!\d)|\\[,;:! ]|~/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .replace(/[.,!]$/, '')
    .trim()
  if (!/\d/.test(bare) || /[,;]\s/.test(bare)) return undefined
  const [, value, unit] = measured.exec(bare) ?? []
  if (value !== undefined) return isValue(value) ? value + unitAt(unit!) : undefined
  return isValue(bare) && !variable.test(bare) ? bare : undefined
}

/** Behind a value that the calculation after it only checks. */
export const checked = /\d\$? (?:works|fits|holds|checks out|satisfies|is (?:correct|right|valid))\b/

/** Whether a result is new after the text before it, and all that was found there is used further on. */
function isDerived(result: string, before: string): boolean {
  const [number, ...more] = result.match(figures) ?? []
  const isKnown =
    number === undefined || more.length > 0
      ? before.includes(result)
      : [...before.matchAll(figures)].some(({ 0: each }) => magnitude(each) === magnitude(number))
  return !isKnown && !checked.test(before) && isUsedUp(before)
}

/** Whether each value that a text states, and a number of each of its sentences, occurs again after it. */
export function isUsedUp(text: string): boolean {
  const lastPlaces = new Map(
    [...text.matchAll(figures)].map(({ 0: each, index }) => [magnitude(each), index]),
  )
  const isUsed = (number: string, end: number): boolean => (lastPlaces.get(magnitude(number)) ?? -1) >= end
  if (![...text.matchAll(said)].every(({ 0: all, 1: value, index }) => isUsed(value!, index + all.length)))
    return false
  const ends = [...text.matchAll(sentenceEnd)].map(({ index }) => index)
  return ends.every((end, at) => {
    const from = ends[at - 1] ?? 0
    const found = [...text.slice(from, end).matchAll(figures)]
    return found.length === 0 || found.some(({ 0: each, index }) => isUsed(each, from + index + each.length))
  })
}

function magnitude(number: string): number {
  return Number(number.replaceAll(',', ''))
}
