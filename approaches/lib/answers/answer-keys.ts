import { extractAnswer } from './answer.ts'
import { numberKey, readAnswerKey } from './answer-key.ts'
import type { AnswerKey } from './answer-key.ts'

/**
 * The keys of several answers to one question. A short answer counts as a fuller one that also occurs: "12" as "12 km" if
 * another answer is "12 km", and "50" as "50%". "B. Paris" counts as "B" if another answer is "B", and then so does "Paris".
 */
export function answerKeys(texts: readonly string[]): string[] {
  const answers = texts.map(text => readAnswerKey(extractAnswer(text)))
  const withUnits = mostFrequent(answers.map(fullForm))
  const keys = new Set(answers.map(({ key }) => key))
  const letters = new Map(
    answers.flatMap(({ label }) => (label && keys.has(label.letter) ? [[label.text, label.letter]] : [])),
  )
  return answers.map(({ key, quantity, label }) => {
    if (label && keys.has(label.letter)) return label.letter
    const isBare = quantity?.unit === '' && quantity.magnitude === quantity.value
    return (isBare ? withUnits.get(quantity.magnitude) : letters.get(key)) ?? key
  })
}

/** The magnitude of a number with a unit or a percent sign, and its key. */
function fullForm({ quantity }: AnswerKey): readonly [string, string] | undefined {
  if (!quantity || (quantity.unit === '' && quantity.magnitude === quantity.value)) return undefined
  return [quantity.magnitude, numberKey(quantity.value, quantity.unit)]
}

/** For each short form, the most frequent full form; ties go to the first. */
function mostFrequent(
  pairs: readonly (readonly [string, string] | undefined)[],
): ReadonlyMap<string, string> {
  const counts = new Map<string, number>()
  const best = new Map<string, string>()
  for (const [short, full] of pairs.filter(pair => pair !== undefined)) {
    counts.set(full, (counts.get(full) ?? 0) + 1)
    const leader = best.get(short)
    if (leader === undefined || counts.get(full)! > counts.get(leader)!) best.set(short, full)
  }
  return best
}
