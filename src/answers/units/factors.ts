/** A unit with the sign before it, and its power: the `/s^2` of "m/s^2", the ` s^-1` of "m s^-1". */
const factor = /\s*([*/_]?)\s*(\(?)([A-Za-zμΩ$€£¥°%¢₹₽₺łč]{1,12})(?:\^?\(?(-?[1-6])\)?)?(\)?)/y
const maxFactors = 6

/** The units of a product or quotient with their powers, such as `m` 1 and `s` -2; undefined for any other text. */
export function factorsOf(unit: string): readonly (readonly [string, number])[] | undefined {
  if (unit.length > 60) return undefined
  const factors: (readonly [string, number])[] = []
  let isBelow = false
  factor.lastIndex = 0
  while (factor.lastIndex < unit.length) {
    const [, sign, open, name, power = '1', close] = factor.exec(unit) ?? []
    if (name === undefined || factors.length === maxFactors) return undefined
    const divides = sign === '/' || isBelow
    factors.push([name, Number(power) * (divides ? -1 : 1)])
    if (open !== '' && sign === '/') isBelow = true
    if (close !== '') isBelow = false
  }
  return factors.length > 0 ? factors : undefined
}
