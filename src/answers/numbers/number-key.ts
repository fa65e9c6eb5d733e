import { inBaseUnit } from '../units/base-unit.ts'

/** The key of a number with its unit, which may be empty. */
export function numberKey(value: string, unit: string): string {
  const [amount, base] = inBaseUnit(value, unit)
  return `number:${amount}${base === '' ? '' : ` ${base}`}`
}
