import type { Quantity } from './quantity.ts'

const small =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'
const tens = 'twenty thirty forty fifty sixty seventy eighty ninety'
const values: ReadonlyMap<string, number> = new Map([
  ...small.split(' ').map((word, index) => [word, index] as const),
  ...tens.split(' ').map((word, index) => [word, 10 * (index + 2)] as const),
])

const scales: ReadonlyMap<string, number> = new Map([
  ['hundred', 100],
  ['thousand', 1000],
  ['million', 1e6],
  ['billion', 1e9],
])

/** Reads a whole number written out in English, such as `forty-two` or `two hundred and five`. */
export function readNumberWord(text: string): Quantity | undefined {
  const value = text.length > 60 ? undefined : valueOf(text.toLowerCase())
  if (value === undefined) return undefined
  const number = `${value}/1`
  return { magnitude: number, value: number, unit: '' }
}

function valueOf(words: string): number | undefined {
  const [, count = '', scale = '', , rest] =
    /^(an?|[a-z]{3,9}(?:[- ][a-z]{3,5})?)\s(hundred|thousand|million|billion)(\s(?:and\s)?(.{3,20}))?$/.exec(
      words,
    ) ?? []
  if (scale === '') return belowHundred(words)
  const [times, more] = [
    /^an?$/.test(count) ? 1 : belowHundred(count),
    rest === undefined ? 0 : valueOf(rest),
  ]
  if (times === undefined || more === undefined || times === 0 || (scale === 'hundred' && times > 9))
    return undefined
  return times * scales.get(scale)! + more
}

function belowHundred(words: string): number | undefined {
  const [, first = '', second] = /^([a-z]{3,9})(?:[- ]([a-z]{3,5}))?$/.exec(words) ?? []
  const value = values.get(first)
  const ones = second === undefined ? 0 : values.get(second)
  if (value === undefined || ones === undefined) return undefined
  return second !== undefined && (value < 20 || ones < 1 || ones > 9) ? undefined : value + ones
}
