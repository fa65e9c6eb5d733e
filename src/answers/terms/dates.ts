/** The names of the months, from January, by language; of English ones, the first three letters are enough. */
const months = [
  'january february march april may june july august september october november december',
  'januar februar märz april mai juni juli august september oktober november dezember',
  'janvier février mars avril mai juin juillet août septembre octobre novembre décembre',
  'enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre',
  'janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro',
  'gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre',
  'januari februari maart april mei juni juli augustus september oktober november december',
  'января февраля марта апреля мая июня июля августа сентября октября ноября декабря',
].map(line => line.split(' '))
const names = new Map(
  months.flatMap((list, language) =>
    list.flatMap((name, index) => [
      [name, index + 1] as const,
      ...(language === 0 ? [[name.slice(0, 3), index + 1] as const] : []),
    ]),
  ),
)
const anyMonth = [...names.keys()].toSorted((one, other) => other.length - one.length).join('|')
const month = String.raw`(\p{L}{3,10})\.?`
const monthFirst = new RegExp(String.raw`^${month} (\d{1,2})(?:st|nd|rd|th)?(?:,? (\d{4}))?$`, 'iu')
const dayFirst = new RegExp(
  String.raw`^(?:the )?(\d{1,2})(?:st|nd|rd|th|er|º|\.)?(?: of| de)? ${month}(?:,?(?: de| del)? (\d{4})(?: г\.?| года)?)?$`,
  'iu',
)
const monthOnly = new RegExp(String.raw`^${month}(?:,| de)? (\d{4})$`, 'iu')
const weekday = /^(?:mon|tues|wednes|thurs|fri|satur|sun)day,? (?=\S+ \S)/i
/** "the 1990s", "44 BC". */
const decade = /^(?:the )?(\d{3}0)['’]?s$/
const era = /^(\d{1,4})\s?(B\.?C\.?(?:E\.?)?|A\.?D\.?|C\.?E\.?)$/
/** "AD 44": BC is written behind the year. */
const eraFirst = /^(?:A\.?D\.?|C\.?E\.?)\s?(\d{1,4})$/
const eastern = /^(\d{4})\s?[年년]\s?(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日号일]$/
const iso = /^(\d{4})-(\d{2})-(\d{2})$/
/** "5.3.2024": with points, the day comes first everywhere. */
const pointed = /^(0?[1-9]|[12]\d|3[01])\.\s?(0?[1-9]|1[0-2])\.\s?([12]\d{3})$/
/** "3:30 pm" and "3.30 pm": a number of picometres has no such minutes. */
const clock = /^(\d{1,2})(?:[:.]([0-5]\d))?(?::00)?\s?([ap])\.?m\.?$/i
/** "14:30", "14:30 Uhr", "14.30 Uhr", "14h30", "14 Uhr". */
const clocks = [
  /^([01]?\d|2[0-3]):([0-5]\d)(:[0-5]\d)?(?: uhr| h)?$/i,
  /^([01]?\d|2[0-3])\.([0-5]\d) uhr$/i,
  /^([01]?\d|2[0-3])\s?(?:h|uhr)\s?([0-5]\d)$/i,
  /^([01]?\d|2[0-3])\s?[時点시]\s?([0-5]\d)\s?[分분]?$/,
  /^([01]?\d|2[0-3]) uhr$/i,
]

/** The key of a date in words or in the order year, month and day, also without its year or day; undefined for any other text. */
export function dateKey(text: string): string | undefined {
  if (text.length > 40 || !/\d/.test(text)) return undefined
  const term = text.replace(weekday, '')
  const [, year, month, day] = iso.exec(term) ?? eastern.exec(term) ?? []
  if (year !== undefined) return keyOf(year, Number(month), day)
  const [, dayPointed, monthPointed, yearPointed] = pointed.exec(term) ?? []
  if (yearPointed !== undefined) return keyOf(yearPointed, Number(monthPointed), dayPointed)
  const [, first = '', dayBehind = '', yearBehind] = monthFirst.exec(term) ?? []
  if (names.has(first.toLowerCase())) return keyOf(yearBehind, monthOf(first), dayBehind)
  const [, dayBefore = '', name = '', ownYear] = dayFirst.exec(term) ?? []
  if (names.has(name.toLowerCase())) return keyOf(ownYear, monthOf(name), dayBefore)
  const [, only = '', yearOnly] = monthOnly.exec(term) ?? []
  if (names.has(only.toLowerCase())) return keyOf(yearOnly, monthOf(only))
  return yearsKey(term)
}

function yearsKey(term: string): string | undefined {
  const [, first] = decade.exec(term) ?? []
  if (first !== undefined) return `decade:${first}`
  const [, year, name = ''] = era.exec(term) ?? eraFirst.exec(term) ?? []
  return year === undefined ? undefined : `year:${name.startsWith('B') ? '-' : ''}${year}`
}

/** The key of a time of day; undefined for any other text. */
export function timeKey(text: string): string | undefined {
  if (/^(?:12 )?noon$/i.test(text)) return 'time:12:00'
  if (/^(?:12 )?midnight$/i.test(text)) return 'time:0:00'
  if (text.length > 20 || !/\d/.test(text)) return undefined
  const [, hours, minutes = '00', half] = clock.exec(text) ?? []
  if (half !== undefined) {
    if (Number(hours) < 1 || Number(hours) > 12) return undefined
    const hour = (Number(hours) % 12) + (half.toLowerCase() === 'p' ? 12 : 0)
    return `time:${hour}:${minutes}`
  }
  const [, hour, minute = '00', second = ':00'] =
    clocks.map(pattern => pattern.exec(text)).find(found => found !== null) ?? []
  return hour === undefined ? undefined : `time:${Number(hour)}:${minute}${second === ':00' ? '' : second}`
}

const moments = [
  `\\d{1,2}(?:\\.|er|º|st|nd|rd|th)?(?: of| de)? (?:${anyMonth})\\.?,?(?: de| del)? \\d{4}`,
  `(?:${anyMonth})\\.? \\d{1,2}(?:st|nd|rd|th)?, \\d{4}`,
  '\\d{4}\\s?[年년]\\s?\\d{1,2}\\s?[月월]\\s?\\d{1,2}\\s?[日号일]',
  '\\d{4}-\\d{2}-\\d{2}',
  '(?:0?[1-9]|1[0-2])[:.][0-5]\\d\\s?[ap](?:\\.m\\.|m\\b)',
  '(?:[01]?\\d|2[0-3])(?::[0-5]\\d|\\s?(?:h|Uhr|時|点|시)\\s?[0-5]\\d)',
].join('|')
const moment = new RegExp(`(?<![\\d.:])(?:${moments})(?![\\d:])`, 'iu')

/** Words before a moment that make it a bound. */
const boundings = [
  'before|after|until|till|since|from|by',
  "vor|nach|bis|ab|seit|avant|après|jusqu[’']à|dès|depuis",
  'antes de(?: las)?|después de(?: las)?|hasta(?: las)?|desde(?: las)?',
  'antes das|depois das|até(?: as| às)?|prima delle|dopo le|fino alle',
  'voor|na|tot|sinds|före|efter|till|før|etter|przed|po|do|od',
  'до|после|с|перед|після|πριν|μετά|قبل|بعد|לפני|אחרי',
  'sebelum|setelah|trước|sau',
]
const bounding = new RegExp(String.raw`(?<!\p{L})(?:${boundings.join('|')})\s(?:\p{L}{1,4}\s)?$`, 'iu')
/** Behind it, in languages that say so there. */
const boundingBehind =
  /^\s?(?:以前|之前|以后|之后|前|后|後|から|まで|より|전|후|이전|이후|부터|까지|['’]?[dt]?[ae]n? (?:önce|sonra)|से|के बाद)/u

/** The only date or time of day in a short line that has no other number; undefined if it has, or if it is a bound. */
export function momentIn(line: string): string | undefined {
  const found = moment.exec(line)
  if (!found) return undefined
  const [before, rest] = [line.slice(0, found.index), line.slice(found.index + found[0].length)]
  if (/\d/.test(before + rest) || bounding.test(before) || boundingBehind.test(rest)) return undefined
  return isMoment(found[0]) ? found[0] : undefined
}

/** Whether a text is a date or a time of day. */
export function isMoment(term: string): boolean {
  return (dateKey(term) ?? timeKey(term)) !== undefined
}

const day = /^(?:mon|tues|wednes|thurs|fri|satur|sun)day$/i
const year = /^[12]\d{3}$/

/** The day, the year or the time of "on Monday", "in 1969" and "at 3:30 pm"; any other text unchanged. */
export function withoutPreposition(term: string): string {
  const [, named] = /^(?:on|in|at) (\S.{0,40})$/i.exec(term) ?? []
  return named !== undefined && (day.test(named) || year.test(named) || isMoment(named)) ? named : term
}

function monthOf(word: string): number {
  return names.get(word.toLowerCase())!
}

function keyOf(year: string | undefined, month: number, day?: string): string {
  const parts = [year, String(month).padStart(2, '0'), day?.padStart(2, '0')]
  return `date:${parts.filter(part => part !== undefined).join('-')}`
}
