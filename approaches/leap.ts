import { z } from 'zod'
import {
  answerKey,
  defineApproach,
  drawTemperature,
  readTag,
  textOf,
  withDrawTemperature,
  withoutThinking,
} from '../src/plugin.ts'
import type { ChatRequest, Context, Message } from '../src/plugin.ts'
import { ask } from './lib/asking/ask.ts'
import { withUserText } from './lib/asking/conversation.ts'
import { mayHoldExamples, readExamples } from './lib/asking/examples.ts'
import type { Example } from './lib/asking/examples.ts'
import { guidanceOf } from './lib/asking/guidance.ts'
import { ensureContent } from './lib/asking/final-call.ts'
import { enclose, numberLines } from './lib/asking/prompt-lists.ts'
import { tolerateFailure } from './lib/asking/tolerate-failure.ts'
import { sameLanguage } from './lib/asking/language.ts'

const extractPrompt = `Do not answer the above. Does it hold worked examples: questions given together with their right \
answers, in one message or as earlier turns, which show how questions of their kind are to be answered? Ordinary talk does \
not count, and neither does what is asked now. Copy the examples, word for word, into <examples> tags as a JSON array of objects \
{"question": "...", "answer": "..."}, with all that is needed to understand each question. Where there are none, write \
<examples>[]</examples>.`

const attemptPrompt = `Work the above out step by step. End with a line "The answer is ...".`

const lessonPrompt = `Do not answer the above. The attempt at it seems to have come to another answer than the right one. \
Find out where its reasoning goes wrong and why. Then write, inside <principles> tags, one on each line, the principles \
that would have kept it from this mistake and will help with other questions of the kind; speak of the kind, not of the \
numbers and names in this question. If the attempt means the same as the right answer after all, write \
<principles></principles>.`

export default defineApproach({
  name: 'leap',
  summary: 'Learns principles from its mistakes on the examples in a prompt, and applies them',
  paper: 'https://arxiv.org/abs/2402.05403',
  params: z.object({
    examples: z.int().min(1).max(32).default(4).describe('how many of the examples to learn from'),
    samples: z.int().min(1).max(16).default(2).describe('attempts at each example'),
    principles: z.int().min(1).max(32).default(8).describe('maximum number of principles to apply'),
    temperature: drawTemperature,
  }),
  cost: ({ examples, samples }, n) => ({ calls: n * (3 + 2 * examples * samples), rounds: 5 }),

  async run(request, ctx, params) {
    const examples = (await findExamples(ctx, request)).slice(0, params.examples)
    const lessons = await learnLessons(ctx, request, examples, params)
    const principles = await condense(ctx, request, lessons, params.principles)
    ctx.note(principles.length > 0 ? `Answering with ${principles.length} principles` : 'Answering')
    const messages =
      principles.length > 0 ? withUserText(request.messages, guidedPrompt(principles)) : request.messages
    return await ctx.span('answer', async inner =>
      ensureContent(await inner.complete({ ...request, messages })),
    )
  },
})

/** The worked examples in a request; asks nothing if it cannot hold any. */
async function findExamples(ctx: Context, request: ChatRequest): Promise<readonly Example[]> {
  if (!mayHoldExamples(request.messages)) return []
  ctx.note('Looking for examples')
  const text = await ctx.span('extract', inner =>
    tolerateFailure(inner, 'the extraction', () =>
      ask(inner, request, withUserText(request.messages, extractPrompt)),
    ),
  )
  return readExamples(text ?? '')
}

interface Learning {
  readonly samples: number
  readonly temperature?: number | undefined
}

/** Learns principles from all mistakes; the examples are independent of each other. */
async function learnLessons(
  ctx: Context,
  request: ChatRequest,
  examples: readonly Example[],
  learning: Learning,
): Promise<string[]> {
  if (examples.length === 0) return []
  ctx.note(`Trying ${examples.length} examples`)
  const lessons = await ctx.span('learn', inner =>
    Promise.all(
      examples.map(async example => {
        const mistakes = await findMistakes(inner, request, example, learning)
        return await Promise.all(mistakes.map(mistake => reflect(inner, request, example, mistake)))
      }),
    ),
  )
  return unique(lessons.flat(2))
}

