import { readUnit, singular } from '../units/read-unit.ts'
import { fractionText, ratio } from '../value/rational.ts'

/** An exact number of any length, with its unit. */
export interface Quantity {
  /** In lowest terms, such as `-1/2`; for a percentage, the number before the sign. */
  readonly magnitude: string
  /** The value in lowest terms: `1/2` for 50%. */
  readonly value: string
  /** Empty for a bare number, a percentage and a part of a thousand. */
  readonly unit: string
}

const whole = String.raw`(?!0,)\d{1,3}(?:[,' _]\d{3})+(?!\d)|\d{1,2}(?:,\d{2})+,\d{3}(?!\d)|\d{1,300}`
/** The parts of a quantity, in order; each may be absent. */
const quantityParts = {
  front: String.raw`(us\$|r\$|rp\.?(?=\s?\d)|rs\.?(?=\s?\d)|usd|eur|gbp|brl|inr|chf|[$€£¥₹₩₺₽])?\s?`,
  signAndCurrency: String.raw`([-+]?)\s?([$€£¥])?`,
  wholeOfMixed: String.raw`(?:(\d{1,300}) (?=\d{1,300}\/\d))?`,
  digits: String.raw`(${whole})?`,
  decimals: String.raw`(?:\.(\d{1,300}))?`,
  powerOfTen: String.raw`(?:e([-+]?\d{1,2})|\s?[*x]\s?10\^\(?([-+]?\d{1,2})\)?)?`,
  power: String.raw`(?:\^(\d{1,3})(?!\d))?`,
  divisor: String.raw`(?:\s?\/\s?(${whole}))?`,
  rest: '(.*)',
}
const quantity = new RegExp(`^${Object.values(quantityParts).join('')}$`, 'is')
const currencies = String.raw`us\$|r\$|usd|eur|gbp|brl|chf|[$€£¥₹₩₺₽]`
const decimals = String.raw`\d{1,2}|\d{4,15}|(?<=(?<!\d)0,)\d{3}`
const beforeUnit = String.raw`(\d{1,3}(?:[ ']\d{3})+|\d{1,15}),(${decimals})(?=\s?[\p{L}%°$€£¥])`
const behindGroups = String.raw`(\d{1,3}(?:\.\d{3})+),(\d{1,9})(?![\d,.])`
/** "12,5 cm", "1 250,50 €" and "1.250,50": a comma before a unit, or behind groups of digits with points, is a decimal one. */
const decimalComma = new RegExp(
  String.raw`^((?:${currencies})?\s?[-+]?\s?[$€£¥]?)(?:${beforeUnit}|${behindGroups})`,
  'iu',
)
/** "R$ 250,00": behind a currency, two digits after a comma are decimals. */
const priceComma = new RegExp(String.raw`^((?:${currencies})\s?[-+]?\d{1,15}),(?=\d{2}$)`, 'i')
const scales: ReadonlyMap<string, number> = new Map([
  ['thousand', 3],
  ['million', 6],
  ['billion', 9],
  ['trillion', 12],
])
/** Behind an amount of money, letters that elsewhere are units: "$1.5M" and "€2 bn". */
const moneyScales: ReadonlyMap<string, number> = new Map([
  ['k', 3],
  ['m', 6],
  ['mn', 6],
  ['b', 9],
  ['bn', 9],
])
/** The words for powers of ten of languages that write without blanks. */
const powers: ReadonlyMap<string, number> = new Map(
  Object.entries({ 百: 2, 백: 2, 千: 3, 천: 3, 万: 4, 萬: 4, 만: 4, 億: 8, 亿: 8, 억: 8, 兆: 12, 조: 12 }),
)
/** Behind 兆, which then means mega, and 千, kilo; and the currencies behind 조, which otherwise counts groups of people. */
const mega = /^(?:兆[瓦赫字比帕焦欧歐伏]|千[米克瓦卡帕伏赫焦])/
const groupsOfPeople = /^조(?!\s?(?:원|달러|엔|유로|위안))/
const smallPowers = '百백千천'
const largePowers = '万萬만億亿억兆조'
const powerGroup = String.raw`(?:\d,\d{3}|\d{1,4})\s?(?:[${smallPowers}]?[${largePowers}]|[${smallPowers}])\s?`
/** "1億2000万", "3만 5천", "1亿2千万". */
const powerGroups = new RegExp(
  String.raw`^([-+]?)((?:${powerGroup}){1,6})(\d{1,4}(?![\d.,]))?(?![\d${smallPowers}${largePowers}]|[.,]\d)(.*)$`,
  's',
)
/** Signs that make a unit of what follows them, such as "€ net". */
const withSign = /^[%°$€£¥₽]/
/** A counter or unit of a language that writes without blanks. */
const counter = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}ー]{1,4}$/u
/** A word that begins with a capital, or consists of capitals; other capitals make another unit: MBps is not Mbps. */
const plainWord = /(?<!\p{L})(?:\p{Lu}\p{Ll}*|\p{Lu}{3,})(?!\p{L})/gu
/** A currency without decimals, whose points group digits. */
const rupiah = /^rp\.?\s?\d{1,3}(?:\.\d{3})+$/i
const pointGroups = String.raw`[-+]?[1-9]\d{0,2}(?:\.\d{3})+`
const pointCurrencies = '€|euros?|eur|kr|kronor|kroner|tl|₺|lira|lei|pesos|reais|đồng|vnd|rupiah'
/** "1.350 €", "€ 1.350" and "R$ 1.350": languages that write amounts of money so group digits with points. */
const grouped = new RegExp(
  String.raw`^(?:(?:r\$|€)\s${pointGroups}|r\$${pointGroups}|${pointGroups}\s(?:${pointCurrencies}))$`,
  'i',
)
/** Words that continue an expression or a sentence. */
const noUnit = /^(?:or|and|mod|if|when|to|times|is|for|plus|minus|over|sin|cos|tan|log|exp|sqrt|factorial)\b/

