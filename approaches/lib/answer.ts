import { readBoxed } from './answer-boxed.ts'
import { readCode, unfenced } from './answer-code.ts'
import { answerKeyOf } from './answer-key.ts'
import { readJsonAnswer } from './answer-json.ts'
import { readAside, readStatement } from './answer-statement.ts'
import { readTag, withoutThinking } from './tags.ts'

const boldMark = /(?<![\w)])\*\*|\*\*(?![\w(])|__/g
const choice = /^(?:option |choice )?[([]?[A-J](?:[).:\]]|$)/
const chosen = /^(?:(?:option|choice|answer)\s)?([([]?[A-J][)\]]?) is (?:the )?(?:correct|right|best)\b/i
const number = String.raw`[-+−$€£(\\]{0,3}\d[\d.,/]{0,40}(?:\\?%)?`
const bareNumber = new RegExp(String.raw`^[-+−$€£(\\]{0,3}\d[\d.,/\s]{0,40}(?:\\?%)?[)$.]{0,3}$`)
const equation = new RegExp(String.raw`^[^,;]*(?<![<>!])[=≈]\s{0,3}(${number})[\s$.)]{0,4}$`)
const conclusion = /^(?:(?:so|therefore|thus|hence|in total|altogether|in conclusion|overall)\b|∴)/i
const numbers = /(?<![\w.])[-+−$€£]{0,2}\d[\d.,/]{0,40}(?<![.,/])(?:\\?%)?(?![\w^])/g

/** Whether two texts end in the same answer: they do if their keys are equal. Reasoning around the answer plays no part. */
export function answerKey(text: string): string {
  return answerKeyOf(extractAnswer(text))
}

/**
 * The final answer in a text: what is boxed, tagged, named in JSON, stated ("The answer is ..."), put after `####`, a
 * last line that is a number or the letter of a choice, the last code block, the one number in a last line that
 * concludes; else the whole text. Thinking is left out.
 */
export function extractAnswer(text: string): string {
  const spoken = withoutThinking(text) || text.trim()
  const plain = spoken.replaceAll(boldMark, '')
  const code = readCode(spoken)
  const last = lastLineOf(plain)
  return (
    readJsonAnswer(spoken) ||
    (code && readJsonAnswer(unfenced(code).trim())) ||
    readBoxed(spoken) ||
    readTag(spoken, 'answer') ||
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

function lastLineOf(text: string): string {
  return (
    text
      .split('\n')
      .findLast(line => line.trim() !== '')
      ?.trim() ?? ''
  )
}

/** `marked` is the line with its bold face. */
function readConclusion(marked: string, line: string): string | undefined {
  if (line.length > 400) return undefined
  const [bold, ...others] = [...marked.matchAll(/\*\*([^*]{1,40})\*\*/g)].map(([, inner]) => inner!.trim())
  if (bold && others.length === 0 && (bareNumber.test(bold) || choice.test(bold))) return bold
  const sure = chosen.exec(line)?.[1] ?? equation.exec(line)?.[1]
  if (sure || !conclusion.test(line)) return sure
  const [only, ...more] = line.match(numbers) ?? []
  return more.length === 0 ? only : undefined
}
