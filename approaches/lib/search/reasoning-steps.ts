import { readTag } from '../../../src/plugin.ts'
import type { Message } from '../../../src/plugin.ts'
import { withUserText } from '../asking/conversation.ts'

/** What a line of reasoning may do next: rStar's actions A1, A3, A4 and A5. A2, to finish it, ends the line. */
export type Action = 'thought' | 'subquestion' | 'again' | 'rephrase'

export interface Step {
  readonly action: Action
  readonly text: string
}

/** What may follow, best first. Only a sub-question can be settled again, and only the question itself restated. */
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
form is asked for, end with a sentence that begins "The answer is" and says that result.`

/** What may come next on a line that has `room` for so many more steps. */
export function actionsAfter(steps: readonly Step[], room: number): readonly Action[] {
  return room < 1 ? [] : followers[steps.at(-1)?.action ?? 'question']
}

/** The line with one step more. A question settled again takes the place of its first settling. */
export function extended(steps: readonly Step[], action: Action, text: string): readonly Step[] {
  if (action !== 'again') return [...steps, { action, text }]
  return [...steps.slice(0, -1), { action, text: joined(questionIn(steps), text) }]
}

/** How many lines there are with at most `room` steps, the empty one included, and those that were settled again. */
export function countLines(room: number, steps: readonly Step[] = []): number {
  return actionsAfter(steps, room - steps.length)
    .map(action => countLines(room, extended(steps, action, '')))
    .reduce((sum, lines) => sum + lines, 1)
}

/** The conversation that asks for the next step. */
export function askingStep(
  messages: readonly Message[],
  steps: readonly Step[],
  action: Action,
): readonly Message[] {
  const parts =
    action === 'again'
      ? [shown(steps.slice(0, -1)), prompts.again, questionIn(steps)]
      : [shown(steps), prompts[action]]
  return withUserText(messages, joined(...parts))
}

/** The conversation that asks for the whole answer, by way of these steps. */
export function askingAnswer(messages: readonly Message[], steps: readonly Step[]): readonly Message[] {
  return withUserText(messages, joined(shown(steps), steps.length > 0 ? finishPrompt : '', resultPrompt))
}

/** The conversation that asks somebody else for the whole answer, with the first part of a line as a hint. */
export function askingElse(messages: readonly Message[], parts: readonly string[]): readonly Message[] {
  const hint = parts.length > 0 ? `The first part of somebody's work on the above:\n\n${tagged(parts)}` : ''
  return withUserText(messages, joined(hint, hint && hintPrompt, resultPrompt))
}

/** What the last step asks; all of it where it set no tags. */
function questionIn(steps: readonly Step[]): string {
  const { text = '' } = steps.at(-1) ?? {}
  return `<question>\n${readTag(text, 'question') || text}\n</question>`
}

function shown(steps: readonly Step[]): string {
  return steps.length === 0 ? '' : `Work on the above so far:\n\n${tagged(steps.map(({ text }) => text))}`
}

function tagged(parts: readonly string[]): string {
  return `<work>\n${parts.join('\n\n')}\n</work>`
}

function joined(...parts: readonly string[]): string {
  return parts.filter(part => part !== '').join('\n\n')
}
