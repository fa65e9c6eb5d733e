import { alternatives } from '../../../sampling/alternatives.ts'
import { denial, isBound, isBoundBehind } from '../words/bounds.ts'
import { isTermBefore, numbersIn } from '../../numbers/numbers-in.ts'
import { lastLineOf } from '../last-lines.ts'

/** A longer text is an explanation, and its last number need not be its result. */
const longestText = 2000
const longestSentence = 200

/** Signs that a text calculates. */
const calculation =
  /=\s?[$€£]?-?\d|\d\s[-+−*×÷/]\s[$€£]?\d|\d\s?[+*×÷]\s?[$€£]?\d|\b(?:times|plus|minus|divided by|multiplied by)\s\d/
/** Words of a sentence that follows from those before it. */
const derivations = [
  '(?:that|this|which|it) (?:means?|leaves?|left|(?:would|will) (?:leave|give)|gives?|makes?|brings?)',
  'in (?:total|all)|altogether|total (?:of|number|cost|amount)',
  '(?<!the )left|remain(?:s|ing)?|together|still|now|ends? up|extra|each',
  'so (?:now )?(?:he|she|it|they|the|there)',
  '(?:would|will|could|can|must) (?:have|need|get|be|pay|earn|buy|take|make|cost|receive|leave)',
]
const derived = new RegExp(String.raw`(?<!\\)\b${alternatives(...derivations)}\b`, 'i')
/** Before a clause that may stand alone: "If she sells 3, that means she has 4." */
const clauses = /,\s(?=(?:and )?(?:that|which|this|so|then|it|he|she|they|there)\b)/
/** The result of several numbers in one sentence. */
const result =
  /(?:\b(?:a total of|equals|equal to|which (?:is|gives (?:us|her|him|them)?)|gives us)|,? or)\s([$€£]{0,1}\d[\d.,]{0,20}\b%?)(?=(?:,?\s\p{L}{1,20}){0,3}[.!]?$)/iu
/** In front of a number that is a term of an expression with a letter: the 1 of "2x + 1". */
const behindTerm = /[\p{L}\p{No})\]}]\s?[-+−*×·^]\s?$/u
const subject = /^(?:that )?(?:he|she|it|they|we|you|there) [a-z]/i
/** A year, or the number of a version, after these words. */
const date =
  /\b(?:in|by|since|until|after|before|from|version|chapter|step|page) (?:[12]\d{3}|(?<=(?:version|chapter|step|page) )\d{1,3})$/i

/**
 * The number in the last sentence of a short text that calculates something and says so in no other way: "She has 45 marbles
 * left." Undefined if the sentence has several numbers, denies or bounds them, has them in an expression, or is one of a row of
 * alike sentences.
 */
export function readLastNumber(plain: string): string | undefined {
  if (plain.length > longestText) return undefined
  const sentences = sentencesOf(lastLineOf(plain))
  const whole = sentences.at(-1) ?? ''
  const clause = whole.split(clauses).at(-1)!
  const last = derived.test(clause) ? clause : whole
  const isDerived = derived.test(last)
  const numberCount = plain.match(/\d[\d.,]*/g)?.length ?? 0
  if (!isDerived && !calculation.test(plain)) return undefined
  if (numberCount === 0 || numberCount === 2 || last.length > longestSentence || last.endsWith('?'))
    return undefined
  const { only, others, before, after } = numbersIn(last)
  if (only === undefined || isBound(before) || denial.test(last)) return undefined
  if (others) return result.exec(last)?.[1]?.replace(/[.,]$/, '')
  const rest = last.slice(before.length + only.length + after.length)
  if (behindTerm.test(before + /^[-+−]?/.exec(only)![0]) || isTermBefore(rest) || isBoundBehind(rest))
    return undefined
  const previous = sentences.at(-2) ?? sentencesOf(lastLineOf(plain.slice(0, plain.lastIndexOf(last)))).at(-1)
  if (date.test(before + only) || (!isDerived && previous !== undefined && isAlike(previous, last)))
    return undefined
  return only + after
}

/** The 42 of "She should read 42 pages tomorrow", stated as an answer: the only number of a sentence about somebody. */
export function readOnlyFigure(stated: string): string | undefined {
  if (stated.length > longestSentence || !subject.test(stated) || denial.test(stated)) return undefined
  const { only, others, before, after } = numbersIn(stated)
  const isBounded = isBound(before) || isBoundBehind(stated.slice(before.length + (only?.length ?? 0)))
  return only === undefined || others || isBounded || date.test(before + only) ? undefined : only + after
}

/** The 60 € of "Anna hat noch 60 €", stated as an answer: the only number of a sentence, with its unit, at the end. */
export function readLastMeasure(stated: string): string | undefined {
  if (stated.length > longestSentence || denial.test(stated)) return undefined
  const { only, others, before, after } = numbersIn(stated)
  const isLast = only !== undefined && stated.endsWith(only + after)
  return isLast && !others && after !== '' && !isBound(before) && /^(?:\p{L}+\s){3}/u.test(before)
    ? only + after
    : undefined
}

function sentencesOf(line: string): readonly string[] {
  return line.split(/(?<=[.!?])\s+(?=\p{Lu})/u)
}

/** Whether two sentences say the same of other things: "He has 5 apples." and "She has 7 apples." */
function isAlike(one: string, other: string): boolean {
  const [first, second] = [one, other].map(sentence => /(\p{L}+)\s[$€£]?\d[\d.,]*\s?(\p{L}*)/u.exec(sentence))
  return !first || !second || first[1] === second[1]
}
