import { metricName } from './metric-names.ts'
import { unitNames } from './unit-names.ts'

/** The symbol of a unit in words, in singular or plural; undefined for any other text. */
export function unitSymbol(words: string): string | undefined {
  const single = singular(words)
  return (
    unitNames.get(single) ??
    unitNames.get(words) ??
    metricName(words) ??
    metricName(single) ??
    (words.includes(' ') ? (powerOf(words) ?? quotientOf(words)) : undefined)
  )
}

/** A word without a plural `s`, if at least three letters remain; "inches" becomes "inche", which the lists of units know. */
export function singular(words: string): string {
  return words.replace(/(?<=[a-z]{3})s$/, '')
}

/** "square meters", "sq ft", "meters squared", "cubic cm". */
function powerOf(words: string): string | undefined {
  const [, kind, side] = /^(square|sq\.?|cubic|cu\.?) (\p{L}{1,12})$/u.exec(words) ?? []
  const [, base, power] = /^(\p{L}{1,12}) (squared|cubed)$/u.exec(words) ?? []
  const name = side ?? base
  if (name === undefined) return undefined
  const symbol = plainSymbol(name)
  return symbol && `${symbol}^${/^(?:sq|squared)/.test(kind ?? power!) ? 2 : 3}`
}

/** "dollars per hour", "per second": with a number before it. */
function quotientOf(words: string): string | undefined {
  const [, top, bottom = ''] =
    /^(?:(\p{L}{1,12}) )?per ((?:square |cubic )?\p{L}{1,12}(?: squared| cubed)?)$/u.exec(words) ?? []
  const [above, below] = [top === undefined ? '' : plainSymbol(top), powerOf(bottom) ?? plainSymbol(bottom)]
  return above !== undefined && below !== undefined ? `${above}/${below}` : undefined
}

function plainSymbol(word: string): string | undefined {
  const isSymbol = /^(?:[kcmdn]?m|k?g|mg|s|h|min|m?l|ft|in|yd|mi|lb|oz)$/.test(word)
  return isSymbol ? word : (unitNames.get(singular(word)) ?? unitNames.get(word) ?? metricName(word))
}
