import { readBoxed } from './boxed.ts'
import { readCode, unfence } from './code.ts'
import { answerKeyOf } from './answer-key.ts'
import { readJsonAnswer } from './json.ts'
import { readAside, readStatement } from './statement.ts'
import { boldMark, plainMath } from './plain-math.ts'
import { readQuantity } from './quantity.ts'
import { readTag, withoutThinking } from '../../../src/plugin.ts'

const choice = /^(?:option |choice )?[([]?[A-J](?:[).:\]]|$)/
const chosen =
  /^(?:(?:option|choice|answer)\s)?([([]?[A-J][)\]]?) is (?:the )?(?:correct|right|best)\b|\b(?:go with|choose|pick|select) (?:(?:option|choice|answer) )?(\(?[A-J]\)?)\.?$/i
const number = String.raw`[-+−$€£(\\]{0,3}\d[\d.,/]{0,40}(?:\\?%)?`
const bareNumber = new RegExp(String.raw`^[-+−$€£(\\]{0,3}\d[\d.,/\s]{0,40}(?:\\?%)?[)$.]{0,3}$`)
const equation = new RegExp(String.raw`^[^,;]*(?<![<>!])[=≈]\s{0,3}(${number})[\s$.)\]\\]{0,4}$`)
const formula = /\$(?=\S)([^$]{0,60}\S)\$(?!\d)|\\\((.{1,60}?)\\\)/g
const numbers =
  /(?<![\w.])[-+−$€£]{0,2}\d[\d.,/]{0,40}(?<![.,/])(?:\\?%)?(?!\s?(?:\\(?:pi|sqrt|ln|log)|[π√])|[\w^])/g
const conclusion = /^(?:(?:so|therefore|thus|hence|in total|altogether|in conclusion|overall)\b|∴)/i
/** Immediately before a number. */
const finding =
  /\b(?:is|are|was|were|be|has|have|takes?|makes?|needs?|gets?|costs?|equals?)(?: (?:about|approximately|exactly|only))? $/i

/** The key of the final answer in a text: texts with equal keys end in the same answer, whatever their reasoning. */
export function answerKey(text: string): string {
  return answerKeyOf(extractAnswer(text))
}

/**
 * The final answer in a text, without thinking. In this order: named in JSON, boxed, tagged, after `####`, stated ("The
 * answer is ..."), a last line that is a number or the letter of a choice, the last code block, the only number in a last
 * line that draws a conclusion; otherwise the whole text.
 */
export function extractAnswer(text: string): string {
  const spoken = withoutThinking(text) || text.trim()
  const plain = spoken.replaceAll(boldMark, '')
  const code = readCode(spoken)
  const last = lastLineOf(plain)
  return (
    readJsonAnswer(spoken) ||
    (code && readJsonAnswer(unfence(code).trim())) ||
    readBoxed(spoken) ||
    readTag(spoken, 'answer') ||
    readTag(spoken, 'final_answer') ||
    /<\|begin_of_box\|>([^<]{1,2000})<\|end_of_box\|>/.exec(spoken)?.[1] ||
    /^#### ?(?=[^\s#])(.*)$/.exec(last)?.[1] ||
    readStatement(plain) ||
    ((choice.test(last) || bareNumber.test(last)) && last) ||
    code ||
    readConclusion(lastLineOf(spoken), last) ||
    readAside(plain) ||
    spoken
  )
}

/** The last line with letters or digits, so not the end of a formula. */
function lastLineOf(text: string): string {
  return (
    text
      .split('\n')
      .findLast(line => /[\p{L}\d]/u.test(line))
      ?.trim() ?? ''
  )
}

/** Reads the answer in a line that concludes. `marked` is the line including its bold marks. */
function readConclusion(marked: string, line: string): string | undefined {
  if (line.length > 400) return undefined
  const [bold, ...others] = [...marked.matchAll(/\*\*([^*]{1,40})\*\*/g)].map(([, inner]) => inner!.trim())
  if (bold && others.length === 0 && (readQuantity(plainMath(bold)) || choice.test(bold))) return bold
  const picked = chosen.exec(line)
  const sure = picked?.[1] ?? picked?.[2] ?? equation.exec(line)?.[1]
  return sure ?? onlyNumber(line)
}

/** The only formula with a number, or the only number, in a line that draws a conclusion. */
function onlyNumber(line: string): string | undefined {
  const formulas = [...line.matchAll(formula)].map(([, inline, bracketed]) => inline ?? bracketed ?? '')
  const [solution, ...others] = formulas.filter(inner => /\d/.test(inner))
  if (solution && others.length === 0 && conclusion.test(line)) return solution
  const plain = line.replaceAll(formula, '$1$2')
  const [only, ...more] = plain.match(numbers) ?? []
  if (only === undefined || more.length > 0) return undefined
  return conclusion.test(plain) || finding.test(plain.slice(0, plain.indexOf(only))) ? only : undefined
}
