import { functionPattern } from './functions.ts'

const functionWord = new RegExp(String.raw`\\?(?:${functionPattern})(?![a-z])`, 'g')
/** Words and names of several letters, unlike products of variables. */
const word =
  /[A-Za-z]{3}|[A-Z][A-Za-z]|\b(?:is|no|or|of|to|in|at|on|if|by|as|an|be|am|pm|it|we|so|up|do|go|he|me|my|us)\b/
/** Scores, ranges, dates, sizes: their numbers are not to be calculated. */
const noCalculation =
  /^\d+(?:\.\d+)?(?:\s?-\s?\d+(?:\.\d+)?)+$|^\d+(?:\/\d+){2,}$|^\d+(?:\s?\*\s?\d+)+$|\d\s?[xX]\s?\d/

/** Whether a text may be calculated: it has a digit or an operator, and no words. */
export function isCalculable(text: string): boolean {
  if (text.length > 300 || !/[^\p{L}\s]/u.test(text)) return false
  return !word.test(text.replaceAll(functionWord, ' ')) && !noCalculation.test(text)
}
