import { readQuantity } from '../../numbers/quantity.ts'
import { plainMath } from '../../plain/plain-math.ts'
import { denial, isBound } from '../words/bounds.ts'
import { numbersIn } from '../../numbers/numbers-in.ts'
import { lastLineOf } from '../last-lines.ts'

const longestLine = 300
/** The right side of an equation at the end of a line, or before more words. */
const result = /[=≈]\s{0,3}\**\$?\s?([-+−$€£]{0,2}\d[\d.,/]{0,40})/g

/**
 * The number of a last line that repeats the result of the last calculation before it, with its unit: "2 + 3 = 5" and then
 * "Reste 5 pommes à Jean." It holds in any language. Undefined if the line has other numbers, bounds or denies it.
 */
export function readRepeatedResult(plain: string): string | undefined {
  const line = lastLineOf(plain)
  const { only, others, before, after } = numbersIn(line)
  if (only === undefined || others || line.length > longestLine || isBound(before) || denial.test(line))
    return undefined
  const steps = plain.slice(Math.max(0, plain.lastIndexOf(line) - 1000), plain.lastIndexOf(line))
  const last = [...steps.matchAll(result)].at(-1)?.[1]
  return last !== undefined && valueOf(last) === valueOf(only) ? only + after : undefined
}

function valueOf(number: string): string | undefined {
  return readQuantity(plainMath(number.replace(/[.,/]$/, '').replaceAll(/[$€£]/g, '')))?.value
}
