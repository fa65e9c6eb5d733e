import { readQuantity } from '../numbers/quantity.ts'
import { numberKey } from '../numbers/number-key.ts'

const number = String.raw`[$€£]?\d[\d,]*(?:\.\d+)?`
const unit = String.raw`(?:\s?[%°\p{L}][^\d-]{0,20})?`
const range = new RegExp(
  String.raw`^(?:(${number})\s?(?:-|—)\s?(${number})(${unit})|from (${number}) (?:to|until) (${number})(${unit})|between (${number}) and (${number})(${unit}))$`,
  'iu',
)

/** The key of a range such as "5-10 km" or "between 5 and 10 km"; undefined for any other text. */
export function rangeKey(term: string): string | undefined {
  if (!/\d.*\d/.test(term)) return undefined
  const [low, high, name = ''] =
    range
      .exec(term)
      ?.slice(1)
      .filter(part => part !== undefined) ?? []
  if (low === undefined) return undefined
  const ends = [low, high].map(end => readQuantity(`${end}${name}`))
  return ends.every(end => end !== undefined)
    ? `range:${ends.map(end => numberKey(end.value, end.unit)).join(':')}`
    : undefined
}
