import { readTag } from '../../../src/plugin.ts'
import type { Message } from '../../../src/plugin.ts'
import { withUserText } from '../asking/conversation.ts'
import { sameLanguage } from '../asking/language.ts'
import { enclose } from '../asking/prompt-lists.ts'

/** The next step of a line of reasoning: rStar's actions A1, A3, A4 and A5. A2 finishes the line. */
export type Action = 'thought' | 'subquestion' | 'again' | 'rephrase'

export interface Step {
  readonly action: Action
  readonly text: string
}

/** Possible next actions, best first. Only a sub-question can be answered again, and only the question itself rephrased. */
const followers: Readonly<Record<Action | 'question', readonly Action[]>> = {
  question: ['thought', 'subquestion', 'rephrase'],
  rephrase: ['thought', 'subquestion'],
  thought: ['thought', 'subquestion'],
  subquestion: ['subquestion', 'again', 'thought'],
  again: ['subquestion', 'thought'],
}

const notYet = 'Do not answer the above yet, and write no more than what follows.'

const prompts: Readonly<Record<Action, string>> = {
  thought: `${notYet} Think one step further towards the answer: a single step, with what follows from it.`,
  subquestion: `${notYet} Pose the next smaller question that has to be settled on the way to the answer, inside \
<question> tags. Then settle it with care.`,
  again: `${notYet} Settle this smaller question from the ground up, one small step after another, and say at the end \
what comes out:`,
  rephrase: `${notYet} Restate what is asked. List every fact and condition that is given, each on a line of its own; \
leave out what plays no part; end with what is to be found.`,
}

const finishPrompt = `Use this work as far as it holds, checking it as you go, and carry it through to the end. Then \
answer the above in full. The reader knows nothing of this work: do not mention it.`

const hintPrompt = `Follow this work where it is right and leave it where it errs. Work the rest out by yourself, and \
answer the above in full.`

const resultPrompt = `Keep to the form that is asked for. Where the answer comes down to a short result and no other \
form is asked for, end with a sentence that begins "The answer is" and says that result. \
${sameLanguage}`

/** The possible next actions on a line that has `room` for that many more steps. */
export function actionsAfter(steps: readonly Step[], room: number): readonly Action[] {
  return room < 1 ? [] : followers[steps.at(-1)?.action ?? 'question']
}

/** The line with one more step. Answering a sub-question again replaces its first answer. */
export function extendLine(steps: readonly Step[], action: Action, text: string): readonly Step[] {
  if (action !== 'again') return [...steps, { action, text }]
  return [...steps.slice(0, -1), { action, text: join(questionIn(steps), text) }]
}

/** Number of possible lines with at most `room` steps, including the empty one and those with repeated answers. */
export function countLines(room: number, steps: readonly Step[] = []): number {
  return actionsAfter(steps, room - steps.length)
    .map(action => countLines(room, extendLine(steps, action, '')))
    .reduce((sum, lines) => sum + lines, 1)
}

/** The conversation that asks for the next step. */
export function stepMessages(
  messages: readonly Message[],
  steps: readonly Step[],
  action: Action,
): readonly Message[] {
  const parts =
    action === 'again'
      ? [shown(steps.slice(0, -1)), prompts.again, questionIn(steps)]
      : [shown(steps), prompts[action]]
  return withUserText(messages, join(...parts))
}

/** The conversation that asks for the full answer, based on these steps. */
export function answerMessages(messages: readonly Message[], steps: readonly Step[]): readonly Message[] {
  return withUserText(messages, join(shown(steps), steps.length > 0 ? finishPrompt : '', resultPrompt))
}

/** The conversation that asks another solver for the full answer, with the first part of a line as a hint. */
export function hintedMessages(messages: readonly Message[], parts: readonly string[]): readonly Message[] {
  const hint = parts.length > 0 ? `The first part of somebody's work on the above:\n\n${tagged(parts)}` : ''
  return withUserText(messages, join(hint, hint && hintPrompt, resultPrompt))
}

/** The question in the last step, or the whole step if it has no tags. */
function questionIn(steps: readonly Step[]): string {
  const { text = '' } = steps.at(-1) ?? {}
  return enclose('question', readTag(text, 'question') || text)
}

function shown(steps: readonly Step[]): string {
  return steps.length === 0 ? '' : `Work on the above so far:\n\n${tagged(steps.map(({ text }) => text))}`
}

function tagged(parts: readonly string[]): string {
  return enclose('work', parts.join('\n\n'))
}

function join(...parts: readonly string[]): string {
  return parts.filter(part => part !== '').join('\n\n')
}
