import type { Quantity } from './quantity.ts'

const small =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'
const tens = 'twenty thirty forty fifty sixty seventy eighty ninety'
const values: ReadonlyMap<string, number> = new Map([
  ...small.split(' ').map((word, index) => [word, index] as const),
  ...tens.split(' ').map((word, index) => [word, 10 * (index + 2)] as const),
])

/** Reads a text that is a whole number below 100 written out in English, such as `forty-two`. */
export function readNumberWord(text: string): Quantity | undefined {
  const [, first = '', second] = /^([a-z]{3,9})(?:[- ]([a-z]{3,5}))?$/.exec(text.toLowerCase()) ?? []
  const value = values.get(first)
  if (value === undefined) return undefined
  const ones = second === undefined ? 0 : values.get(second)
  if (ones === undefined || (second !== undefined && (value < 20 || ones < 1 || ones > 9))) return undefined
  const number = `${value + ones}/1`
  return { magnitude: number, value: number, unit: '' }
}
