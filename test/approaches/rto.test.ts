import t from 'tap'
import { withoutThinking } from '../../src/plugin.ts'
import * as fc from 'fast-check'
import rto from '../../approaches/rto.ts'
import { HulumanageError } from '../../src/contract/index.ts'
import { completionIn, contextOf, image, piecesIn, promptOf, requestOf, textIn, toolCall } from './model.ts'
import type { Scripted } from './model.ts'

const params = {}
const script = { draft: 'It is 12.', explain: 'Add 5 and 7.', rebuild: 'It is 13.', merge: 'the answer' }

/** Answers by round; a round without an answer waits forever. */
function rounds(answers: Readonly<Record<string, Scripted>>) {
  return contextOf(({ path }) => answers[path] ?? new Promise<never>(() => {}))
}

function pathsOf({ asked }: ReturnType<typeof contextOf>): string[] {
  return asked.map(({ path }) => path)
}

function code(text: string, prose = ''): string {
  return `${prose}\n\`\`\`js\n${text}\n\`\`\``
}

t.test('explains its draft, solves that task from scratch, and reconciles the two answers', async t => {
  const ctx = rounds(script)
  const request = requestOf('q', { tools: [], max_tokens: 50, seed: 7 })
  t.equal(await textIn(await rto.run(request, ctx, params)), 'the answer')
  t.same(
    ctx.asked.map(({ path, kind }) => [path, kind]),
    [
      ['draft', 'candidate'],
      ['explain', 'helper'],
      ['rebuild', 'candidate'],
      ['merge', 'candidate'],
    ],
  )
  const [draft, explain, rebuild, merge] = ctx.asked.map(asked => asked.request)
  for (const candidate of [draft, rebuild, merge]) t.match(candidate, { tools: [], max_tokens: 50, seed: 7 })
  t.match(promptOf(explain!), /q.*It is 12\./s)
  t.same(rebuild?.messages, [{ role: 'user', content: 'Add 5 and 7.' }], 'knows the explanation alone')
  t.match(promptOf(merge!), /q.*number=\\"1\\">\\nIt is 12\..*number=\\"2\\">\\nIt is 13\./s)
  t.same(await Promise.all(ctx.offers.map(textIn)), ['It is 12.'])
})

t.test('streams the last call piece by piece', async t => {
  const answer = await rto.run(requestOf('q', { stream: true }), rounds(script), params)
  t.same(await piecesIn(answer), ['the', ' an', 'swe', 'r'])
})

t.test('returns the whole draft if the second answer has the same result', async t => {
  for (const [draft, rebuild] of [
    ['So it is 12.\nThe answer is 12.', 'The answer is 12.0'],
    [code('let x = 1', 'Here it is:'), code('let  x = 1\n')],
    ['Paris', '**Paris**'],
    ['<think>hm</think>Paris', 'paris.'],
  ]) {
    const ctx = rounds({ ...script, draft: draft!, rebuild: rebuild! })
    t.equal(await textIn(await rto.run(requestOf('q'), ctx, params)), draft)
    t.same(pathsOf(ctx), ['draft', 'explain', 'rebuild'])
  }
})

t.test('distinguishes answers by all their code', async t => {
  for (const rebuild of [
    `${code('f = x => x')}${code('f(1)')}`,
    code('f(1)'),
    `${code('f = x => x + 1')}${code('f(2)')}`,
    'f(1)',
  ]) {
    const ctx = rounds({ ...script, draft: `${code('f = x => x + 1')}${code('f(1)')}`, rebuild })
    t.equal(await textIn(await rto.run(requestOf('q'), ctx, params)), 'the answer')
  }
})

t.test('works for questions other than code, with answers in the form of the model', async t => {
  for (const merge of ['Paris, since 508.', code('let x = 1', 'As asked:')]) {
    const ctx = rounds({ draft: 'Lyon', explain: 'Name the capital of France.', rebuild: 'Paris', merge })
    t.equal(await textIn(await rto.run(requestOf('q'), ctx, params)), merge)
  }
})

t.test('compares any two answers, and a draft equals itself', async t => {
  const line = fc.constantFrom(
    'x',
    '12',
    '```',
    '```js',
    'The answer is 5.',
    '',
    '<think>',
    '</think>',
    '\\boxed{',
  )
  const text = fc
    .array(line, { minLength: 1, maxLength: 8 })
    .map(lines => `a ${lines.join('\n')}`)
    // Thinking alone does not count as an answer.
    .filter(written => withoutThinking(written) !== '')
  await fc.assert(
    fc.asyncProperty(text, text, async (draft, rebuild) => {
      const same = rounds({ ...script, draft, rebuild: draft })
      t.equal(await textIn(await rto.run(requestOf('q'), same, params)), draft)
      const ctx = rounds({ ...script, draft, rebuild })
      const answer = await textIn(await rto.run(requestOf('q'), ctx, params))
      return answer === (ctx.asked.length === 4 ? 'the answer' : draft)
    }),
  )
})

