import { extractAnswer } from './answer.ts'
import { numberKey, readAnswerKey } from './answer-key.ts'
import type { AnswerKey } from './answer-key.ts'

/**
 * The keys of several answers to one question. What one says more fully than another is the same there: "12" is "12 km"
 * where somebody says "12 km", and "50" is "50%"; "B. Paris" is "B" and "Paris" is "B. Paris" where somebody says "B".
 */
export function answerKeys(texts: readonly string[]): string[] {
  const answers = texts.map(text => readAnswerKey(extractAnswer(text)))
  const measured = fullest(answers.map(measure))
  const said = new Set(answers.map(({ key }) => key))
  const letters = new Map(
    answers.flatMap(({ label }) => (label && said.has(label.letter) ? [[label.text, label.letter]] : [])),
  )
  return answers.map(({ key, quantity, label }) => {
    if (label && said.has(label.letter)) return label.letter
    const isBare = quantity?.unit === '' && quantity.magnitude === quantity.value
    return (isBare ? measured.get(quantity.magnitude) : letters.get(key)) ?? key
  })
}

/** The magnitude of a number with a unit or a percent sign, and its key. */
function measure({ quantity }: AnswerKey): readonly [string, string] | undefined {
  if (!quantity || (quantity.unit === '' && quantity.magnitude === quantity.value)) return undefined
  return [quantity.magnitude, numberKey(quantity.value, quantity.unit)]
}

/** For each short form the full one that is met most often, the first of equals. */
function fullest(pairs: readonly (readonly [string, string] | undefined)[]): ReadonlyMap<string, string> {
  const counts = new Map<string, number>()
  const best = new Map<string, string>()
  for (const [short, full] of pairs.filter(pair => pair !== undefined)) {
    counts.set(full, (counts.get(full) ?? 0) + 1)
    const leader = best.get(short)
    if (leader === undefined || counts.get(full)! > counts.get(leader)!) best.set(short, full)
  }
  return best
}
