import t from 'tap'
import effort, { readDifficulty } from '../../approaches/effort/index.ts'
import { HulumanageError } from '../../src/contract/index.ts'
import type { ChatRequest } from '../../src/contract/index.ts'
import { toChat } from '../../src/dialects/messages/to-chat.ts'
import { contextOf, image, piecesIn, requestOf, textIn } from './model.ts'
import type { Scripted } from './model.ts'

const params = effort.params!.parse({ judge: 'small' })

async function effortFor(request: ChatRequest, judgement: Scripted) {
  const ctx = contextOf(({ kind }) => (kind === 'helper' ? judgement : 'answer'))
  t.equal(await textIn(await effort.run(request, ctx, params)), 'answer')
  const answering = ctx.asked.find(({ kind }) => kind === 'candidate')!.request
  return { set: answering['reasoning_effort'], model: answering.model, calls: ctx.asked.length, ctx }
}

t.test(
  'the difficulty sets the effort, as the judge names it; one that cannot be read is reported',
  async t => {
    const question = requestOf('Why is the sky blue, and when is it not?')
    for (const [judgement, set, degraded] of [
      ['EASY', 'low'],
      ['**Hard**', 'high'],
      ['I would say: medium.', 'medium'],
      ['EASY or HARD', undefined, ['verdict']],
      ['', undefined, ['verdict']],
      [new HulumanageError('upstream_error', 'down'), undefined],
    ] as const) {
      const found = await effortFor(question, judgement)
      t.match(found, { set, model: 'm', calls: 2 })
      t.equal(found.ctx.asked[0]?.request.model, 'small')
      t.same(found.ctx.degraded, degraded ?? [])
    }
  },
)

t.test('a greeting is easy without a call', async t => {
  t.match(await effortFor(requestOf('Hello there!'), 'HARD'), { set: 'low', calls: 1 })
  t.match(await effortFor(requestOf('17 * 23'), 'HARD'), { set: 'high', calls: 2 })
})

t.test('a short task is estimated, and so is one in an image', async t => {
  t.match(await effortFor(requestOf('Prove Goldbach right'), 'HARD'), { set: 'high', calls: 2 })
  const content = [{ type: 'text', text: 'Hello' }, image]
  const shown = { model: 'm', messages: [{ role: 'user', content }] }
  t.match(await effortFor(shown, 'HARD'), { set: 'high', calls: 2 })
})

t.test('an effort that the client sets stays, in whatever words', async t => {
  const messages = [{ role: 'user' as const, content: 'Why?' }]
  const switched = toChat(
    { model: 'm', max_tokens: 9, messages, thinking: { type: 'disabled' } },
    'm',
    new Set(),
  )
  const fields = [
    { reasoning_effort: 'xhigh' },
    { reasoning: { effort: 'high' } },
    { reasoning: { max_tokens: 2000 } },
    { thinking: { type: 'disabled' } },
    { thinking: { type: 'adaptive' } },
    { thinking_budget: 500 },
    { enable_thinking: false },
    { chat_template_kwargs: { enable_thinking: true } },
    { chat_template_kwargs: { reasoning_effort: 'high' } },
    { chat_template_kwargs: { thinking_budget: 500 } },
    { output_config: { effort: 'low' } },
    { google: { thinking_config: { thinking_budget: 500 } } },
    { extra_body: { google: { thinking_config: { thinking_level: 'low' } } } },
  ]
  for (const request of [switched, ...fields.map(set => requestOf('Why?', set))]) {
    const { calls, ctx } = await effortFor(request, 'EASY')
    t.equal(calls, 1)
    t.same(ctx.asked[0]?.request, request)
  }
  t.match(await effortFor(requestOf('Why?', { thinking_budget: -1 }), 'HARD'), { calls: 2 })
  const { calls, ctx } = await effortFor(requestOf('Why?', { reasoning: { exclude: true } }), 'HARD')
  t.equal(calls, 2)
  t.match(ctx.asked[1]?.request, {
    reasoning: { exclude: true, effort: 'high' },
    reasoning_effort: undefined,
  })
})

t.test('the answer streams', async t => {
  const ctx = contextOf(({ kind }) => (kind === 'helper' ? 'EASY' : 'a long answer'))
  const pieces = await piecesIn(await effort.run(requestOf('Why is it so?', { stream: true }), ctx, params))
  t.ok(pieces.length > 1)
})

t.test('a difficulty is read if a reply names just one', async t => {
  t.equal(readDifficulty('This is HARD. Yes, hard.'), 'hard')
  t.equal(readDifficulty('uneasy'), undefined)
})