/** Maximum length of a number with its unit: four numbers of 300 digits each, and words. */
const longest = 1300

/** Reads a text that is a number with or without a unit, as returned by `plainMath`. Undefined for any other text. */
export function readQuantity(text: string): Quantity | undefined {
  if (text.length > longest) return undefined
  const percent = /^%\s?(\d[\d.,]{0,40})$/.exec(text)
  if (percent) return readQuantity(`${percent[1]}%`)
  const plain = withoutGroups(rupiah.test(text) || grouped.test(text) ? text.replaceAll('.', '') : text)
  return quantityIn(plain) ?? (plain.includes(',') ? quantityIn(withDecimalPoint(plain)) : undefined)
}

/** A number such as "2,5", which is a list in some languages and a number with a decimal comma in others, as a number. */
export function readDecimalComma(text: string): Quantity | undefined {
  return /^[-+]?\d{1,15},\d{1,15}$/.test(text) ? quantityIn(text.replace(',', '.')) : undefined
}

function withDecimalPoint(text: string): string {
  return text
    .replace(priceComma, '$1.')
    .replace(
      decimalComma,
      (_all, front: string, digits = '', decimals = '', grouped = '', after = '') =>
        `${front}${digitsOf(`${digits}${grouped}`)}.${decimals}${after}`,
    )
}

function quantityIn(text: string): Quantity | undefined {
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
  const unit = unitOf(`${rest}`, front.toLowerCase().replace('.', '') || inner)
  if (`${digits}${decimals}` === '' || unit === undefined || (mixed !== '' && divisor === undefined))
    return undefined

  const exponent = Number(e ?? ten ?? 0) - decimals.length + unit.scale
  const bottom = BigInt(digitsOf(divisor ?? '1')) * 10n ** BigInt(Math.max(-exponent, 0))
  const base = BigInt(`${digitsOf(digits)}${decimals}`) * 10n ** BigInt(Math.max(exponent, 0))
  if (power !== undefined && (exponent !== 0 || digits.length > 6)) return undefined
  const top = base ** BigInt(power ?? 1) + BigInt(mixed || 0) * bottom
  const magnitude = ratio(sign === '-' ? -top : top, bottom)
  if (!magnitude) return undefined
  const share = shares.get(unit.name)
  return {
    magnitude: fractionText(magnitude),
    value: fractionText(share === undefined ? magnitude : ratio(magnitude.top, magnitude.bottom * share)!),
    unit: share === undefined ? unit.name : '',
  }
}

