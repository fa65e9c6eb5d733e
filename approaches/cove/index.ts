import { z } from 'zod'
import { defineApproach, sample } from '../../src/plugin.ts'
import type { Candidate, ChatRequest, Context, Reply } from '../../src/plugin.ts'
import { ask } from '../lib/asking/ask.ts'
import { withExchange, withUserText } from '../lib/asking/conversation.ts'
import { makeFinalCall } from '../lib/asking/final-call.ts'
import { guidanceOf } from '../lib/asking/guidance.ts'
import { sameLanguage } from '../lib/asking/language.ts'
import { enclose, spokenText } from '../lib/asking/prompt-lists.ts'
import { readList } from '../lib/asking/read-list.ts'
import { decideBy, tolerateFailure } from '../lib/asking/tolerate-failure.ts'
import { helperEffort, withHelperEffort } from '../lib/request/helper-effort.ts'

function planPrompt(count: number): string {
  return `Check the facts of your last answer. Write up to ${count} questions, each about one claim in it that may be wrong and \
that matters: a name, a date, a number, a place, a relation, whether something belongs to a list. Each question must be \
understood on its own, without the conversation, and must not contain the claim itself: ask "When was X born?" and not "Was X \
born in 1912?". Reply with a numbered list of questions and nothing else; if there is no claim to check, reply with NONE.`
}

const checkPrompt = `Answer this question in one or two sentences. If you do not know the answer, say so; do not guess.`

const revisionPrompt = `Now write your answer to the above again. Keep what these checks confirm or do not concern. Correct or \
leave out what they contradict, and leave out what nobody could confirm if the answer depends on it. Where a check contradicts \
your answer, work out which of them is right. The reader knows neither the checks nor your first answer: do not mention them. \
${sameLanguage}`

export default defineApproach({
  name: 'cove',
  summary:
    'Chain of verification: asks about the facts in a draft, answers without seeing it, and revises the draft',
  paper: 'https://arxiv.org/abs/2309.11495',
  params: z.object({
    questions: z.int().min(1).max(32).default(5).describe('maximum number of facts to check'),
    conversation: z
      .boolean()
      .default(false)
      .describe(
        'show the conversation, never the draft, to the model that checks: for facts in a text of the client; it may repeat mistakes that the question suggests',
      ),
    checker: z
      .string()
      .default('')
      .describe('model that checks, such as one that searches the web; by default the requested one'),
    helper_effort: helperEffort,
  }),
  cost: ({ questions }, times) => ({ calls: times * (questions + 3), rounds: 4 }),

  async run(request, ctx, { questions: count, helper_effort: effort, ...params }) {
    ctx.note('Writing a draft')
    const [draft] = await ctx.span('draft', inner => sample(inner, request, 1))
    if (draft.nonText) return draft.answer()
    ctx.offer(draft.answer())
    const helping = withHelperEffort(request, effort)
    const questions = await planQuestions(ctx, helping, draft, count)
    if (questions.length === 0) return draft.answer()
    const checks = await answerQuestions(ctx, helping, questions, params)
    return checks.length === 0 ? draft.answer() : await revise(ctx, request, draft, checks)
  },
})

/** Asks which facts of a draft to check; empty if the call fails or finds nothing to check. */
async function planQuestions(
  ctx: Context,
  request: ChatRequest,
  draft: Candidate,
  count: number,
): Promise<readonly string[]> {
  ctx.note('Choosing facts to check')
  const messages = withExchange(request.messages, spokenText(draft), planPrompt(count))
  const list = await ctx.span('plan', inner =>
    tolerateFailure(inner, 'the choice of facts', () => ask(inner, request, messages)),
  )
  // A remark, or the word NONE, is not a question.
  return readList(list ?? '')
    .filter(item => /[?？؟]/.test(item))
    .slice(0, count)
}

interface Checking {
  readonly conversation: boolean
  readonly checker: string
}

/** Answers each question in a call of its own that does not see the draft, whose mistakes it would repeat. */
async function answerQuestions(
  ctx: Context,
  request: ChatRequest,
  questions: readonly string[],
  { conversation, checker }: Checking,
): Promise<readonly string[]> {
  ctx.note(`Checking ${questions.length} facts`)
  const checking = { ...request, model: checker || request.model }
  const answers = await ctx.span('check', inner =>
    decideBy(
      inner,
      'a check',
      questions.map(question => async () => {
        const prompt = `${checkPrompt}\n\n${question}`
        const messages = conversation
          ? withUserText(request.messages, `Do not answer the above. ${prompt}`)
          : [...guidanceOf(request.messages), { role: 'user', content: prompt }]
        return (await ask(inner, checking, messages)) || undefined
      }),
    ),
  )
  return questions.flatMap((question, index) => (answers[index] ? [`${question}\n${answers[index]}`] : []))
}

/** Streams the revised answer; returns the draft if the call fails before its first content or stays empty. */
async function revise(
  ctx: Context,
  request: ChatRequest,
  draft: Candidate,
  checks: readonly string[],
): Promise<Reply> {
  ctx.note('Revising the draft')
  const text = `Checks of facts in your last answer:\n\n${enclose('check', ...checks)}\n\n${revisionPrompt}`
  const messages = withExchange(request.messages, spokenText(draft), text)
  return await ctx.span('revise', inner =>
    makeFinalCall(inner, 'the revision', { ...request, messages }, draft),
  )
}
