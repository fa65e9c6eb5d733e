import {
  answerKey,
  bareAnswerKey,
  codeBlocks,
  defineApproach,
  sample,
  withoutThinking,
} from '../src/plugin.ts'
import type { Candidate, ChatRequest, Context, Message } from '../src/plugin.ts'
import { ask } from './lib/asking/ask.ts'
import { withExchange, withUserText } from './lib/asking/conversation.ts'
import { guidanceOf } from './lib/asking/guidance.ts'
import { makeFinalCall } from './lib/asking/final-call.ts'
import { listCandidates, spokenText } from './lib/asking/prompt-lists.ts'
import { wholeTexts } from './lib/judging/whole-texts.ts'
import { tolerateFailure } from './lib/asking/tolerate-failure.ts'
import { sameLanguage } from './lib/asking/language.ts'

const explainPrompt = `Now write the task that your last answer solves, for somebody who has seen neither this \
conversation nor the answer, so that they would come to the same answer. Say what is given (with all data that is \
needed), what is wanted, in which language and form, with which names, and how cases at the edge are to be treated. \
Take all of this from what the answer does, not from what it was asked to do. Do not give the answer itself, or code. \
Reply with the task alone.`

const introduction = 'Two answers to the above, by different writers:'

const mergePrompt = `Where these answers agree, they are likely right. Where they differ in what they do or say, one of \
them has misread the question or made a mistake: go back to the question and work out which one is right there, or what is. \
Then write the answer to the above, whole, in the form that is asked for. The reader knows nothing of the two answers: do \
not mention them. \
${sameLanguage}`

const fence = '```'

export default defineApproach({
  name: 'rto',
  summary:
    'Round trip: turns its draft into a task, solves that from scratch, and reconciles the two answers',
  paper: 'https://arxiv.org/abs/2407.16557',
  cost: (_params, n) => ({ calls: 4 * n, rounds: 4 }),

  async run(request, ctx) {
    ctx.note('Writing a draft')
    const [draft] = await ctx.span('draft', inner => sample(inner, request, 1))
    if (draft.nonText || draft.truncated) return draft.answer()

    ctx.offer(draft.answer())
    const second = await makeRoundTrip(ctx, request, draft)
    if (!second || resultOf(second) === resultOf(draft)) return draft.answer()
    ctx.note('Reconciling the two answers')
    const answers = `${introduction}\n\n${listCandidates('answer', [draft, second])}`
    const messages = withUserText(request.messages, `${answers}\n\n${mergePrompt}`)
    return await ctx.span('merge', inner =>
      makeFinalCall(inner, 'the merge', { ...request, messages }, draft),
    )
  },
})

/** Has the draft explained as a task, and that task solved without knowledge of the conversation; undefined if that fails. */
async function makeRoundTrip(
  ctx: Context,
  request: ChatRequest,
  draft: Candidate,
): Promise<Candidate | undefined> {
  ctx.note('Explaining the draft')
  const task = await ctx.span('explain', inner =>
    tolerateFailure(inner, 'the explanation', () => ask(inner, request, explainMessages(request, draft))),
  )
  if (!task) return undefined
  ctx.note('Solving the task')
  const messages = [...guidanceOf(request.messages), { role: 'user', content: task }]
  const drawn = await ctx.span('rebuild', inner =>
    tolerateFailure(inner, 'the second answer', () => sample(inner, { ...request, messages }, 1)),
  )
  return wholeTexts(drawn ?? [])[0]
}

function explainMessages({ messages }: ChatRequest, draft: Candidate): readonly Message[] {
  return withExchange(messages, spokenText(draft), explainPrompt)
}

/** The part of an answer that is compared: its conclusion, unless it contains code: then all of that. */
function resultOf({ text }: Candidate): string {
  const blocks = codeBlocks(withoutThinking(text))
  return blocks.length > 0
    ? blocks.map(code => bareAnswerKey(`${fence}\n${code}\n${fence}`)).join('\n')
    : answerKey(text)
}
