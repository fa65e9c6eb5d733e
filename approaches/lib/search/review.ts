import { sameLanguage } from '../asking/language.ts'
import { readGrade } from '../judging/grade.ts'

/** Asks for a critique of the last answer that ends in a grade. */
export const reviewPrompt = `Step back and go through your last answer as a strict reviewer would. Check each claim and each \
step that matters. Say in a few sentences what is wrong, unproven, missing or unclear, and what must stay as it is. Then \
write "Score:" and a number from 0 (useless) to 10 (nothing to improve), with one decimal, on a last line of its own.`

/** Asks for a better answer after a review. */
export const refinePrompt = `Now answer again, better. Correct what the review is right about, keep what is right, and do not follow \
the review where it errs. The reader knows neither the last answer nor the review: do not mention them. \
${sameLanguage}`

/** The score of an answer that a scorer cannot judge: it speaks neither for nor against the answer. */
export const unknownScore = 0.5

/** Reads the grade in a review as a score from 0 to 1; undefined without one. */
export function readScore(review: string): number | undefined {
  const grade = readGrade(review)
  return grade === undefined ? undefined : grade / 10
}
