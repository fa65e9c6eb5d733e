import { inBaseUnit } from '../units/base-unit.ts'
import { readQuantity } from './quantity.ts'
import type { Quantity } from './quantity.ts'
import { doubleOf, fractionOf, fractionText, plus } from '../value/rational.ts'

const part = String.raw`\d[\d,]*(?:\.\d+)?\s?(?:[a-z]{1,10}|'|"|′|″)`
const compound = new RegExp(String.raw`^${part}(?:(?:,\s|,?\sand\s|\s)?${part}){1,3}$`, 'i')
const parts = /(\d[\d,]*(?:\.\d+)?)\s?([a-z]{1,10}|['"′″])/gi
/** The marks of feet and inches. */
const marks: Readonly<Record<string, string>> = { "'": 'ft', '′': 'ft', '"': 'in', '″': 'in' }

/** Reads a sum of falling units of one measure, such as "1 h 30 min" and "5 ft 10 in"; undefined for any other text. */
export function readCompound(text: string): Quantity | undefined {
  if (text.length > 60 || !/^\d.*\d.*\D$/s.test(text) || !compound.test(text)) return undefined
  const all = [...text.matchAll(parts)].map(([, number, unit = '']) => [number, marks[unit] ?? unit] as const)
  const isTime = /^(?:h|hrs?|hours?)$/i.test(all[0]![1])
  const sizes = all.map(([number, unit]) => {
    const quantity = readQuantity(`${number} ${isTime && unit === 'm' ? 'min' : unit}`)
    const [size, base] = quantity ? inBaseUnit('1/1', quantity.unit) : ['0/1', '']
    const [value] = quantity ? inBaseUnit(quantity.value, quantity.unit) : ['0/1']
    return { size: doubleOf(fractionOf(size)), base, value: fractionOf(value) }
  })
  const [first] = sizes
  const isFalling = sizes.every(({ size }, at) => at === 0 || size < sizes[at - 1]!.size)
  if (!isFalling || first!.base === '' || sizes.some(({ base }) => base !== first!.base)) return undefined
  const value = fractionText(sizes.map(({ value }) => value).reduce(plus))
  return { magnitude: value, value, unit: first!.base }
}
