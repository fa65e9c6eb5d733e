import { answerKeyOf } from './answer-key.ts'
import { readTag, withoutThinking } from './tags.ts'

const fence = '```'
const statement =
  /(?:\bfinal answer|\bthe (?:[a-z]+ )?answer|^[^\p{L}\d\n]{0,6}answer)\b(?: is\b|[^\S\n]{0,3}[:=\n])[:\s]{0,4}/gimu
/** A full stop ends no sentence after a short capitalised word ("St. Louis"), unless that is the letter of a choice which words follow. */
const sentenceEnd =
  /[!?;](?=\s|$)|(?<!(?<![\p{L}\d])\p{Lu}\p{L}{0,2})\.(?=\s|$)|(?<=^\(?[A-J]\)?)\.(?=(?:\s\S+){3})|\.$/u
const choice = /^[([]?[A-J](?:[).:\]]|$)/
const bareNumber = /^[-+−$€£(\\]{0,3}\d[\d.,/\s]{0,40}(?:%|\\%)?[)$.]{0,3}$/

/** Whether two texts end in the same answer: they do if their keys are equal. Reasoning around the answer plays no part. */
export function answerKey(text: string): string {
  return answerKeyOf(extractAnswer(text))
}

/**
 * The final answer in a text: what is boxed, tagged, stated ("The answer is ..."), put after `####`, a last line that
 * is a number or the letter of a choice, the last code block; else the whole text. Thinking is left out.
 */
export function extractAnswer(text: string): string {
  const spoken = withoutThinking(text) || text.trim()
  const lines = spoken.split('\n').map(line => line.replaceAll(/\*\*|__/g, '').trim())
  const last = lines.findLast(line => line !== '') ?? ''
  return (
    readBoxed(spoken) ||
    readTag(spoken, 'answer') ||
    (last.startsWith('#### ') && last.slice(5)) ||
    readStatement(spoken) ||
    ((choice.test(last) || bareNumber.test(last)) && last) ||
    readCode(spoken) ||
    spoken
  )
}

/** The inside of the last `\boxed{}`, with its inner braces. */
function readBoxed(text: string): string | undefined {
  const command = '\\boxed{'
  const start = text.lastIndexOf(command)
  if (start === -1) return undefined
  let depth = 1
  for (let at = start + command.length; at < text.length; at++) {
    if (text[at] === '{') depth++
    if (text[at] === '}') depth--
    if (depth === 0) return text.slice(start + command.length, at).trim()
  }
  return undefined
}

/** What the last sentence of the kind "the answer is" says, up to the end of the sentence, the line or the code block. */
function readStatement(text: string): string | undefined {
  const plain = text.replaceAll('**', '')
  const match = [...plain.matchAll(statement)].at(-1)
  if (!match) return undefined
  const said = plain.slice(match.index + match[0].length)
  if (said.startsWith(fence)) return readCode(said)
  return said.split('\n', 1)[0]!.split(sentenceEnd, 1)[0]!.trim()
}

/** The last fenced block with its fences; one that is not closed reaches to the end. */
function readCode(text: string): string | undefined {
  const parts = text.split(/^[^\S\n]{0,3}```/m)
  const inside = parts.length % 2 === 0 ? parts.at(-1) : parts.at(-2)
  return parts.length === 1 ? undefined : `${fence}${inside}${fence}`
}
