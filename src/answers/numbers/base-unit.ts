/** Units that are a power of ten of another unit. */
const decimal: ReadonlyMap<string, readonly [string, number]> = new Map(
  Object.entries({
    km: ['m', 3],
    cm: ['m', -2],
    mm: ['m', -3],
    dm: ['m', -1],
    μm: ['m', -6],
    nm: ['m', -9],
    μg: ['g', -6],
    μs: ['s', -6],
    ns: ['s', -9],
    cl: ['l', -2],
    dl: ['l', -1],
    kg: ['g', 3],
    mg: ['g', -3],
    ms: ['s', -3],
    ml: ['l', -3],
    kw: ['w', 3],
    kv: ['v', 3],
    khz: ['hz', 3],
    kpa: ['pa', 3],
    kn: ['n', 3],
    kj: ['j', 3],
    Mw: ['w', 6],
    Mv: ['v', 6],
    Mhz: ['hz', 6],
    Mpa: ['pa', 6],
    Mj: ['j', 6],
    Mwh: ['wh', 6],
    kwh: ['wh', 3],
    ghz: ['hz', 9],
    gw: ['w', 9],
    gpa: ['pa', 9],
    gj: ['j', 9],
    mj: ['j', -3],
    mw: ['w', -3],
    mv: ['v', -3],
    ma: ['a', -3],
  } satisfies Record<string, readonly [string, number]>),
)
/** Units that are a fraction of another one, by its numerator and denominator. */
const fractions: ReadonlyMap<string, readonly [string, bigint, bigint]> = new Map([
  ['min', ['s', 60n, 1n]],
  ['h', ['s', 3600n, 1n]],
  ['km/h', ['m/s', 5n, 18n]],
])

/** A fraction such as `1/2` of a unit as the fraction of its base unit: 5 cm as 1/20 m. Other units stay as they are. */
export function inBaseUnit(value: string, unit: string): readonly [string, string] {
  const [top = 0n, bottom = 1n] = value.split('/').map(BigInt)
  const [base, over, under] = fractions.get(unit) ?? []
  if (base !== undefined) return [lowestTerms(top * over!, bottom * under!), base]
  const [name, exponent] = decimal.get(unit) ?? [unit, 0]
  if (exponent === 0) return [value, unit]
  const [up, down] = [10n ** BigInt(Math.max(exponent, 0)), 10n ** BigInt(Math.max(-exponent, 0))]
  return [lowestTerms(top * up, bottom * down), name]
}

/** A fraction in lowest terms, as text. */
export function lowestTerms(top: bigint, bottom: bigint): string {
  let [common, rest] = [top < 0n ? -top : top, bottom]
  while (rest !== 0n) [common, rest] = [rest, common % rest]
  return `${top / common}/${bottom / common}`
}
