import { extractAnswer, groupByAnswer } from '../../../src/plugin.ts'
import { z } from 'zod'
import { ask } from '../asking/ask.ts'
import { withUserText } from '../asking/conversation.ts'
import { enclose, numberLines } from '../asking/prompt-lists.ts'
import { tolerateFailure } from '../asking/tolerate-failure.ts'
import type { AnswerGroup, Candidates, ChatRequest, Context } from '../../../src/plugin.ts'

/** The param of methods that group answers by meaning. */
export const equivalence = z
  .enum(['auto', 'off'])
  .default('auto')
  .describe(
    'whether one helper call compares answers that no rule finds equal, if they disagree: short ones are grouped by meaning, of longer texts it picks the most consistent',
  )

/** A longer answer is prose. */
const longestAnswer = 200
const mostAnswers = 20

const instruction = `Do not answer the above. Which of these final answers to it mean the same, so that a strict grader would \
give all of them the same mark? Answers that differ in a value, a unit, a name or a condition do not. Reply with one line \
and nothing else: the numbers of all answers, those that mean the same joined by commas, and groups separated by a \
vertical bar, as in 1,3|2`

/**
 * The keys of candidates after one helper call has grouped the short answers in words that no rule joins. Answers that a rule
 * tells apart, such as two different numbers, stay apart whatever the model says. The same keys if more than half agree, if
 * there is nothing to group, or if the call fails.
 */
export async function groupByMeaning(
  ctx: Context,
  request: ChatRequest,
  candidates: Candidates,
  keys: readonly string[],
): Promise<readonly string[]> {
  const groups = groupByAnswer(candidates, keys)
  const answers = groups.map(({ first }) => extractAnswer(first.text))
  const isDecided = groups.some(({ members }) => 2 * members.length > candidates.length)
  if (isDecided || groups.length < 2 || groups.length > mostAnswers || !needsReading(groups, answers))
    return keys
  ctx.note(`Comparing ${groups.length} answers`)
  const list = enclose('answers', numberLines(answers.map(answer => answer.replaceAll(/\s+/g, ' '))))
  const messages = withUserText(request.messages, `Final answers to the above:\n\n${list}\n\n${instruction}`)
  const reply = await ctx.span('compare', inner =>
    tolerateFailure(inner, 'a comparison of answers', () => ask(inner, request, messages)),
  )
  const named = readGroups(reply ?? '', groups.length)
  if (!named) return keys
  const joined = new Map<string, string>()
  for (const indexes of named)
    joinKeys(
      indexes.map(index => groups[index]!.key),
      joined,
    )
  return keys.map(key => joined.get(key) ?? key)
}

/** Whether the final answer in a text is short enough to be compared with others. */
export function isShort(text: string): boolean {
  return extractAnswer(text).length <= longestAnswer
}

/** Whether at least one answer is in words, and none is a long text or a call. */
function needsReading(groups: readonly AnswerGroup[], answers: readonly string[]): boolean {
  const isShort = answers.every(answer => answer.length <= longestAnswer)
  return (
    isShort && groups.some(({ key }) => isWords(key)) && !groups.some(({ key }) => key.startsWith('call:'))
  )
}

function isWords(key: string): boolean {
  return key.includes('text:')
}

/** Joins keys to the exact one among them; without one, to the first. A group with two exact keys is void: they differ. */
function joinKeys(keys: readonly string[], joined: Map<string, string>): void {
  const exact = keys.filter(key => !isWords(key))
  if (exact.length > 1) return
  const [name = exact[0] ?? keys[0]!] = exact
  for (const key of keys) joined.set(key, name)
}

/** Reads groups such as `1,3|2` as indexes from 0; undefined if a number is out of range or named twice. */
export function readGroups(text: string, count: number): readonly (readonly number[])[] | undefined {
  const line = text
    .slice(-2000)
    .normalize('NFKC')
    .replaceAll(/\\boxed|[{}[\]()$]/g, '')
    .split('\n')
    .map(each => each.replace(/^[^\d\n]{1,30}:\s{0,3}/, ''))
    .findLast(each => /^[^\p{L}\d]{0,4}\d{1,3}(?:\s?[,|]\s?\d{1,3}){0,60}[^\p{L}\d]{0,4}$/u.test(each))
  if (line === undefined) return undefined
  const groups = line
    .split('|')
    .map(group => [...group.matchAll(/\d+/g)].map(([digits]) => Number(digits) - 1))
  const named = groups.flat()
  const isValid = named.every(index => index >= 0 && index < count) && new Set(named).size === named.length
  return isValid ? groups.filter(group => group.length > 0) : undefined
}