/** Units that are parts of one. */
const shares: ReadonlyMap<string, bigint> = new Map([
  ['%', 100n],
  ['‰', 1000n],
])

/** A number that begins with groups of falling powers of ten, as in 3万5千, in digits; any other text unchanged. */
function withoutGroups(text: string): string {
  const [, sign = '', groups = '', ones, rest = ''] = powerGroups.exec(text) ?? []
  const parts = [...groups.matchAll(/([\d,]+)\s?([^\d,]+)/g)].map(([, digits, words]) => ({
    digits: BigInt(digitsOf(digits!)),
    power: Array.from(words!.trim()).reduce((sum, word) => sum + powers.get(word)!, 0),
  }))
  if (parts.length + (ones === undefined ? 0 : 1) < 2) return text
  if (parts.some(({ power }, index) => index > 0 && power >= parts[index - 1]!.power)) return text
  const total = parts.reduce((sum, { digits, power }) => sum + digits * 10n ** BigInt(power), 0n)
  return `${sign}${total + BigInt(ones ?? 0)}${rest}`
}

/** Words for powers of ten behind one number: "2千万", "3 thousand million". */
const maxScales = 3

/** The unit after a number, and its scale; undefined if the rest makes the number part of something else. */
function unitOf(
  behind: string,
  currency: string,
): { readonly name: string; readonly scale: number } | undefined {
  let rest = behind
  let scale = 0
  for (let words = 0, power = scaleAt(rest, currency); power; power = scaleAt(rest, currency)) {
    if (++words > maxScales) return undefined
    rest = rest.trimStart().slice(power.length)
    scale += power.scale
  }
  const name = unitNameOf(rest, currency)
  return name === undefined ? undefined : { name, scale }
}

/** The word for a power of ten that a text begins with; undefined for other texts. */
function scaleAt(
  rest: string,
  currency: string,
): { readonly length: number; readonly scale: number } | undefined {
  const [, word = ''] = /^\s?([a-z]+\b|[百백千천万萬만億亿억兆조])/i.exec(rest) ?? []
  const isPower = !mega.test(rest.trimStart()) && !groupsOfPeople.test(rest.trimStart())
  const scale =
    scales.get(word.toLowerCase()) ??
    (currency === '' ? undefined : moneyScales.get(word.toLowerCase())) ??
    (isPower ? powers.get(word) : undefined)
  return scale === undefined ? undefined : { length: word.length, scale }
}

/** The name of the unit that the text behind a number is; undefined for any other text. */
function unitNameOf(rest: string, currency: string): string | undefined {
  const spelled = rest.trim().replace(/\.$/, '')
  const front = currency === '' ? '' : (readUnit(currency) ?? currency)
  const unit = spelled === '' ? '' : readUnit(spelled)
  if (unit === '' || unit === front) return front
  const isApart = rest.startsWith(' ')
  // A letter immediately after a number is algebra.
  if (unit !== undefined && (isApart || !/^[a-z]$/i.test(spelled))) return `${front}${unit}`
  const word = singular(spelled.replaceAll(plainWord, all => all.toLowerCase()))
  const isWord = isApart && /^\p{L}{3}\D*$/u.test(word) && !noUnit.test(word)
  return isWord || withSign.test(word) || counter.test(spelled)
    ? `${front}${word.replaceAll(' ', '_')}`
    : undefined
}

function digitsOf(text: string): string {
  return text.replaceAll(/\D/g, '')
}
