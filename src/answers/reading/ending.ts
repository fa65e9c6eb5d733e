import { readNumberWord } from '../numbers/number-word.ts'
import { denial } from './words/bounds.ts'
import { conclusion } from './words/conclusion.ts'
import { unitAt } from '../units/unit-at.ts'

const coordinate = String.raw`[-+−\\∞\w./]{1,20}`
/** Values that are recognized by their form. */
const shapes = {
  intervalOrPoint: String.raw`[[(]\s?${coordinate},\s?${coordinate}(?:,\s?[-+−\w./]{1,20})?\s?[\])]`,
  set: String.raw`\\\{\s?[a-z](?:\s?\\in\s?(?:\\mathbb\{R\}|\\R))?\s?(?:[:|]|\\mid)\s?[^{}]{1,60}\\\}`,
  ratio: String.raw`\d{1,4}:\d{1,4}`,
  infinity: String.raw`-?\\infty|-?∞`,
  realNumbers: 'all real numbers(?: [a-z])?(?: except [^.;]{1,40})?',
  orderOfGrowth: String.raw`[OΘΩ]\((?:[^()]|\([^()]{1,20}\)){1,40}\)`,
}
const shaped = Object.values(shapes).join('|')
const digits = String.raw`[-+−$€£]{0,2}\d[\d.,/]{0,40}`
const list = `${digits}(?:, ${digits}){0,6},? and ${digits}`
/** "The two numbers are 3 and 5." */
const listEnd = new RegExp(
  String.raw`^the (?:two |three |four )?(?:(?!\b(?:and|or|not|of)\b)[\p{L} ]){1,40} are \$?(${list})\$?[.!]?$`,
  'iu',
)
const choices = String.raw`[A-J](?:, [A-J]){0,6},? and [A-J]`

/** The subject of a sentence about one thing, without any of these words. */
const subjectWithout = (words: string, most: number): string =>
  String.raw`(?:(?!\b(?:${words})\b)[^.;:=<>]){1,${most}}`
