import { alternatives } from '../../sampling/alternatives.ts'
import { isBoundBehind } from './words/bounds.ts'
import { conclusion } from './words/conclusion.ts'
import { plainMath } from '../plain/plain-math.ts'
import { unitAt } from '../units/unit-at.ts'
import { functionPattern } from '../value/functions.ts'
import { valueOf } from '../value/index.ts'

const maxLine = 400
/** Between the steps of a derivation. */
const arrow = /\\(?:Long)?Rightarrow(?![a-z])|\\implies(?![a-z])|[⇒⟹]/
/** The last word before a relation: a verb, or one that begins a clause. */
const introducing = [
  'is|are|was|were|be|gives?|get|gets|have|obtain|find|yields?|becomes?|satisf(?:y|ies)|equals',
  'ist|lautet|vaut|est|es|è|é|là|adalah|jest|je|är',
  'that|que|dass|što|că|że|что|що|ότι',
  'obtenemos|obtemos|otteniamo|obtient|wir|получаем',
  'when|if|for|where|to',
]
/** "is therefore" */
const therefore = '(?:,? (?:therefore|thus|then|hence|donc|also|somit|daher|quindi|por lo tanto))?'
/** "So the line is", "we get", "the solution set:" before a relation. */
const introduction = new RegExp(
  String.raw`^[^=<>≤≥]{0,200}` +
    alternatives(
      String.raw`(?<![\\\p{L}])${alternatives(...introducing)}${therefore}(?!\p{L})(?: d[ei](?=\s\d))?`,
      ':',
      String.raw`,(?=\s\$)`,
    ) +
    String.raw`[\s:$]{1,4}(?:\\[([]\s?)?(?=[^=<>≤≥]{0,60}[=<>≤≥≠\\])`,
  'iu',
)
const eastAsianScripts = String.raw`\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}`
/** "所求概率 $P = 1/2$。": words in a script without blanks, and one formula. */
const onlyFormula = new RegExp(
  String.raw`^[${eastAsianScripts}\s]{0,40}\$([^$\d]{1,20}(?:[=<>≤≥]|\\[lg]eq?(?![a-z]))[^$=]{1,80})\$\s?[。.]?$`,
  'u',
)
/** "方程的解为 x=5". */
const easternIntroduction = new RegExp(
  String.raw`^[${eastAsianScripts}，、\s]{1,40}(?:为|是|為|は|는|은|得|到)\s?\$?(?=[a-z]\s?=)`,
  'u',
)
/** Not the sign of a lower bound, as in \sum_{k=1}. */
const outerEquals = /(?<!_\s?\{[^{}]{0,40})[=≈]/
const relation = /[=≈<>≤≥≠]|\\(?:leq?|geq?|neq?|lt|gt|approx)(?![a-z])/
const inequality = /[<>≤≥≠]|\\(?:leq?|geq?|neq?|lt|gt)(?![a-z])/
const words = new RegExp(String.raw`(?<![\\\p{L}])(?!(?:${functionPattern}|and|mod)(?!\p{L}))\p{L}{3}`, 'u')
const styled =
  /\\(?:text|mathrm|operatorname)\s?\{[^{}]{0,80}\}|\\(?:quad|qquad|displaystyle|left|right|,|;|:|!|\s)/g
/** Several equations below each other. */
const system = /\\begin\{(?:cases|aligned|align\*?|gathered)\}/
const environment = /\\(?:begin|end)\{(?:[pbB]?matrix|array)\}/g
const figures = String.raw`[-+*/^().,\d\s×·⋅÷−%$€£!²³⁴-⁹√{}\\]*`
const commands = alternatives(
  String.raw`\\(?:times|cdot|cdots|ldots|dots|div|frac|dfrac|sqrt|left|right)`,
  // The backslash, if there is one, is among the figures: either way a text can be read in one way only.
  String.raw`(?:(?:log|ln|lg|exp|sin|cos|tan)(?:_(?:\{\d{1,3}\}|\d))?|[bp]?mod)(?!\p{L})`,
)
/** Only figures and signs of arithmetic. */
const calculation = new RegExp(`^${figures}(?:${commands}${figures})*$`, 'u')
/** A variable in an expression: the result of a calculation has none. */
const unknown = /\d?(?<![\\\p{L}])\p{L}(?!\p{L})\s?[-+*/^]|[-+*/^]\s?\d{0,9}(?<!\p{L})\p{L}(?!\p{L})/u
/** Left sides that name what the right side is. */
const names = {
  variable: String.raw`[\p{L}]'{0,3}`,
  namedFunction: String.raw`[A-Za-z_]{2,12}\s?\([^()=]{1,30}\)`,
  sets: String.raw`[A-Z](?:\s?(?:\\(?:cap|cup|setminus|times)|[∩∪])\s?[A-Z]){1,3}`,
  inverseOrTranspose: String.raw`\p{L}\^\{?(?:-1|T|\\top)\}?(?:\s?\([a-z]\))?`,
  indexed: String.raw`[\p{L}]_?\{?\w{1,8}\}?`,
  abbreviation: '[A-Z]{1,4}',
  derivative: String.raw`[\p{L}]'{0,3}\s?\([^()=]{1,40}\)`,
  command: String.raw`\\[a-z]{1,12}(?:\s?\\[a-z]{1,8}|\s[A-Za-z]{1,3})?`,
  absoluteValue: String.raw`\|[^|=]{1,20}\|`,
}
const name = new RegExp(`^${alternatives(...Object.values(names))}$`, 'iu')
/** The sum that contests ask for: m + n. */
const wanted = /^[a-dkm-np-s](?:\s?\+\s?[a-dkm-np-s]){1,3}$/
/** A number and the words for what is counted. */
const counted =
  /^([-+−$€£]{0,2}\d[\d.,/]{0,40}(?:\\?%)?)(\s(?!(?:or|and|but)\b)\p{L}{2,15}(?:\s(?!(?:or|and|but)\b)\p{L}{1,15}){0,4})$/u
const operations = String.raw`(?:\s?[-+−*×·⋅/÷x]\s?[$€£(]{0,2}-?[\d.][\d.,%]*\)?){1,12}`
/** "She earns $400 + $60 = $460 a week": arithmetic in a sentence. */
const arithmetic = new RegExp(
  String.raw`\d[\d.,%]*\)?${operations}\s?=\s?(-?[$€£]?\d[\d.,]*%?)((?:\s[\p{L}'’-]{1,20}){0,10})[.!]?$`,
  'u',
)
/** "So x = 3 is the only value that works." */
const praise =
  /(?<=.)\s(?:is|are) (?:indeed )?(?:the|our) (?:only|unique|desired|required|correct|final|smallest|largest)? ?[\p{L}\s]{1,60}$/u
const operation = /\\(?:int|lim|sum|prod|binom|frac\{d)|^(?:d\w?|\\d?frac\{d\w?\})\/?d/

/**
 * The relation that a line ends with: "So x = 1 or x = 2" as `x = 1 or x = 2`. Of an equation that calculates something or
 * names it, the result: 3 of `2 + 1 = 3` and of `P(A) = 3`. Undefined if the line has no relation, or is prose around one.
 */
export function readRelation(line: string): string | undefined {
  if (line.length > maxLine || !relation.test(line)) return undefined
  const unconditional = line
    .replace(/(?<=[$)])\s(?:cubic |square )?units?(?=[.!]?$)/i, '')
    .replace(/,? (?:i\.e\.|that is,|or equivalently,?|equivalently,) .{1,100}$/, '')
  const concluded = unconditional.replace(conclusion, '').split(arrow).at(-1)!.trim()
  if (/\b(?:except|other than|unless|excluding)\b/.test(concluded)) return undefined
  const [, shown] = conclusion.test(unconditional) ? (onlyFormula.exec(concluded) ?? []) : []
  const formula = shown === undefined ? undefined : relationOf(shown)
  if (formula !== undefined) return formula
  const introduced = concluded.replace(easternIntroduction, '')
  const bare = withoutMarks(introduced)
  const named = withoutMarks(introduced.replace(introduction, ''))
  const calculated = bare.split('=', 3).length === 2 ? arithmetic.exec(bare.slice(-250)) : null
  return (
    relationOf(named) ??
    (named === bare ? undefined : relationOf(bare)) ??
    (calculated && !isBoundBehind(calculated[2]!)
      ? calculated[1]!.replace(/[.,]$/, '') + unitAt(calculated[2]!)
      : undefined)
  )
}

/**
 * The result of a chain of equations such as `2 + 1 = 3 bolts`, with the name of a coordinate as in `x = 3`: the line y = 3
 * is another. Undefined for any other text.
 */
export function resultOfChain(text: string): string | undefined {
  const chain = chainOf(/^\(([^()]+)\)\.?$/.exec(text)?.[1] ?? text)
  return chain?.coordinate === undefined ? chain?.result : `${chain.coordinate} = ${chain.result}`
}

interface Chain {
  readonly result: string
  /** The x of "x = 3". */
  readonly coordinate?: string
}

function chainOf(text: string): Chain | undefined {
  if (text.length > maxLine || inequality.test(text) || system.test(text)) return undefined
  const bare = withoutMarks(text.replaceAll(/\\(?:[,;:!]|q?quad)\s?/g, ' '))
  const sides = (/=/.test(bare) ? bare : bare.replace(/\\approx(?![a-z])/, '≈'))
    .split(outerEquals)
    .map(side => side.trim())
  const result = sides.at(-1)!
  if (
    sides.length < 2 ||
    sides.includes('') ||
    /[,;](?=\s|(?!(?<=\d,)\d{3}\s?=)\w{1,4}\s?=)|\b(?:and|or)\b/.test(
      bare.replaceAll(/\\\{[^{}]{1,100}\\\}/g, '').replace(/^\w{2,12}\([^()]{1,30}\)/, ''),
    )
  )
    return undefined
  const [first, ...between] = sides.slice(0, -1)
  const isCalculated = calculation.test(first!) && !unknown.test(result)
  const isNamed = isName(first!) || isCalculated || isIdentity(first!, result)
  // Of x = y = 5 the names are part of the answer.
  if (!isNamed || between.some(side => isLetter(side))) return undefined
  return between.length === 0 && /^[xyz]$/.test(first!) ? { result, coordinate: first! } : { result }
}

function relationOf(text: string): string | undefined {
  if (!relation.test(text) || count(text, '{') !== count(text, '}')) return undefined
  const result = chainOf(text)?.result
  const measured = result === undefined ? null : counted.exec(result)
  if (measured) return measured[1]! + unitAt(measured[2]!)
  if (result !== undefined && !words.test(result.replaceAll(environment, ' '))) return resultOfChain(text)
  return words.test(text.replaceAll(styled, ' ').replace(/\bor\b/g, ' ')) ? undefined : text
}

function count(text: string, mark: string): number {
  return text.split(mark).length - 1
}

function isName(side: string): boolean {
  const plain = side.replaceAll('$', '').trim()
  if (name.test(plain) || wanted.test(plain) || operation.test(plain)) return true
  const unworded = plain.replaceAll(styled, ' ')
  // "f has a maximum at x" is more than a name.
  return (
    words.test(plain) &&
    !/(?<!\p{L})\p{L}$/u.test(plain) &&
    !/[\d=]|(?<!\p{L})\p{L}(?!\p{L})\s?[-+^*/]/u.test(unworded)
  )
}

/** Whether a side is transformed into an equal one: (x+1)^2 = x^2+2x+1. */
function isIdentity(left: string, right: string): boolean {
  const [one, other] = [left, right].map(side => valueOf(plainMath(side)))
  return one !== undefined && other !== undefined && 'key' in one && 'key' in other && one.key === other.key
}

function isLetter(side: string): boolean {
  return /^\$?[a-z]\$?$/i.test(side)
}

/** Without the marks of a formula, emphasis and the full stop. */
function withoutMarks(text: string): string {
  return text
    .replaceAll(/\$+|\\[[\]()]|\*\*|__/g, '')
    .trim()
    .replace(/[.,;!]$/, '')
    .replace(
      /\s?(?:である|です|となる|となります|になる|이다|입니다|है|আছে|হয়|olur|olarak bulunur)[。.।]?$/,
      '',
    )
    .replace(praise, '')
    .trim()
}
