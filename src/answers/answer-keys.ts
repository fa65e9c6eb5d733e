import { extractAnswer } from './answer.ts'
import { partsKey, readAnswerKey } from './answer-key.ts'
import type { AnswerKey } from './answer-key.ts'
import { numberKey } from './numbers/number-key.ts'
import { turnKey } from './terms/math-key.ts'
import { readLoneValue } from './reading/lone-value.ts'

/**
 * The keys of several answers to one question. A short answer counts as a fuller one that also occurs: "12" as "12 km" if
 * another answer is "12 km", and "50" as "50%". "B. Paris" counts as "B" if another answer is "B", and then so does "Paris".
 * Labelled parts are compared one by one, and the order of a list does not count if another answer is the same set. "x = 3,
 * y = 2" counts as "3, 2" if that also occurs and no other names have these values, and "2,5" as the number 2.5. A sentence
 * with one number, or one letter of a choice, counts as that if another answer is this and no more.
 */
export function answerKeys(texts: readonly string[]): string[] {
  return keysOfAnswers(texts.map(readAnswer))
}

/** As `answerKeys`, of answers that have been read. */
export function keysOfAnswers(answers: readonly AnswerKey[]): string[] {
  const keys = withoutRounding(joinedKeys(answers), answers)
  for (const [, alike] of Map.groupBy(answers.entries(), ([, { parts }]) => namesOf(parts))) {
    const rows = alike.map(([, { parts = [] }]) => parts)
    const columns = rows[0]!.map((_, column) => joinedKeys(rows.map(row => row[column]![1])))
    if (columns.length === 0) continue
    for (const [row, [index]] of alike.entries())
      keys[index] = partsKey(rows[row]!.map(([name], column) => [name, columns[column]![row]!]))
  }
  return keys
}

/** The final answer of a text, in all forms in which it may be compared. */
export function readAnswer(text: string): AnswerKey {
  const extracted = extractAnswer(text)
  const answer = readAnswerKey(extracted)
  const isWords = answer.quantity === undefined && /^(?:list:)?text:/.test(answer.key)
  const value = isWords ? readLoneValue(extracted) : undefined
  if (value === undefined) return answer
  const { key, quantity } = readAnswerKey(value)
  return { ...answer, lone: { key, bare: quantity ? numberKey(quantity.magnitude, '') : key } }
}

function namesOf(parts: AnswerKey['parts']): string {
  return (parts ?? []).map(([name]) => name).join(';')
}

