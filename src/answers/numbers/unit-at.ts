import { metricNames } from './metric-names.ts'

const list = (text: string): readonly string[] => text.split(' ')

/** Units whose case counts. */
const symbols = new Set([
  ...list(
    'm km cm mm dm µm μm nm s ms ns μs h min g kg mg μg l L kl ml mL cl dl V kV mV W kW mW MW N kN J kJ MJ eV keV MeV',
  ),
  ...list(
    'kWh Wh Hz kHz MHz GHz Pa kPa MPa mol mph kr Kč zł TL M мм см дм м км г кг т л мл ч мин с руб ₽ 원 円 元',
  ),
])
/** Units of English, and money in any language. */
const words = new Set([
  ...list(
    'percent cent cents dollar dollars euro euros pound pounds second seconds minute minutes hour hours day days week',
  ),
  ...list(
    'weeks month months year years inch inches foot feet yard yards mile miles ounce ounces ton tons tonne tonnes gallon',
  ),
  ...list(
    'gallons cup cups degree degrees radian radians nanosecond nanoseconds microsecond microseconds millisecond',
  ),
  ...list('milliseconds grad thousand million billion trillion times dozen'),
  ...list(
    'złotych złote złoty kronor kroner korun koruny lei forint lira peso pesos reais yuan yen рубль рубля рублей',
  ),
])
/** Words for units of other languages that mean something else in English. */
const alsoEnglish = new Set(list('let jam tag den ore gun mes rok lat'))
/** Behind a number in languages that write without blanks; the longest that fits is taken. */
const unspaced = list(
  '厘米 毫米 千米 公里 米 千克 公斤 克 毫升 升 秒 分钟 小时 天 角 分 元 円 センチメートル キロメートル メートル センチ キロ グラム リットル 時間 日間 센티미터 킬로미터 미터 킬로그램 그램 리터 시간 초 분 원',
).toSorted((one, other) => other.length - one.length)

/** Letters that a unit may be written in, after a blank at most. */
const run =
  /^\s?([\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}µ₽]+|[\p{Script=Arabic}\p{M}]+|[\p{Script=Hebrew}]+|[\p{Script=Devanagari}]+|\p{Script=Thai}+)/u
const sign = /^(?:\s{0,2}°[CF]?(?![\p{L}\d])|\s?[€£¥₽](?![\p{L}\d])|\s?\\?%)/u
const area = /^\s?(?:square|cubic) \p{L}{3,12}/u
/** "cm²", "m/s^2", "km / h", "千米/时", "dollars per hour". */
const power = /^(?:\^?[23](?!\d)|[²³])/
const quotient = /^(?:\s?\/\s?[\p{L}\p{M}]{1,10}(?:\^?[23]|[²³])?|\sper\s(?:square |cubic )?\p{L}{3,10})/u
/** More words of a phrase such as "kilometer pro Stunde". */
const further = /^(?:[\s'’][\p{L}\p{M}]{1,11}){1,3}/u

/** The unit that follows a number, behind a blank if it is a letter: `3m` would be a product. Empty without a unit. */
export function unitAt(rest: string): string {
  const text = rest.replace(/^\\[,;: ]/, ' ')
  const found = sign.exec(text)?.[0] ?? area.exec(text)?.[0] ?? wordAt(text)
  if (found === '') return ''
  let end = found.length
  for (const pattern of [power, quotient, quotient])
    end += /[\p{L}\p{M}\d²³]$/u.test(text.slice(0, end))
      ? (pattern.exec(text.slice(end))?.[0].length ?? 0)
      : 0
  const unit = text.slice(0, end)
  return /^[a-z]/i.test(unit) ? ` ${unit}` : unit
}

/** The word or words for a unit that a text begins with; empty without. */
function wordAt(text: string): string {
  const [all = '', word = ''] = run.exec(text) ?? []
  if (word === '') {
    const bare = text.replace(/^\s/, '')
    const unit = unspaced.find(unit => bare.startsWith(unit)) ?? ''
    return unit && text.slice(0, text.length - bare.length) + unit
  }
  if (word === 'per' && /^ cent(?!\p{L})/u.test(text.slice(all.length))) return `${all} cent`
  if (word === 'percentage' && /^ points?(?!\p{L})/u.test(text.slice(all.length))) return `${all} points`
  const behind = text.slice(all.length)
  const more = phraseAt(word, behind)
  if (more !== '') return all + more
  const small = word.toLowerCase()
  // "5 jam jars" must not be five hours.
  if (alsoEnglish.has(small) && /^\s\p{Script=Latin}/u.test(behind)) return ''
  const isUnit = symbols.has(word) || words.has(small) || metricNames.has(small)
  return isUnit && (!/^\d/.test(behind) || power.test(behind)) ? all : ''
}

/** If a word begins a phrase that means a unit, the rest of it: " pro Stunde" after "Kilometer". Otherwise empty. */
function phraseAt(word: string, rest: string): string {
  let [more = ''] = further.exec(rest) ?? []
  while (more !== '') {
    if (metricNames.has(`${word}${more}`.toLowerCase().replaceAll(/['’]/g, ' '))) return more
    more = more.slice(0, Math.max(0, more.search(/[\s'’][^\s'’]*$/)))
  }
  return ''
}
