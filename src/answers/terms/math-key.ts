import { numberKey } from '../numbers/number-key.ts'
import { equationKey, valueOf } from '../value/index.ts'

/** A product whose factors may be matrices, so that their order counts. */
const matrixProduct = /(?<![A-Za-z])[A-DPQ]\s?\*\s?[A-DPQ](?![A-Za-z])/

/** The key of an expression, a percentage or an equation by its value; undefined for any other text. */
export function mathKey(term: string): string | undefined {
  const [, hundredths] = term.endsWith('%') ? (/^(.{1,60}?)\s?%$/.exec(term) ?? []) : []
  if (hundredths !== undefined) return mathKey(`(${hundredths})/100`)
  if (term.includes('=')) {
    const equation = equationKey(term)
    return equation && `equation:${equation}`
  }
  const value = matrixProduct.test(term) ? undefined : valueOf(term)
  if (!value) return undefined
  return 'rational' in value ? numberKey(value.rational, '') : `value:${value.key}`
}

/** The key of an angle such as "π/2 rad", which π/2 without a unit also has; undefined for any other text. */
export function turnKey(term: string): string | undefined {
  if (!term.includes('π')) return undefined
  const [, radians] = /^(.{0,40}π.{0,40}?)\s?(?:rad|radians?)$/.exec(term) ?? []
  const value = radians === undefined ? undefined : valueOf(radians)
  return value && 'key' in value ? `value:${value.key}` : undefined
}

const growth = /^([oOΘΩω])\s?\(([^=]{1,60})\)$/

/** The key of an order of growth such as "O(n log n)"; undefined for any other text. */
export function growthKey(term: string): string | undefined {
  const [, order, inside = ''] = growth.exec(term) ?? []
  if (order === undefined || !isBalanced(inside)) return undefined
  // Here, i is an index.
  const value = /(?<![a-z])i(?![a-z])/.test(inside) ? undefined : mathKey(`(${inside})`)
  return `growth:${order}(${value ?? inside.toLowerCase().replaceAll(/\s/g, '')})`
}

function isBalanced(text: string): boolean {
  let depth = 0
  for (const character of text) {
    if (character === '(') depth++
    if (character === ')' && --depth < 0) return false
  }
  return depth === 0
}
