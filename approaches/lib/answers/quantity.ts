import { lowestTerms } from './base-unit.ts'

/** An exact number of any length, with its unit. */
export interface Quantity {
  /** In lowest terms, such as `-1/2`; for a percentage, the number before the sign. */
  readonly magnitude: string
  /** The value in lowest terms: `1/2` for 50%. */
  readonly value: string
  /** Empty for a bare number and for a percentage. */
  readonly unit: string
}

const whole = String.raw`\d{1,3}(?:[,' _]\d{3})+(?!\d)|\d{1,2}(?:,\d{2})+,\d{3}(?!\d)|\d{1,300}`
const quantity = new RegExp(
  String.raw`^(usd|eur|gbp|[$€£¥])?\s?([-+]?)\s?([$€£¥])?(?:(\d{1,300}) (?=\d{1,300}\/\d))?(${whole})?(?:\.(\d{1,300}))?` +
    String.raw`(?:e([-+]?\d{1,2})|\s?[*x]\s?10\^\(?([-+]?\d{1,2})\)?)?(?:\^(\d{1,3})(?!\d))?(?:\s?\/\s?(${whole}))?(.*)$`,
  'is',
)
const scales: ReadonlyMap<string, number> = new Map([
  ['thousand', 3],
  ['million', 6],
  ['billion', 9],
  ['trillion', 12],
])
/** The words for powers of ten of languages that write without blanks. */
const powers: ReadonlyMap<string, number> = new Map(
  Object.entries({ 百: 2, 백: 2, 千: 3, 천: 3, 万: 4, 萬: 4, 만: 4, 億: 8, 亿: 8, 억: 8 }),
)
/** Other spellings of units, without a plural `s`. */
const unitNames: ReadonlyMap<string, string> = new Map(
  Object.entries({
    percent: '%',
    'per cent': '%',
    pct: '%',
    usd: '$',
    dollar: '$',
    'us dollar': '$',
    eur: '€',
    euro: '€',
    gbp: '£',
    'đô la': '$',
    dólar: '$',
    доллар: '$',
    доллара: '$',
    долларов: '$',
    ドル: '$',
    美元: '$',
    달러: '$',
    円: '¥',
    日元: '¥',
    欧元: '€',
    유로: '€',
    度: '°',
    degree: '°',
    meter: 'm',
    metre: 'm',
    kilometer: 'km',
    kilometre: 'km',
    centimeter: 'cm',
    centimetre: 'cm',
    millimeter: 'mm',
    millimetre: 'mm',
    kilogram: 'kg',
    gram: 'g',
    liter: 'l',
    litre: 'l',
    second: 's',
    sec: 's',
    minute: 'min',
    hour: 'h',
    hr: 'h',
    milligram: 'mg',
    millisecond: 'ms',
    milliliter: 'ml',
    millilitre: 'ml',
    mins: 'min',
  }),
)
const symbol =
  /^(?:[%°$€£¥].*|[kcmµd]?(?:m|g|l|s)(?:[/^*].*)?|[km]?(?:w|v|hz|pa)|kn|kj|ma|min|h|km\/h|mph|[kmgt]i?b)$/
/** A counter or unit of a language that writes without blanks. */
const counter = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}ー]{1,4}$/u
/** Words that continue an expression or a sentence. */
const noUnit = /^(?:or|and|mod|if|when|to|times|is|for|plus|minus|over|sin|cos|tan|log|exp|sqrt|factorial)\b/

/** Reads a text that is a number with or without a unit, as returned by `plainMath`. Undefined for any other text. */
export function readQuantity(text: string): Quantity | undefined {
  const match = quantity.exec(text)
  if (!match) return undefined
  const [
    ,
    front = '',
    sign,
    inner = '',
    mixed = '',
    digits = '',
    decimals = '',
    e,
    ten,
    power,
    divisor,
    rest,
  ] = match
  const unit = unitOf(`${rest}`, front.toLowerCase() || inner)
  if (`${digits}${decimals}` === '' || unit === undefined || (mixed !== '' && divisor === undefined))
    return undefined

  const exponent = Number(e ?? ten ?? 0) - decimals.length + unit.scale
  const bottom = BigInt(digitsOf(divisor ?? '1')) * 10n ** BigInt(Math.max(-exponent, 0))
  if (bottom === 0n) return undefined
  const base = BigInt(`${digitsOf(digits)}${decimals}`) * 10n ** BigInt(Math.max(exponent, 0))
  if (power !== undefined && (exponent !== 0 || digits.length > 6)) return undefined
  const top = base ** BigInt(power ?? 1) + BigInt(mixed || 0) * bottom
  const signed = sign === '-' ? -top : top
  const percent = unit.name === '%'
  return {
    magnitude: lowestTerms(signed, bottom),
    value: percent ? lowestTerms(signed, bottom * 100n) : lowestTerms(signed, bottom),
    unit: percent ? '' : unit.name,
  }
}

/** The unit after a number, and its scale; undefined if the rest makes the number part of something else. */
function unitOf(
  rest: string,
  currency: string,
): { readonly name: string; readonly scale: number } | undefined {
  const [, word = ''] = /^\s?([a-z]+\b|[百백千천万萬만億亿억])/i.exec(rest) ?? []
  const scale = scales.get(word.toLowerCase()) ?? powers.get(word)
  if (scale !== undefined) {
    const inner = unitOf(rest.trimStart().slice(word.length), currency)
    return inner && { name: inner.name, scale: scale + inner.scale }
  }
  const spelled = rest.trim().toLowerCase().replace(/\.$/, '')
  const single = spelled.replace(/(?<=[a-z]{3})s$/, '')
  const name = unitNames.get(single) ?? unitNames.get(spelled) ?? single
  const front = unitNames.get(currency) ?? currency
  if (name === '' || name === front) return { name: front, scale: 0 }
  const isWord = rest.startsWith(' ') && /^\p{L}{3}/u.test(name) && !noUnit.test(name)
  // A letter immediately after a number is algebra.
  const mega = /^\s?M(?:W|V|Hz|Pa)\b/.test(rest)
  // Capital only: small letters are variables.
  const force = /^\s[JN]\.?$/.test(rest)
  const isSymbol = symbol.test(name) && (rest.startsWith(' ') || !/^[a-z](?![a-z])/.test(name))
  return isWord || isSymbol || force || counter.test(name)
    ? { name: mega ? `M${name.slice(1)}` : `${front}${name.replaceAll(' ', '_')}`, scale: 0 }
    : undefined
}

function digitsOf(text: string): string {
  return text.replaceAll(/\D/g, '')
}
