/** Units that are a power of ten of another unit. */
const decimal: ReadonlyMap<string, readonly [string, number]> = new Map(
  Object.entries({
    km: ['m', 3],
    cm: ['m', -2],
    mm: ['m', -3],
    µm: ['m', -6],
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
    mw: ['w', -3],
    mv: ['v', -3],
    ma: ['a', -3],
  } satisfies Record<string, readonly [string, number]>),
)
const sixties: ReadonlyMap<string, bigint> = new Map([
  ['min', 60n],
  ['h', 3600n],
])

/** A fraction such as `1/2` of a unit as the fraction of its base unit: 5 cm as 1/20 m. Other units stay as they are. */
export function inBaseUnit(value: string, unit: string): readonly [string, string] {
  const [name, exponent] = decimal.get(unit) ?? [unit, 0]
  const seconds = sixties.get(unit)
  if (seconds === undefined && exponent === 0) return [value, unit]
  const [top = 0n, bottom = 1n] = value.split('/').map(BigInt)
  const up = seconds ?? 10n ** BigInt(Math.max(exponent, 0))
  return [lowestTerms(top * up, bottom * 10n ** BigInt(Math.max(-exponent, 0))), seconds ? 's' : name]
}

/** A fraction in lowest terms, as text. */
export function lowestTerms(top: bigint, bottom: bigint): string {
  let [common, rest] = [top < 0n ? -top : top, bottom]
  while (rest !== 0n) [common, rest] = [rest, common % rest]
  return `${top / common}/${bottom / common}`
}
