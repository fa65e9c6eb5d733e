import { factorsOf } from './unit-factors.ts'

/** The prefixes of these units, by their powers of ten. */
const prefixed: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  m: { k: 3, d: -1, c: -2, m: -3, μ: -6, n: -9 },
  g: { k: 3, m: -3, μ: -6 },
  s: { m: -3, μ: -6, n: -9 },
  l: { d: -1, c: -2, m: -3 },
  w: { k: 3, M: 6, g: 9, m: -3 },
  wh: { k: 3, M: 6 },
  v: { k: 3, M: 6, m: -3 },
  hz: { k: 3, M: 6, g: 9 },
  pa: { k: 3, M: 6, g: 9 },
  n: { k: 3 },
  j: { k: 3, M: 6, g: 9, m: -3 },
  a: { m: -3 },
}
const decimal: ReadonlyMap<string, readonly [string, number]> = new Map(
  Object.entries(prefixed).flatMap(([unit, prefixes]) =>
    Object.entries(prefixes).map(([prefix, power]) => [`${prefix}${unit}`, [unit, power] as const] as const),
  ),
)
/** Units as a fraction of others. */
const derived: ReadonlyMap<string, readonly [bigint, bigint, string]> = new Map([
  ['min', [60n, 1n, 's']],
  ['h', [3600n, 1n, 's']],
  ['day', [86_400n, 1n, 's']],
  ['week', [604_800n, 1n, 's']],
  ['l', [1n, 1000n, 'm^3']],
  ['n', [1000n, 1n, 'g*m/s^2']],
  ['j', [1000n, 1n, 'g*m^2/s^2']],
  ['wh', [3_600_000n, 1n, 'g*m^2/s^2']],
  ['w', [1000n, 1n, 'g*m^2/s^3']],
  ['pa', [1000n, 1n, 'g*m^-1/s^2']],
  ['in', [127n, 5000n, 'm']],
  ['ft', [381n, 1250n, 'm']],
  ['yd', [1143n, 1250n, 'm']],
  ['mi', [201_168n, 125n, 'm']],
  ['mph', [1397n, 3125n, 'm/s']],
  ['lb', [45_359_237n, 100_000n, 'g']],
  ['oz', [45_359_237n, 1_600_000n, 'g']],
  ['cent', [1n, 100n, '$']],
])
const basic = new Set(['m', 'g', 's', 'v', 'a', 'hz', '$'])

/** A fraction such as `1/2` of a unit as the fraction of its base units: 5 cm as 1/20 m. Other units stay as they are. */
export function inBaseUnit(value: string, unit: string): readonly [string, string] {
  if (unit === '' || basic.has(unit)) return [value, unit]
  const known = sizes.get(unit) ?? sizeOf(unit)
  if (!known) return [value, unit]
  const [top = 0n, bottom = 1n] = value.split('/').map(BigInt)
  return [lowestTerms(top * known.top, bottom * known.bottom), known.unit]
}

/** One of a unit in base units. */
interface Size {
  readonly top: bigint
  readonly bottom: bigint
  readonly unit: string
}

/** Sizes of the units that occur most. */
const sizes: ReadonlyMap<string, Size> = new Map(
  [...decimal.keys(), ...derived.keys()].map(unit => [unit, sizeOf(unit)!]),
)

function sizeOf(unit: string): Size | undefined {
  let [top, bottom] = [1n, 1n]
  const powers = new Map<string, number>()
  const factors = factorsOf(unit)
  if (!factors) return undefined
  for (const [name, power] of factors) {
    const [base, exponent] = decimal.get(name) ?? [name, 0]
    const [over, under, others] = derived.get(base) ?? [1n, 1n, '']
    if (others === '' && !basic.has(base)) return undefined
    const [up, down] = [
      over * 10n ** BigInt(Math.max(exponent, 0)),
      under * 10n ** BigInt(Math.max(-exponent, 0)),
    ]
    const [size, share] = power > 0 ? [up, down] : [down, up]
    top *= size ** BigInt(Math.abs(power))
    bottom *= share ** BigInt(Math.abs(power))
    for (const [one, each] of others === '' ? [[base, 1] as const] : factorsOf(others)!)
      powers.set(one, (powers.get(one) ?? 0) + each * power)
  }
  return { top, bottom, unit: written(powers) }
}

function written(powers: ReadonlyMap<string, number>): string {
  return [...powers]
    .filter(([, power]) => power !== 0)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, power]) => (power === 1 ? name : `${name}^${power}`))
    .join('*')
}

/** A fraction in lowest terms, as text. */
export function lowestTerms(top: bigint, bottom: bigint): string {
  let [common, rest] = [top < 0n ? -top : top, bottom]
  while (rest !== 0n) [common, rest] = [rest, common % rest]
  return `${top / common}/${bottom / common}`
}
