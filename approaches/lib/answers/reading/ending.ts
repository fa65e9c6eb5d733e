import { conclusion } from './conclusion-words.ts'
import { unitAt } from './unit-words.ts'

/** Values that are recognized by their form: an interval or a point, and an order of growth. */
const shaped = String.raw`[[(]\s?[-+−\\∞\w./]{1,20},\s?[-+−\\∞\w./]{1,20}(?:,\s?[-+−\w./]{1,20})?\s?[\])]|[OΘΩ]\((?:[^()]|\([^()]{1,20}\)){1,40}\)`
const digits = String.raw`[-+−$€£]{0,2}\d[\d.,/]{0,40}`
const choices = String.raw`[A-J](?:, [A-J]){0,6},? and [A-J]`

/** "So the domain is [2, 5)", "the point is (2, -1)", "the time complexity is O(n log n)". */
const shapedEnd = new RegExp(
  String.raw`(?:^|,\s(?:so|and so|thus|hence)\s|,\s)the ((?:(?!\b(?:and|or|not)\b)[^.;:=<>]){1,80}) (?:is|equals|becomes) (${shaped})[.!]?$`,
  'i',
)
/** "Thus, the remainder when 2^100 is divided by 9 is 7." */
const concludedEnd = new RegExp(
  String.raw`^the (?:(?!\b(?:and|or|not|no|least|most|than|if)\b)[^.;:=<>]){1,120} (?:is|equals) (${digits}%?)((?:\s(?!(?:if|when|unless|or|and)\b)\p{L}{1,20}){0,3})[.!]?$`,
  'iu',
)
/** "The correct statements are A and C." */
const chosenEnd = new RegExp(
  String.raw`\bthe (?:correct|right|true) (?:statements?|answers?|options?|choices?) are (${choices})[.!]?$`,
)

/** The value at the end of a last sentence about one thing; undefined if it has another form. */
export function readEnding(line: string): string | undefined {
  if (line.length > 300) return undefined
  const bare = line.replace(conclusion, '')
  const [, , form] = shapedEnd.exec(bare) ?? []
  if (form !== undefined) return form
  const [, letters] = chosenEnd.exec(bare.charAt(0).toLowerCase() + bare.slice(1)) ?? []
  if (letters !== undefined) return letters.replace(/,? and /, ', ')
  if (bare === line) return undefined
  const [, value, rest = ''] = concludedEnd.exec(bare) ?? []
  if (value === undefined) return undefined
  const unit = unitAt(rest)
  // Further words may be a condition.
  const isWhole = unit === rest || /^\s?\p{L}{0,20}$/u.test(rest)
  return isWhole ? value.replace(/[.,/]$/, '') + unit : undefined
}
