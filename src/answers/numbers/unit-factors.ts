/** A unit with the sign before it, and its power: the `/s^2` of "m/s^2", the ` s^-1` of "m s^-1". */
const factor = /\s*([*/_]?)\s*(\(?)([A-Za-zμ$°¢]{1,10})(?:\^(-?[1-6]))?(\)?)/y
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

/** Symbols of units with more than one letter, which no product of variables looks like. */
const long = new Set(
  'km cm mm dm nm kg mg ms ml dl kn kw kv kj mj kpa pa hz khz wh kwh ft in yd mi lb oz min mph mol'.split(
    ' ',
  ),
)
const short = new Set('m g s l n j w v a h'.split(' '))

/** Whether a text behind a number is a product of units rather than one of variables. */
export function isUnitProduct(text: string): boolean {
  const factors = factorsOf(text)
  return (
    factors !== undefined &&
    factors.every(([name]) => long.has(name) || short.has(name)) &&
    factors.some(([name, power]) => long.has(name) || (power < 0 && factors.length > 1))
  )
}
