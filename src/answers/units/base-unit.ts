import { fractionOf, fractionText, one, ratio, times } from '../value/rational.ts'
import type { Rational } from '../value/rational.ts'
import { factorsOf } from './factors.ts'
import { prefixed, symbols, units, unscaled } from './table.ts'

/** One of a unit as a multiple of a product of base units. */
interface Size {
  readonly amount: Rational
  /** Powers of base units, by symbol. */
  readonly powers: ReadonlyMap<string, number>
}

/** Units that a prefix multiplies by a power of ten. */
const scaled = new Map(
  prefixed
    .filter(([, unit]) => !unscaled.has(unit))
    .map(([symbol, unit, power]) => [symbol, [unit, power] as const] as const),
)
const nothing: Size = { amount: one, powers: new Map() }
const sizes = new Map<string, Size>()
for (const symbol of symbols) sizes.set(symbol, sizeOfSymbol(symbol))

/** A fraction such as `1/2` of a unit as the fraction of its base units: 5 cm as 1/20 m. Unknown units stay as they are. */
export function inBaseUnit(value: string, unit: string): readonly [string, string] {
  if (unit === '') return [value, unit]
  const size = sizes.get(unit) ?? sizeOf(unit)
  if (!size) return [value, unit]
  return [fractionText(times(fractionOf(value), size.amount)), written(size.powers)]
}

/** The size of a product of known units, or of known and unknown ones; undefined for any other text. */
function sizeOf(unit: string): Size | undefined {
  return factorsOf(unit)?.reduce((all, [symbol, power]) => product(all, sizeOfSymbol(symbol), power), nothing)
}

function sizeOfSymbol(symbol: string): Size {
  const known = sizes.get(symbol)
  if (known) return known
  const [unit, exponent] = scaled.get(symbol) ?? [symbol, 0]
  const [amount = '', others = ''] = (units.get(unit)?.size ?? '').split(' ')
  const base: Size =
    others === ''
      ? { amount: one, powers: new Map([[unit, 1]]) }
      : { amount: times(fractionOf(amount), one), powers: sizeOf(others)!.powers }
  return { ...base, amount: times(base.amount, powerOfTen(exponent)) }
}

function powerOfTen(exponent: number): Rational {
  const power = 10n ** BigInt(Math.abs(exponent))
  return exponent < 0 ? { top: 1n, bottom: power } : { top: power, bottom: 1n }
}

function product(left: Size, right: Size, power: number): Size {
  const { top, bottom } = right.amount
  const step = power < 0 ? ratio(bottom, top)! : right.amount
  let { amount } = left
  for (let factor = 0; factor < Math.abs(power); factor++) amount = times(amount, step)
  const powers = new Map(left.powers)
  for (const [base, each] of right.powers) powers.set(base, (powers.get(base) ?? 0) + each * power)
  return { amount, powers }
}

function written(powers: ReadonlyMap<string, number>): string {
  return [...powers]
    .filter(([, power]) => power !== 0)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, power]) => (power === 1 ? name : `${name}^${power}`))
    .join('*')
}
