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
const name = [...names.keys()].toSorted((one, other) => other.length - one.length).join('|')
const monthFirst = new RegExp(`^(${name})\\.? (\\d{1,2})(?:st|nd|rd|th)?,? (\\d{4})$`, 'iu')
const dayFirst = new RegExp(
  `^(\\d{1,2})(?:st|nd|rd|th|er|º|\\.)?(?: of| de)? (${name})\\.?,?(?: de| del)? (\\d{4})(?: г\\.?| года)?$`,
  'iu',
)
const eastern = /^(\d{4})\s?[年년]\s?(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日号일]$/
const iso = /^(\d{4})-(\d{2})-(\d{2})$/
const clock = /^(\d{1,2})(?::([0-5]\d))?\s?([ap])\.?m\.?$/i

/** The key of a date in words or in the order year, month and day; undefined for any other text. */
export function dateKey(term: string): string | undefined {
  const [, year, month, day] = iso.exec(term) ?? eastern.exec(term) ?? []
  if (year !== undefined) return keyOf(year, Number(month), day!)
  const american = monthFirst.exec(term)
  if (american) return keyOf(american[3]!, monthOf(american[1]!), american[2]!)
  const other = dayFirst.exec(term)
  return other ? keyOf(other[3]!, monthOf(other[2]!), other[1]!) : undefined
}

/** The key of a time of day; undefined for any other text. */
export function timeKey(term: string): string | undefined {
  const [, hours, minutes = '00', half] = clock.exec(term) ?? []
  if (half !== undefined) {
    if (Number(hours) < 1 || Number(hours) > 12) return undefined
    const hour = (Number(hours) % 12) + (half.toLowerCase() === 'p' ? 12 : 0)
    return `time:${hour}:${minutes}`
  }
  const [, hour, minute = '00'] =
    /^([01]?\d|2[0-3]):([0-5]\d)(?: uhr| h)?$/i.exec(term) ??
    /^([01]?\d|2[0-3])\s?(?:h|uhr|時|点|시)\s?([0-5]\d)\s?(?:min|分|분)?$/i.exec(term) ??
    /^([01]?\d|2[0-3]) uhr$/i.exec(term) ??
    []
  return hour === undefined ? undefined : `time:${Number(hour)}:${minute}`
}

const moments = [
  `\\d{1,2}(?:\\.|er|º|st|nd|rd|th)?(?: of| de)? (?:${name})\\.?,?(?: de| del)? \\d{4}`,
  `(?:${name})\\.? \\d{1,2}(?:st|nd|rd|th)?, \\d{4}`,
  '\\d{4}\\s?[年년]\\s?\\d{1,2}\\s?[月월]\\s?\\d{1,2}\\s?[日号일]',
  '\\d{4}-\\d{2}-\\d{2}',
  '(?:[01]?\\d|2[0-3])(?::[0-5]\\d|\\s?(?:h|Uhr|時|点|시)\\s?[0-5]\\d)',
].join('|')
const moment = new RegExp(`(?<![\\d.:])(?:${moments})(?![\\d:])`, 'iu')

/** Words before a moment that make it a bound. */
const bounding =
  /(?<!\p{L})(?:before|after|until|till|since|from|by|vor|nach|bis|ab|seit|avant|après|jusqu[’']à|dès|depuis|antes de(?: las)?|después de(?: las)?|hasta(?: las)?|desde(?: las)?|antes das|depois das|até(?: as| às)?|prima delle|dopo le|fino alle|voor|na|tot|sinds|före|efter|till|før|etter|przed|po|do|od|до|после|с|перед|після|πριν|μετά|قبل|بعد|לפני|אחרי|sebelum|setelah|trước|sau)\s(?:\p{L}{1,4}\s)?$/iu
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

function monthOf(word: string): number {
  return names.get(word.toLowerCase())!
}

function keyOf(year: string, month: number, day: string): string {
  return `date:${year}-${String(month).padStart(2, '0')}-${day.padStart(2, '0')}`
}
