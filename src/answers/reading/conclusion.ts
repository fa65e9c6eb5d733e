import { alternatives } from '../../sampling/alternatives.ts'
import { deniedAtEnd, isBound, isBoundBehind } from './words/bounds.ts'
import { finding, totalled } from './words/finding.ts'
import { conclusion } from './words/conclusion.ts'
import { isConditional } from '../terms/conditions.ts'
import { readEnding } from './ending.ts'
import { boldMark, plainMath } from '../plain/plain-math.ts'
import { isMoment } from '../terms/dates.ts'
import { readQuantity } from '../numbers/quantity.ts'
import { readPair, readPredicate } from './predicate.ts'
import { readRelation } from './relation-line.ts'
import { checked, isUsedUp } from './results/last-calculation.ts'
import { isTermBefore, numbersIn } from '../numbers/numbers-in.ts'
import { unitAt } from '../units/unit-at.ts'
import { readVerdict, readVerdictWithin } from './verdict.ts'

const choice = /^(?:option |choice )?[([]?[A-J](?:[).:\]]|$)/
const letter = String.raw`[([]?([A-J])[)\]]?`
const noun = '(?:option|choice|answer)'
const be = '(?:is|must be|should be|has to be)'
/** "So I think that the", before the letter that a clause is about. */
const clauseStart = [
  String.raw`(?:^|,\s)`,
  String.raw`(?:(?:so|thus|hence|therefore|perhaps|probably|clearly),?\s)?`,
  String.raw`(?:i (?:believe|think|conclude)(?: that)?\s)?`,
  String.raw`(?:the\s)?`,
].join('')
const merits = '(?:correct|right|best|answer|most (?:accurate|likely|appropriate|suitable|plausible))'
/** Another choice, later in the line. */
const elsewhere = String.raw`.*[\s([][A-J](?![\w])`
/** The letter of a choice in a sentence that prefers it. */
const chosen = [
  String.raw`${clauseStart}(?:it(?:['’]s| (?:is|must be|has to be|should be))|i(?:['’]d| would) say) (?:${noun} )?${letter}[.!]?$`,
  String.raw`\bnot (?:${noun} )?[([]?[A-J][)\]]?,? (?:but rather|but|rather) (?:${noun} )?${letter}[.!]?$`,
  String.raw`${clauseStart}(?:${noun}\s)?${letter} ${be} (?:therefore )?(?:the )?(?:only )?${merits}\b`,
  String.raw`\b(?:go with|choose|pick|select) (?:${noun} )?${letter}(?=[.,;:]|$|\s(?:because|since|as|here)\b)`,
  String.raw`\b(?:left with|leaves|leaving)(?: us with)?(?: only)? (?:${noun} )?${letter}(?:[.!]?$| as the\b(?!${elsewhere}))`,
  String.raw`${clauseStart}only (?:${noun} )?${letter} (?:satisfies|works|remains|fits|matches|meets|holds)\b(?!${elsewhere})`,
  String.raw`\b${noun} ${letter} ${be} (?:the )?(?:correct|right|best)\b`,
].map(source => new RegExp(source, 'i'))
const formula = /\$(?=\S)([^$]{0,60}[^\s$])\$(?!\d)|\\\((.{1,60}?)\\\)/g
/** Behind "**Paris**" as the answer. */
const subject = /^ (?:is|was|are|were) (?:the|a|an) [^.*\n]{1,100}\.?$/
/** "x^2 = 9, hence" and "..., so the line is" before the relation that follows from it. */
const premise =
  /^.{1,200},\s(?:(?:hence|thus|therefore|so)\s(?:the [a-z ]{1,40} is )?|which (?:simplifies|reduces|expands) to\s)(?=\$?[a-z](?:\([a-z]\))?\s?=)/i
const consequences = [
  'so|thus|hence|therefore|which means(?: that)?',
  'donc|así que|por lo que|então|quindi|dus|więc|takže|так что|поэтому|значит',
]
/** ", so she keeps 16" at the end of a sentence. */
const concludingClause = new RegExp(
  String.raw`\d[^.]*,\s(?:and )?${alternatives(...consequences)}\s([^,;=<>]{1,150})$`,
  'i',
)
/** A second thought behind a letter: "choose A, or maybe C". */
const reconsidered = /\b(?:or|maybe|perhaps|but|no|wait|actually|instead)\b.*\b[A-J]\b/i
/** "(50 km/h divided by 3.6)" behind a value, and ", where x ≠ 2" behind an expression. */
const aside = /\s\((?=[^()]{0,80}\p{L}{2})[^()]{1,80}\)(?=[.!]?$)/u
const condition =
  /,? (?:where|for|provided(?: that)?|with|when|as long as) \$?[^.$=]{1,20}(?:≠|\\neq?(?![a-z]))[^.]{0,60}(?=[.]?$)/