/** Attempts an example and returns the attempts with a wrong answer, one for each such answer. */
async function findMistakes(
  ctx: Context,
  request: ChatRequest,
  { question, answer }: Example,
  { samples, temperature }: Learning,
): Promise<string[]> {
  const guidance = guidanceOf(request.messages).filter(message => !contains(message, question))
  const messages = withUserText([...guidance, { role: 'user', content: question }], attemptPrompt)
  const outgoing = {
    ...withDrawTemperature(request, temperature),
    messages,
    ...(samples > 1 && { n: samples }),
  }
  const drawn = await ctx.span('attempt', inner =>
    tolerateFailure(inner, 'an example', async () =>
      (await inner.complete(outgoing, { kind: 'helper' })).completion(),
    ),
  )
  const whole = drawn?.choices.filter(choice => choice.finish_reason !== 'length') ?? []
  const attempts = whole.map(({ message }) => withoutThinking(textOf(message))).filter(text => text !== '')
  const byAnswer = new Map(attempts.map(text => [answerKey(text), text]))
  byAnswer.delete(answerKey(answer))
  return [...byAnswer.values()].slice(0, samples)
}

/** A message that contains the question of an example would reveal its answer, too. */
function contains(message: Message, question: string): boolean {
  const spaced = (text: string): string => text.replaceAll(/\s+/g, ' ')
  return spaced(textOf(message)).includes(spaced(question))
}

/** Asks for the principles that would have prevented a mistake. */
async function reflect(
  ctx: Context,
  request: ChatRequest,
  { question, answer }: Example,
  mistake: string,
): Promise<string[]> {
  const shown = [enclose('attempt', mistake), enclose('right_answer', answer), lessonPrompt].join('\n\n')
  const asked = [...guidanceOf(request.messages), { role: 'user', content: question }]
  const messages = withUserText(asked, shown)
  const text = await ctx.span('reflect', inner =>
    tolerateFailure(inner, 'a lesson', () => ask(inner, request, messages)),
  )
  return principlesIn(text)
}

/** Reduces the lessons to `maximum` principles, in more general terms if there are more. */
async function condense(
  ctx: Context,
  request: ChatRequest,
  lessons: readonly string[],
  maximum: number,
): Promise<readonly string[]> {
  if (lessons.length <= maximum) return lessons
  ctx.note(`Condensing ${lessons.length} principles`)
  const prompt = `Principles that were learned from mistakes, each from one:\n\n${numberLines(lessons)}\n\nMake of them at most \
${maximum} that differ from each other and hold for all questions of the kind: join those that say the same, keep what is \
told most often or matters most. Write them inside <principles> tags, one on each line.`
  const text = await ctx.span('condense', inner =>
    tolerateFailure(inner, 'condensing the principles', () =>
      ask(inner, request, [...guidanceOf(request.messages), { role: 'user', content: prompt }]),
    ),
  )
  const general = unique(principlesIn(text))
  return (general.length > 0 ? general : lessons).slice(0, maximum)
}

function guidedPrompt(principles: readonly string[]): string {
  return `Principles that were learned from mistakes with questions of this kind:\n\n${numberLines(principles)}\n\nAnswer the \
above with these in mind. The reader does not know them: do not mention them. ${sameLanguage}`
}

/** Lines without their bullets and numbers. */
function principlesIn(text: string | undefined): string[] {
  return (readTag(text ?? '', 'principles') ?? '')
    .split('\n')
    .map(line => line.replace(/^\s*(?:[-*•]|\(?\d{1,3}[.):])\s+/, '').trim())
    .filter(line => /\p{L}/u.test(line))
}

function unique(lines: readonly string[]): string[] {
  return [...new Map(lines.map(line => [line.toLowerCase(), line])).values()]
}