t.test('keeps the conversation, and the operator’s instructions for the second answer', async t => {
  const system = { role: 'developer', content: 's' }
  const user = { role: 'user', name: 'ann', content: [{ type: 'text', text: 'q' }, image] }
  const ctx = rounds(script)
  await rto.run({ model: 'm', messages: [system, user] }, ctx, params)
  const [draft, explain, rebuild, merge] = ctx.asked.map(({ request }) => request.messages)
  t.same(draft, [system, user])
  t.same(explain?.slice(0, 2), [system, user])
  t.same(rebuild?.[0], system)
  t.match(merge, [system, { ...user, content: [...user.content, { type: 'text' }] }])
  const turns = [
    user,
    { role: 'assistant', content: null, tool_calls: [toolCall] },
    { role: 'tool', content: '4' },
  ]
  const calling = rounds(script)
  await rto.run({ model: 'm', messages: turns }, calling, params)
  t.same(calling.asked[3]?.request.messages.slice(0, 3), turns)
  t.match(calling.asked[3]?.request.messages.slice(3), [{ role: 'user' }])
})

t.test('returns the draft if a later call fails or has no content', async t => {
  const nothing: Scripted[] = [
    new HulumanageError('upstream_error', 'down'),
    [],
    '',
    [{ content: null }],
    [{ content: null, finish: 'length' }],
  ]
  for (const round of ['explain', 'rebuild', 'merge']) {
    for (const answer of nothing) {
      const ctx = rounds({ ...script, [round]: answer })
      const { choices } = await completionIn(await rto.run(requestOf('q'), ctx, params))
      t.match(choices, [{ finish_reason: 'stop', message: { content: 'It is 12.' } }], round)
    }
  }
  for (const rebuild of [[{ content: 'It is', finish: 'length' }], [{ tool_calls: [toolCall] }]]) {
    const answer = await rto.run(requestOf('q'), rounds({ ...script, rebuild }), params)
    t.equal(await textIn(answer), 'It is 12.')
  }
})

t.test('returns a draft that is truncated, calls tools or refuses immediately', async t => {
  for (const [choice, expected] of [
    [
      { content: 'It', finish: 'length' },
      { finish_reason: 'length', message: { content: 'It' } },
    ],
    [{ tool_calls: [toolCall] }, { finish_reason: 'tool_calls', message: { tool_calls: [toolCall] } }],
  ] as const) {
    const ctx = rounds({ draft: [choice] })
    t.match((await completionIn(await rto.run(requestOf('q'), ctx, params))).choices, [expected])
    t.same(pathsOf(ctx), ['draft'])
  }
})

t.test('returns tool calls of the last call, and a truncated last answer', async t => {
  for (const [choice, expected] of [
    [
      { content: 'the ans', finish: 'length' },
      { finish_reason: 'length', message: { content: 'the ans' } },
    ],
    [{ tool_calls: [toolCall] }, { finish_reason: 'tool_calls', message: { tool_calls: [toolCall] } }],
  ] as const) {
    const answer = await rto.run(requestOf('q'), rounds({ ...script, merge: [choice] }), params)
    t.match((await completionIn(answer)).choices, [expected])
  }
})

t.test('fails if there is no draft', async t => {
  const down = new HulumanageError('upstream_error', 'down')
  await t.rejects(rto.run(requestOf('q'), rounds({ draft: down }), params), down)
  for (const draft of [[], '', [{ content: null }]]) {
    await t.rejects(rto.run(requestOf('q'), rounds({ draft }), params), { code: 'no_answer' })
  }
})

t.test('passes on a spent budget, with the draft offered', async t => {
  for (const round of ['explain', 'rebuild', 'merge']) {
    const ctx = rounds({ ...script, [round]: new HulumanageError('budget_tokens', 'spent') })
    await t.rejects(rto.run(requestOf('q'), ctx, params), { code: 'budget_tokens' }, round)
    t.same(await Promise.all(ctx.offers.map(textIn)), ['It is 12.'])
  }
})

t.test('ends when the client disconnects, in each round', async t => {
  for (const round of Object.keys(script)) {
    const ctx = contextOf(async ({ path }) => {
      if (path !== round) return script[path as keyof typeof script]
      ctx.controller.abort()
      return await new Promise<never>(() => {})
    })
    await t.rejects(rto.run(requestOf('q'), ctx, params), { name: 'AbortError' }, round)
  }
})

t.test('never exceeds its stated cost', async t => {
  t.same(rto.cost?.(params, 2), { calls: 8, rounds: 4 })
  const said: fc.Arbitrary<Scripted> = fc.constantFrom(
    'x',
    'y',
    '',
    [],
    [{ content: null }],
    new Error('down'),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(said), async all => {
      const ctx = contextOf((_asked, index) => all[index] ?? 'z')
      await rto
        .run(requestOf('q'), ctx, params)
        .then(completionIn)
        .catch(() => {})
      return ctx.asked.length <= 4
    }),
  )
})

t.test('a prompt says what its answers are before it lists them', async t => {
  const ctx = rounds(script)
  await rto.run(requestOf('q'), ctx, params)
  t.match(promptOf(ctx.asked.at(-1)!.request), /Two answers to the above.*number=\\"1\\">/)
})