/** In front of a number in Chinese, Japanese and Korean. */
const leadsToNumber =
  /(?:은|는|이|가|총|모두)\s$|(?:[はが]|全部で|合計)\s?$|(?:为|是|等于|共有|一共|共|还剩|剩下|还有|得到|需要)\s?$/
/** ", attained at x = 1" behind a value. */
const place =
  /,? (?:attained|achieved|reached|which (?:is attained|is achieved|occurs)|occurring) (?:at|when|for) [^,;]{1,60}$/
/** Whether a line is the letter of a choice, with or without its text. */
export function isChoice(line: string): boolean {
  return choice.test(line)
}

/**
 * Reads the answer in a line that concludes: the only bold result, the letter of a choice, a relation, or the only number.
 * `marked` is the line including its bold marks.
 */
export function readConclusion(marked: string, line: string): string | undefined {
  const sentence = concludingSentence(line)
  const markedSentence = concludingSentence(marked)
  if (sentence !== undefined && sentence === markedSentence?.replaceAll(boldMark, ''))
    return readConclusion(markedSentence, sentence)
  if (line.length > 400) return undefined
  for (const extra of [aside, condition])
    if (extra.test(line) && /\d/.test(line.replace(extra, '')))
      return readConclusion(marked.replace(extra, ''), line.replace(extra, ''))
  if (place.test(line)) return readConclusion(marked.replace(place, ''), line.replace(place, ''))
  if (premise.test(line)) return readConclusion(marked.replace(premise, ''), line.replace(premise, ''))
  const [, clause] = concludingClause.exec(line) ?? []
  if (clause !== undefined && marked.endsWith(clause)) {
    const { only, others } = numbersIn(clause)
    if (only !== undefined && !others) return readConclusion(`So ${clause}`, `So ${clause}`)
  }
  return (
    lastValue(line) ??
    boldResult(marked) ??
    chosenLetter(line) ??
    readVerdict(line) ??
    readPair(line) ??
    calculated(line) ??
    relationIn(line) ??
    onlyNumber(line) ??
    readEnding(line) ??
    readPredicate(line)
  )
}

/** Between sentences. */
const sentenceEnds = /(?<=[.!?])\s{1,3}|(?<=[。！？।])\s{0,3}/g
/** Behind a formula, a list or bold words, and before a clause of Chinese, Japanese or Korean that concludes. */
const weakEnds = /(?<=[$\])*])\s{1,3}|(?:[，、]\s?|\s)(?=所以|因此|よって|したがって|따라서)/g
/** "is therefore", "est donc de": a sentence that concludes in its middle. */
const inMiddle = new RegExp(
  String.raw`\s(?:is|are|est|sont|ist|sind|es|son|è|é|são)\s` +
    alternatives('therefore|thus|hence', 'donc|also|somit|por (?:lo )?tanto|quindi|portanto') +
    String.raw`\s`,
)

/** The last sentence of a line with several if it concludes, or its last clause that begins with words for that. */
function concludingSentence(line: string): string | undefined {
  const tail = line.slice(-400)
  const sentence = tail.slice(lastStart(tail))
  const clause = [...sentence.matchAll(weakEnds)]
    .map(({ index, 0: mark }) => sentence.slice(index + mark.length))
    .findLast(concludes)
  if (clause !== undefined) return clause
  return sentence !== tail && (concludes(sentence) || inMiddle.test(sentence)) ? sentence : undefined
}

function concludes(sentence: string): boolean {
  return conclusion.test(sentence.replaceAll(boldMark, ''))
}

/** Where the last sentence of a text begins. */
function lastStart(text: string): number {
  const starts = [...text.matchAll(sentenceEnds)].map(({ index, 0: mark }) => index + mark.length)
  return starts.findLast(start => start < text.length - 3) ?? 0
}

/** The only number in a short text about one thing, with its unit. */
export function readOnlyNumber(line: string): string | undefined {
  const { only, others, after } = numbersIn(line)
  return line.length > 200 || only === undefined || others ? undefined : only + after
}