function joinedKeys(answers: readonly AnswerKey[]): string[] {
  const withUnits = mostFrequent(answers.map(fullForm))
  const keys = new Set(answers.map(({ key }) => key))
  const letters = new Map(
    answers.flatMap(({ label }) => (label && keys.has(label.letter) ? [[label.text, label.letter]] : [])),
  )
  const longer = Map.groupBy(
    answers.flatMap(({ key, shorter = [] }) => shorter.map(short => [short, key] as const)),
    ([short]) => short,
  )
  const shortened = (short: string): boolean =>
    keys.has(short) && new Set(longer.get(short)?.map(([, key]) => key)).size === 1
  const figures = Map.groupBy(
    answers.flatMap(({ lone }) => (lone ? [lone] : [])),
    ({ bare }) => bare,
  )
  // Without a unit, a number could be any of several measures.
  const measures = new Set(
    answers.flatMap(({ quantity }) =>
      quantity && quantity.unit !== '' ? [numberKey(quantity.magnitude, '')] : [],
    ),
  )
  const turns = new Set(answers.flatMap(({ key, isTurn }) => (isTurn ? [key] : [])))
  const counts = (bare: string): boolean =>
    keys.has(bare) && !measures.has(bare) && new Set(figures.get(bare)?.map(({ key }) => key)).size === 1
  const coordinates = Map.groupBy(
    answers.filter(({ coordinate }) => coordinate !== undefined),
    ({ key }) => key,
  )
  const isOfTwo = (key: string): boolean =>
    new Set(coordinates.get(key)?.map(({ coordinate }) => coordinate)).size > 1
  return answers.map(
    ({ key, quantity: read, label, set, shorter, decimal, equation, lone, product, coordinate }) => {
      const turn = turns.size > 0 && read?.unit === '°' ? turnKey(`(${read.value})*π/180 rad`) : undefined
      if (turn !== undefined && turns.has(turn)) return turn
      if (lone !== undefined && keys.has(lone.key)) return lone.key
      if (lone !== undefined && counts(lone.bare)) return lone.bare
      if (equation !== undefined && keys.has(equation)) return equation
      if (product !== undefined && keys.has(product)) return product
      if (coordinate !== undefined && isOfTwo(key)) return `${coordinate}=${key}`
      const short = shorter?.find(shortened)
      if (short !== undefined) return short
      const isDecimal =
        decimal !== undefined && (keys.has(numberKey(decimal.value, '')) || withUnits.has(decimal.magnitude))
      const quantity = isDecimal ? decimal : read
      if (isDecimal && !withUnits.has(decimal.magnitude)) return numberKey(decimal.value, '')
      if (set !== undefined && keys.has(set)) return set
      if (label && keys.has(label.letter)) return label.letter
      const isBare = quantity?.unit === '' && quantity.magnitude === quantity.value
      return (isBare ? withUnits.get(quantity.magnitude) : letters.get(key)) ?? key
    },
  )
}

/** Decimal places from which a number may be a rounded one: 0.08333 for 1/12. */
const roundedPlaces = 5
/** Its digits without leading zeros, at least: 0.00002 and 1/60000 are two numbers. */
const roundedDigits = 4

/** Keys with those of rounded numbers replaced by those of the exact numbers that also occur. */
function withoutRounding(keys: readonly string[], answers: readonly AnswerKey[]): string[] {
  const exact = answers.flatMap((answer, index) => {
    const value = numberOf(answer)
    return value === undefined
      ? []
      : [
          {
            value,
            places: placesOf(answer),
            key: keys[index]!,
            unit: answer.quantity?.unit ?? '',
            // Other values than fractions are known to ten digits.
            error: answer.quantity ? 0 : 1e-9 * Math.abs(value),
          },
        ]
  })
  return answers.map((answer, index) => {
    const places = placesOf(answer)
    if (places === undefined || places < roundedPlaces) return keys[index]!
    const value = numberOf(answer)!
    if (Math.abs(value) < 10 ** (roundedDigits - 1 - places)) return keys[index]!
    const distance = (other: (typeof exact)[number]): number => Math.abs(other.value - value)
    const [whole] = exact
      .filter(
        other =>
          other.unit === answer.quantity!.unit &&
          (other.places === undefined || other.places > places) &&
          distance(other) <= Math.max(0.5001 * 10 ** -places, other.error),
      )
      .toSorted(
        (one, other) =>
          (other.places ?? Infinity) - (one.places ?? Infinity) || distance(one) - distance(other),
      )
    return whole?.key ?? keys[index]!
  })
}

function numberOf({ quantity, key }: AnswerKey): number | undefined {
  const [, approximate] = /^value:(-?\d+\.\d+)$/.exec(key) ?? []
  if (!quantity) return approximate === undefined ? undefined : Number(approximate)
  const [top, bottom] = quantity.value.split('/').map(Number)
  return top! / bottom!
}

/** The decimal places of a number; undefined for a text, or if they do not end. */
function placesOf({ quantity }: AnswerKey): number | undefined {
  const bottom = BigInt(quantity?.value.split('/')[1] ?? 0)
  if (bottom === 0n) return undefined
  for (let places = 0, power = 1n; places <= 20; places++, power *= 10n)
    if (power % bottom === 0n) return places
  return undefined
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