const clauseStart = String.raw`(?:^|,\s(?:so|and so|thus|hence)\s|,\s)`
/** "So the domain is [2, 5)", "the point is (2, -1)", "the time complexity is O(n log n)". */
const shapedEnd = new RegExp(
  String.raw`${clauseStart}the (${subjectWithout('and|or|not', 80)}) (?:is|equals|becomes|simplifies to|reduces to) \$?(${shaped})\$?[.!]?$`,
  'i',
)
/** "Thus, the remainder when 2^100 is divided by 9 is 7." */
const concludedEnd = new RegExp(
  String.raw`^the ${subjectWithout('and|or|not|no|least|most|than|if', 120)} (?:is|equals) ` +
    String.raw`(${digits}%?)((?:\s(?!(?:if|when|unless|or|and)\b)\p{L}{1,20}){0,3})[.!]?$`,
  'iu',
)
const equal = [
  'equals|is equal to|comes to|amounts to|is written as',
  'evaluates to|simplifies to|rounds to|works out to',
].join('|')
/** "2 to the power of 7 equals 128." */
const equalEnd = new RegExp(
  String.raw`^${subjectWithout('and|or|not|no|if|than', 120)} (?:${equal}) (${digits}%?)((?:\s\p{L}{1,20}){0,3})[.!]?$`,
  'iu',
)
const finiteCoordinate = String.raw`[-+−\w./\\]{1,20}`
const point = String.raw`\(\s?${finiteCoordinate},\s?${finiteCoordinate}(?:,\s?${finiteCoordinate})?\s?\)`
/** "The midpoint is ((6 + 2)/2, (-8 + 2)/2) = (4, -3)." */
const pointEnd = new RegExp(String.raw`\d[^=]{0,40}[)\]]\s?=\s?(${point})\$?[.!]?$`)
/** "The train arrives at 8:30 PM." */
const timeEnd = /^[^\d:]{1,120} (?:at|is|until) (\d{1,2}:\d{2}(?:\s?[ap]\.?m\b)?)\.?[.!]?$/i
const month = '(?:January|February|March|April|May|June|July|August|September|October|November|December)'
const dates = {
  american: String.raw`${month} \d{1,2}(?:st|nd|rd|th)?, \d{4}`,
  european: String.raw`\d{1,2} ${month} \d{4}`,
  iso: String.raw`\d{4}-\d{2}-\d{2}`,
  weekday: '(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day',
}
const date = Object.values(dates).join('|')
/** "So the deadline is March 15, 2024." */
const dateEnd = new RegExp(String.raw`^[^\d:,]{1,120} (?:is|was|on|until) (${date})[.!]?$`, 'i')
/** "January 1, 2030 falls on a Tuesday." */
const weekdayEnd =
  /^(?:(?!day\b)[^.;:]){1,120} (?:is|was|be|on)(?: an?)? ((?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)[.!]?$/
/** "The algorithm runs in O(n²) time." */
const growthEnd =
  /^[^()]{1,120} (?:in|takes|has|uses|needs|requires|of) ([OΘΩ]\((?:[^()]|\([^()]{1,20}\)){1,40}\))(?: (?:time|space|memory))?[.!]?$/
/** "The probability is 2/6, which simplifies to 1/3." */
const simplifiedEnd = new RegExp(
  String.raw`,? which (?:simplifies|reduces|is equal) to \$?(${digits}%?)\$?[.!]?$`,
)
/** "The correct statements are A and C." */
const chosenEnd = new RegExp(
  String.raw`\bthe (?:correct|right|true) (?:statements?|answers?|options?|choices?) are (${choices})[.!]?$`,
)

/** "So the value of n is fifteen." */
function numberWord(bare: string): string | undefined {
  const [, word] =
    /^the (?:(?!\b(?:and|or|not|no|least|most|than|if)\b)[^.;:=<>\d]){1,80} is (?:equal to )?([a-z]{3,9}(?:-[a-z]{3,5})?)\.?$/i.exec(
      bare,
    ) ?? []
  const [, counted] =
    /^there (?:are|is) (?:exactly |only )?([a-z]{3,9}) (?:[a-z]{3,15} ){0,2}[a-z]{3,15}\.?$/i.exec(bare) ?? []
  return [word, counted].find(one => one !== undefined && readNumberWord(one))
}

/** The value at the end of a last sentence about one thing; undefined if it has another form. */
export function readEnding(line: string): string | undefined {
  if (line.length > 300) return undefined
  const bare = line.replace(conclusion, '')
  const [, quoted] =
    /\b(?:is|prints|outputs|returns|evaluates to|produces|yields|(?:raises|throws)(?: an?)?):? `([^`\n]{1,80})`\.?$/.exec(
      bare,
    ) ?? []
  if (quoted !== undefined) return quoted
  const [, , form] = shapedEnd.exec(bare) ?? []
  if (form !== undefined) return form
  const ends = [pointEnd, timeEnd, dateEnd, weekdayEnd, growthEnd, simplifiedEnd]
  for (const end of denial.test(bare) ? [] : ends) {
    const [, value] = end.exec(bare) ?? []
    if (value !== undefined) return value.replace(/[.,/]$/, '')
  }
  const [, letters] = chosenEnd.exec(bare.charAt(0).toLowerCase() + bare.slice(1)) ?? []
  const [, list] = listEnd.exec(bare.replaceAll('$', '')) ?? []
  if (list !== undefined) return list.replace(/[.,/]$/, '').replace(/,? and /, ', ')
  if (letters !== undefined) return letters.replace(/,? and /, ', ')
  const [, value, rest = ''] = equalEnd.exec(bare) ?? (bare === line ? [] : (concludedEnd.exec(bare) ?? []))
  if (value === undefined) return bare === line && !/^there /i.test(bare) ? undefined : numberWord(bare)
  const unit = unitAt(rest)
  // Further words may be a condition.
  const isWhole = unit === rest || /^\s?\p{L}{0,20}$/u.test(rest)
  return isWhole ? value.replace(/[.,/]$/, '') + unit : undefined
}