function boldResult(marked: string): string | undefined {
  const [bold, ...others] = [...marked.matchAll(/\*\*([^*]{1,60})\*\*/g)]
  if (!bold || others.length > 0) return undefined
  const inside = bold[1]!.trim().replace(/[.:,]$/, '')
  const behind = marked.slice(bold.index + bold[0].length)
  if (
    readQuantity(plainMath(inside)) ||
    choice.test(inside) ||
    (isUnmixed(inside) && !isConditional(behind)) ||
    /^[OΘΩ]\([^()]{1,20}\)$/.test(inside)
  )
    return inside
  const verdict = readVerdictWithin(inside)
  if (verdict !== undefined) return verdict
  if (isMoment(plainMath(inside)) && !isBound(marked.slice(0, bold.index))) return inside
  const isEnd = /^(?:[\s.!)]{0,4}$|,\s|\s(?:in|on|at|during|for|since) [^.]{1,60}\.?$)/.test(behind)
  const isNamed = /\b(?:is|are|was|were|by|in|on)(?: the| called| named)? $/.test(marked.slice(0, bold.index))
  const isSubject = bold.index === 0 && subject.test(behind)
  return ((isEnd && isNamed) || isSubject) && !/^not\b/i.test(inside) ? inside : readRelation(inside)
}

/** The formula at the end of a line, behind "is": `-1` of "the value of $g(2) - 4$ is $-1$." */
function lastValue(line: string): string | undefined {
  if ([...line.matchAll(/\b(?:is|are|equals) (?:equal to )?\$/g)].length !== 1) return undefined
  const [, value] = /\b(?:is|are|equals) (?:equal to )?\$([^$=<>]{1,60})\$[.\s]{0,3}$/.exec(line) ?? []
  return value !== undefined &&
    /\d/.test(value) &&
    !isBound(line.slice(0, line.lastIndexOf('$', line.lastIndexOf('$') - 1)))
    ? value
    : undefined
}

/** The 13 of "所以一共有 3 + 10 = 13 只鸟", with its unit if it is a known one. */
function calculated(line: string): string | undefined {
  const [, value, rest = ''] =
    /^[^=]{2,80}=\s?([-−]?\d[\d.,]{0,20})\s?([\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]{1,12})[。.]?$/u.exec(
      line,
    ) ?? []
  return value !== undefined && conclusion.test(line) ? value + unitAt(rest) : undefined
}

/** ", since 2 * 9 + 3 = 21" behind a value. */
const reason =
  /(?<=[\d)$]),? (?:since|because)\s(?![^.]*\b(?:so|thus|hence|therefore|get|then)\b)[^.]{0,200}=[^.]{1,60}\.?$/i

/** The relation that a line ends with, unless it checks a value or leaves one unused that sentences before it state. */
function relationIn(line: string): string | undefined {
  const stated = line.replace(reason, '')
  const before = stated.slice(0, stated.lastIndexOf('='))
  const start = lastStart(stated)
  const isOne = start === 0 || start > before.length || /^[^\p{L}\d$(\\]/u.test(stated.slice(start))
  return isOne || (!checked.test(before) && isUsedUp(before)) ? readRelation(stated) : undefined
}

/** Whether a text is a verdict and nothing else. */
function isUnmixed(text: string): boolean {
  return /^(?:yes|no|true|false)$/i.test(text)
}

function chosenLetter(line: string): string | undefined {
  const bare = line.replace(conclusion, '')
  for (const pattern of chosen) {
    const match = pattern.exec(bare)
    const found = match?.[1]
    if (match && found)
      return found.toUpperCase() === found && !reconsidered.test(bare.slice(match.index + match[0].length))
        ? found
        : undefined
  }
  return undefined
}

/** The only formula with a number, or the only number, in a line that draws a conclusion. */
function onlyNumber(line: string): string | undefined {
  if (/[<>≤≥=]/.test(line) || deniedAtEnd.test(line)) return undefined
  const formulas = [...line.matchAll(formula)].filter(([, inline, bracketed]) =>
    /\d/.test(inline ?? bracketed ?? ''),
  )
  const solution = formulas.length === 1 ? formulas[0] : undefined
  if (solution) {
    const [before, rest] = [line.slice(0, solution.index), line.slice(solution.index + solution[0].length)]
    const isOnly = !/\d/.test(before + rest)
    const isLast = /^[\s.。]{0,3}$|^\s?(?:です|となる|となります|である|입니다|이다)[。.]?$/.test(rest)
    const isFound = conclusion.test(line) || (isOnly && (isLast || finding.test(before)))
    if (isFound && !isBound(before)) return (solution[1] ?? solution[2] ?? '') + unitAt(rest)
  }
  const plain = line.replaceAll(formula, '$1$2')
  const { only, others, before, after } = numbersIn(plain)
  if (only === undefined || others || isBound(before)) return undefined
  if (isTermBefore(plain.slice(before.length + only.length + after.length))) return undefined
  if (isBoundBehind(plain.slice(before.length + only.length))) return undefined
  const isFound =
    conclusion.test(plain) || finding.test(before) || leadsToNumber.test(before) || totalled.test(plain)
  return isFound ? only + after : undefined
}
