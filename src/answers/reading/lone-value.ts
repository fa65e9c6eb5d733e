import { boundIn } from './words/bounds.ts'
import { numbersIn } from '../numbers/numbers-in.ts'
import { momentIn } from '../terms/dates.ts'
import { lastLineOf } from './last-lines.ts'

const longestLine = 200
/** Formulas, and marks of a list or of code. */
const formula = /[<>≤≥=≠±√^{}|`]|\\[a-z]|\d\s?[-+*/×÷]\s?\d/
const letter = /(?<![\p{L}\d'’-])[A-J](?![\p{L}\d'’-])/gu
const denial =
  /\b(?:not|never|neither|nor|wrong|incorrect|false|except|eliminat\w+|rul(?:e|es|ed|ing) out)\b|n['’]t\b|(?<!\p{L})(?:falsch|faux|fausse|incorrecte?|incorrect[ao]|errad[ao]|fals[ao]|sbagliat[ao]|fout|onjuist|błędn[ay]|niepoprawn[ay]|nesprávn[áý]|nespravn[áý]|fel|feil|forkert|väärin|hibás|greșit|λάθος|yanlış|salah|sai|невер\p{L}*|неправ\p{L}*|грешн\p{L}*|خطأ|خاطئة|غلط|שגוי\p{L}*|गलत|ভুল|తప్పు|தவறு)(?!\p{L})|[错誤误]|틀|ผิด/iu

/**
 * The only number, with its unit, or the only letter of a choice in a last line of words, in any language. It is the answer
 * if another answer says the same and no more; undefined if the line bounds or denies it, or has others.
 */
export function readLoneValue(text: string): string | undefined {
  const line = lastLineOf(text)
  if (line.length > longestLine || formula.test(line) || boundIn(line) || denial.test(line)) return undefined
  const moment = momentIn(line)
  if (moment !== undefined) return moment
  const { only, others, before, after } = numbersIn(line)
  if (only !== undefined)
    return others || !/[\p{L}\p{M}]{2}/u.test(line.replace(only + after, '')) || /\d[-–]$/.test(before)
      ? undefined
      : only + after
  // "A" may be the first word of a sentence.
  const letters = new Set(line.replace(/^A(?=\s)/, '').match(letter))
  return letters.size === 1 ? [...letters][0] : undefined
}
