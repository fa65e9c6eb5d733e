import { alternatives } from '../../sampling/alternatives.ts'
import { foreignAnswer } from './words/answer.ts'
import { boundIn } from './words/bounds.ts'
import { numbersIn } from '../numbers/numbers-in.ts'
import { momentIn } from '../terms/dates.ts'
import { lastLineOf } from './last-lines.ts'

const longestLine = 200
/** Formulas, and marks of a list or of code. */
const formula = /[<>≤≥=≠±√^{}|`]|\\[a-z]|\d\s?[-+*/×÷]\s?\d/
const letter = /(?<![\p{L}\d'’-])[A-J](?![\p{L}\d'’+#♯♭-])/gu
/** Words for a choice: without one, a letter is part of a name, as in "vitamin C". */
const choices = [
  'options?|choices?|answers?|letters?|alternatives?',
  'alternativa|alternativet?|opción|opção|opzione|optie|opcja',
  'letra|lettera|lettre|buchstabe|вариант|буква|варіант',
  'seçenek|şık|pilihan|विकल्प|الخيار|گزینه',
]
const named = String.raw`(?<!\p{L})${alternatives(...choices)}(?!\p{L})|選択肢|选项|[选選]|${foreignAnswer}`
const choiceWord = new RegExp(named, 'iu')
/** "la A, ya que ..." */
const leadingLetter = /^(?:\p{L}{1,3}\s)?[*(]{0,2}[A-J][*)]{0,2},\s/u
/** In front of a letter that is a choice: nothing, a mark, an article or a verb of at most three letters, a word for a choice. */
const beforeLetter = new RegExp(
  String.raw`(?:^|[^\p{L}\p{M}\s]|(?<![\p{L}\p{M}])\p{L}{1,3}|${named})\s?$`,
  'iu',
)
/** Words by which a line denies a value, or calls it wrong. */
const denials = [
  'falsch|faux|fausse|incorrecte?|incorrect[ao]|errad[ao]|fals[ao]|sbagliat[ao]|fout|onjuist',
  'błędn[ay]|niepoprawn[ay]|nesprávn[áý]|nespravn[áý]',
  'fel|feil|forkert|väärin|hibás|greșit|λάθος|yanlış|salah|sai',
  String.raw`невер\p{L}*|неправ\p{L}*|грешн\p{L}*`,
  String.raw`خطأ|خاطئة|غلط|שגוי\p{L}*`,
  'गलत|ভুল|తప్పు|தவறு',
]
const denial = new RegExp(
  alternatives(
    String.raw`\b(?:not|never|neither|nor|wrong|incorrect|false|except|eliminat\w+|rul(?:e|es|ed|ing) out)\b`,
    String.raw`n['’]t\b`,
    String.raw`(?<!\p{L})${alternatives(...denials)}(?!\p{L})`,
    '[错誤误]|틀|ผิด',
  ),
  'iu',
)

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
  const sentence = line.replace(/^A(?=\s)/, '')
  const found = [...sentence.matchAll(letter)]
  if (found.length === 0 || (!choiceWord.test(line) && !leadingLetter.test(line))) return undefined
  const areChoices = found.every(({ index }) => beforeLetter.test(sentence.slice(0, index)))
  const letters = new Set(found.map(([each]) => each))
  return areChoices && letters.size === 1 ? [...letters][0] : undefined
}
