import { factorsOf } from './factors.ts'
import { prefixed, symbols, units } from './table.ts'
import { foreignWords, timesBelow } from './words.ts'

/** English names of units in the singular, with prefixes, and their symbols. */
const names: ReadonlyMap<string, string> = new Map([
  ...[...units].flatMap(([symbol, unit]) => unit.names.map(name => [singular(name), symbol] as const)),
  ...prefixed.flatMap(([symbol, unit, , prefix]) =>
    units.get(unit)!.names.map(name => [singular(`${prefix}${name}`), symbol] as const),
  ),
])

/** Symbols by their small letters. */
const alike = Map.groupBy(symbols, symbol => symbol.toLowerCase())
/** Ways to write a unit that follow no rule. */
const spellings: ReadonlyMap<string, string> = new Map(
  Object.entries({
    bps: 'b/s',
    kbps: 'kb/s',
    Kbps: 'kb/s',
    mbps: 'Mb/s',
    Mbps: 'Mb/s',
    gbps: 'Gb/s',
    Gbps: 'Gb/s',
    Tbps: 'Tb/s',
    kBps: 'kB/s',
    KBps: 'kB/s',
    MBps: 'MB/s',
    GBps: 'GB/s',
    kph: 'km/h',
    kmh: 'km/h',
    fps: 'ft/s',
    cc: 'cm^3',
    mcg: 'μg',
    v: 'V',
    w: 'W',
    L: 'l',
    Cal: 'kcal',
  }),
)
/** A unit with a prefix that it seldom has, in the usual case: mHz is not MHz, and pA not Pa. */
const rare = new RegExp(
  `^[yzafpnμmcdhkMGTPE](?:${[...units].flatMap(([symbol, { prefixes }]) => (prefixes.length > 0 ? [symbol] : [])).join('|')})$`,
)
/** Words for a length in front of a time. */
const speedLengths: ReadonlyMap<string, string> = new Map([['キロ', 'km']])
/**
 * The symbol of a unit or of a product of units: `km` for "kilometres", "Km" and "км", `m/s^2` for "m s^-2" and "meters per
 * second squared". Case counts where it decides: H is henry and h an hour. Undefined for any other text.
 */
export function readUnit(text: string): string | undefined {
  if (text.length > 60) return undefined
  const spelled = text.replace(/^([°μ])\s/, '$1')
  const small = spelled.toLowerCase()
  const symbol = readSymbol(spelled)
  if (symbol !== undefined) return symbol
  // In "km/t" of Norwegian, t is a word for an hour.
  return small === spelled
    ? (readWords(small) ?? productOf(spelled))
    : (productOf(spelled) ?? readWords(small) ?? ownSymbol(spelled))
}

/** The symbol that a text without blanks is, in its usual spelling. */
export function readSymbol(text: string): string | undefined {
  if (symbols.has(text)) return text
  const special = spellings.get(text)
  // A small letter alone is a variable more often than any other unit; other capitals mean nothing here.
  if (special !== undefined || text.length === 1) return special
  // Micro and kilo, as keyboards have them.
  const respelled = text.replace(/^u(?!s)/, 'μ').replace(/^K(?=.)/, 'k')
  if (symbols.has(respelled)) return respelled
  if (rare.test(text)) return undefined
  const [only, ...others] = alike.get(text.toLowerCase()) ?? []
  // M is mega, and m is milli.
  const isSame = others.length === 0 && (!text.startsWith('M') || only?.startsWith('M'))
  return isSame ? only : undefined
}

/** A spelling that differs from those of known symbols by its case, and so means another unit: Ms is not ms. */
function ownSymbol(text: string): string | undefined {
  return alike.has(text.toLowerCase()) ? text : undefined
}

function readWords(words: string): string | undefined {
  const known = readPhrase(words)
  // Most words behind numbers are names of things, and one word.
  if (known !== undefined || !/[\s/^]/.test(words)) return known ?? foreignWords.get(singular(words))
  return foreignWord(words.replaceAll(/['’]/g, ' ')) ?? powerOf(words) ?? quotientOf(words)
}

/** The symbol of a unit whose name, in any language, is this word or phrase of small letters. */
export function readPhrase(words: string): string | undefined {
  const plain = words.replaceAll(/['’]/g, ' ')
  return names.get(singular(plain)) ?? foreignWords.get(plain)
}

/** A phrase whose words have no plural `s`, if at least three letters remain; "inches" becomes "inche". */
export function singular(words: string): string {
  return words.includes('s') ? words.replaceAll(/(?<=[a-z]{3})s(?![\p{L}\p{M}])/gu, '') : words
}

function foreignWord(words: string): string | undefined {
  const known = foreignWords.get(words) ?? foreignWords.get(singular(words))
  if (known !== undefined) return known
  const [, base = '', power = ''] = /^(.{1,20}?)(\^[23])$/.exec(words) ?? []
  const side = foreignWords.get(base)
  if (side !== undefined) return side + power
  const [length = '', time = '', ...others] = words.split(/\s?\/\s?/)
  const per = others.length === 0 ? timesBelow.get(time) : undefined
  return (
    per && `${readSymbol(length) ?? speedLengths.get(length) ?? foreignWords.get(length) ?? length}/${per}`
  )
}

/** "square meters", "sq ft", "meters squared", "cubic cm". */
function powerOf(words: string): string | undefined {
  const [, kind, side] = /^(square|sq\.?|cubic|cu\.?) (\p{L}{1,12})$/u.exec(words) ?? []
  const [, base, power] = /^(\p{L}{1,12}) (squared|cubed)$/u.exec(words) ?? []
  const name = side ?? base
  const symbol = name === undefined ? undefined : plainUnit(name)
  return symbol && `${symbol}^${/^(?:sq|squared)/.test(kind ?? power!) ? 2 : 3}`
}

/** "dollars per hour"; "per second" and "/h" with something before them. */
function quotientOf(words: string): string | undefined {
  const [, top, bottom = ''] =
    /^(?:(\p{L}{1,12}) )?per ((?:square |cubic )?\p{L}{1,12}(?: squared| cubed)?)$/u.exec(words) ??
    /^([$€£]?\p{L}{0,12})\s?\/\s?(\p{L}{1,12})$/u.exec(words) ??
    []
  const above = top ? plainUnit(top) : ''
  const below = powerOf(bottom) ?? plainUnit(bottom)
  return above !== undefined && below !== undefined ? `${above}/${below}` : undefined
}

function plainUnit(word: string): string | undefined {
  return /^[mgshlt]$/.test(word) ? word : (readSymbol(word) ?? names.get(singular(word)) ?? foreignWord(word))
}

/** The units of a text that is a product of units rather than one of variables, such as "N m" and "kg*m/s^2". */
function productOf(text: string): string | undefined {
  const factors = factorsOf(text)?.map(([name, power]) => [readSymbol(name), power] as const)
  if (!factors?.every(([name]) => name !== undefined)) return undefined
  const [[first, power] = [''], second] = factors
  const isMoment = first === 'N' && power === 1 && second?.[0] === 'm' && second[1] === 1
  const isKnown = factors.some(([name, power]) => name!.length > 1 || (power < 0 && factors.length > 1))
  const isLength = factors.length === 1 && 'mgsl'.includes(first!)
  return isKnown || isMoment || isLength
    ? factors.map(([name, each]) => `${name}^${each}`).join('*')
    : undefined
}
