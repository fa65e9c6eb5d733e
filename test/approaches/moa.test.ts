import t from 'tap'
import moa from '../../approaches/moa.ts'
import { HulumanageError } from '../../src/contract/index.ts'
import { completionIn, contextOf, image, piecesIn, promptOf, requestOf, textIn, toolCall } from './model.ts'
import type { Scripted } from './model.ts'

const params = {
  n: 3,
  models: [] as string[],
  aggregator: '',
  layers: 1,
  temperature: 1,
  quorum: 0,
  patience: 0,
}

/** Answers by round; a round without an answer waits forever. */
function rounds(answers: Readonly<Record<string, Scripted>>) {
  return contextOf(({ path }) => answers[path] ?? new Promise<never>(() => {}))
}

const script = { draft: ['a', 'b', 'c'], critique: 'b is right', synthesis: 'the answer' }

t.test('drafts, weighs and writes', async t => {
  const ctx = rounds(script)
  const request = requestOf('q', { temperature: 0.2, max_tokens: 50, tools: [], stream_options: {} })
  t.equal(await textIn(await moa.run(request, ctx, params)), 'the answer')
  t.same(
    ctx.asked.map(({ path, kind }) => [path, kind]),
    [
      ['draft', 'candidate'],
      ['critique', 'helper'],
      ['synthesis', 'candidate'],
    ],
  )
  const [draft, critique, synthesis] = ctx.asked.map(asked => asked.request)
  t.match(draft, { n: 3, stream: false, temperature: 0.2, max_tokens: 50 })
  t.match(synthesis, { temperature: 0.2, max_tokens: 50, tools: [], stream_options: {} })
  t.notOk('n' in synthesis!)
  t.match(promptOf(critique!), /q.*a.*b.*c/)
  t.match(promptOf(synthesis!), /q.*a.*b.*c.*b is right/)
})

t.test('streams the last call piece by piece', async t => {
  const answer = await moa.run(requestOf('q', { stream: true }), rounds(script), params)
  t.same(await piecesIn(answer), ['the', ' an', 'swe', 'r'])
})

t.test('adds to the last message of the user, or in a new one, and changes no other', async t => {
  const system = { role: 'developer', content: 's' }
  const user = { role: 'user', name: 'ann', content: [{ type: 'text', text: 'q' }, image] }
  const ctx = rounds(script)
  await moa.run({ model: 'm', messages: [system, user] }, ctx, params)
  for (const { request } of ctx.asked.slice(1)) {
    t.same(request.messages[0], system)
    t.match(request.messages[1], {
      ...user,
      content: [...user.content, { type: 'text', text: /number="3"/ }],
    })
    t.equal(request.messages.length, 2)
  }
  const turns = [
    user,
    { role: 'assistant', content: null, tool_calls: [toolCall] },
    { role: 'tool', tool_call_id: 'call_1', content: '42' },
  ]
  const calling = rounds(script)
  await moa.run({ model: 'm', messages: turns }, calling, params)
  t.same(calling.asked[2]?.request.messages.slice(0, 3), turns)
  t.match(calling.asked[2]?.request.messages.slice(3), [{ role: 'user', content: /number="1"/ }])
})

t.test('asks several models concurrently, and an aggregator', async t => {
  const started: string[] = []
  const all = Promise.withResolvers<void>()
  const ctx = contextOf(async ({ path, request }) => {
    if (path === 'synthesis') return 'the answer'
    started.push(request.model)
    if (started.length === 2) all.resolve()
    await all.promise
    return `draft of ${request.model}`
  })
  const several = { ...params, models: ['x', 'y'], aggregator: 'z' }
  const { model } = await completionIn(await moa.run(requestOf('q', { n: 2 }), ctx, several))
  t.equal(model, 'z-2026')
  t.same(
    ctx.asked.map(({ request }) => [request.model, request.n]),
    [
      ['x', undefined],
      ['y', undefined],
      ['z', 2],
    ],
  )
  t.match(promptOf(ctx.asked[2]!.request), /draft of x.*draft of y/)
})

t.test('shows each layer the drafts of the previous one', async t => {
  const ctx = rounds({ ...script, draft_2: ['d', 'e', 'f'] })
  await moa.run(requestOf('q'), ctx, { ...params, layers: 2 })
  t.match(promptOf(ctx.asked[1]!.request), /number=\\"1\\">\\na\\n/)
  t.match(promptOf(ctx.asked[3]!.request), /number=\\"1\\">\\nd\\n/)
  t.notMatch(promptOf(ctx.asked[3]!.request), />\\na\\n</)
  t.same(await Promise.all(ctx.offers.map(textIn)), ['a', 'd'])
})

t.test('continues without a model, a layer or a critique that fails', async t => {
  const down = new Error('down')
  const ctx = contextOf(({ path, request }) =>
    path === 'synthesis' ? 'ok' : request.model === 'x' ? down : 'y',
  )
  t.equal(await textIn(await moa.run(requestOf('q'), ctx, { ...params, models: ['x', 'y'] })), 'ok')

  const degraded = rounds({ ...script, draft_2: down, critique: down })
  t.equal(await textIn(await moa.run(requestOf('q'), degraded, { ...params, layers: 2 })), 'the answer')
  t.notMatch(promptOf(degraded.asked.at(-1)!.request), /review/)

  for (const critique of [[], [{ content: null }]]) {
    t.equal(
      await textIn(await moa.run(requestOf('q'), rounds({ ...script, critique }), params)),
      'the answer',
    )
  }
})

t.test('returns the first draft if the last call fails or has no content', async t => {
  for (const synthesis of [
    new Error('down'),
    [{ content: null }],
    '',
    [{ content: null, finish: 'length' }],
  ]) {
    for (const stream of [false, true]) {
      const answer = await moa.run(requestOf('q', { stream }), rounds({ ...script, synthesis }), params)
      t.match((await completionIn(answer)).choices, [{ finish_reason: 'stop', message: { content: 'a' } }])
    }
  }
})

t.test('keeps a truncated last answer and its finish reason', async t => {
  const synthesis = [{ content: 'the ans', finish: 'length' }]
  const answer = await moa.run(requestOf('q'), rounds({ ...script, synthesis }), params)
  t.match((await completionIn(answer)).choices, [
    { finish_reason: 'length', message: { content: 'the ans' } },
  ])
})

t.test('works with the available drafts, complete ones first', async t => {
  const draft = [{ content: null }, { content: 'cut', finish: 'length' }, 'whole']
  const ctx = rounds({ ...script, draft })
  await moa.run(requestOf('q'), ctx, params)
  t.notMatch(promptOf(ctx.asked[1]!.request), /cut/)
})

t.test('returns tool calls of the drafts and of the last call', async t => {
  const call = [{ tool_calls: [toolCall] }]
  for (const answers of [{ draft: call }, { ...script, synthesis: call }]) {
    const { choices } = await completionIn(await moa.run(requestOf('q'), rounds(answers), params))
    t.match(choices, [{ finish_reason: 'tool_calls', message: { tool_calls: [toolCall] } }])
  }
})

t.test('fails if every draft fails', async t => {
  const error = new HulumanageError('upstream_error', 'down')
  for (const models of [[], ['x', 'y']]) {
    await t.rejects(moa.run(requestOf('q'), rounds({ draft: error }), { ...params, models }), error)
    await t.rejects(moa.run(requestOf('q'), rounds({ draft: [] }), { ...params, models }), {
      code: 'no_answer',
    })
  }
})

t.test('passes on a spent budget, with a draft offered', async t => {
  for (const round of ['critique', 'synthesis']) {
    const ctx = rounds({ ...script, [round]: new HulumanageError('budget_tokens', 'spent') })
    await t.rejects(moa.run(requestOf('q'), ctx, params), { code: 'budget_tokens' }, round)
    t.same(await Promise.all(ctx.offers.map(textIn)), ['a'])
  }
})

t.test('ends when the client disconnects, in each round', async t => {
  for (const models of [[], ['x', 'y']]) {
    for (const round of ['draft', 'draft_2', 'critique', 'synthesis'].filter(
      name => models.length === 0 || name !== 'critique',
    )) {
      const ctx = contextOf(async ({ path }) => {
        if (path !== round) return 'text'
        ctx.controller.abort()
        return await new Promise<never>(() => {})
      })
      const run = moa.run(requestOf('q'), ctx, { ...params, models, layers: 2 })
      await t.rejects(run, { name: 'AbortError' }, round)
    }
  }
})

t.test('knows its cost', async t => {
  t.same(moa.cost?.(params, 1), { calls: 5, rounds: 3 })
  t.same(moa.cost?.({ ...params, models: ['x', 'y'], layers: 2 }, 2), { calls: 10, rounds: 3 })
})

t.test('drafts that all agree are the answer, without a critique', async t => {
  const ctx = rounds({ draft: ['It is 8.', 'So it is 8.', 'The answer is 8.'] })
  t.equal(await textIn(await moa.run(requestOf('q'), ctx, { ...params, layers: 3 })), 'It is 8.')
  t.equal(ctx.asked.length, 1)
  t.strictSame(ctx.discarded, ['agrees with the answer', 'agrees with the answer'])

  const two = rounds({ ...script, draft: ['It is 8.', 'It is 8.'] })
  t.equal(await textIn(await moa.run(requestOf('q'), two, { ...params, n: 2 })), 'the answer')
})

t.test('an aggregator writes the answer even if all drafts agree', async t => {
  const ctx = contextOf(({ path }) => (path === 'synthesis' ? 'Eight.' : 'It is 8.'))
  const several = { ...params, models: ['x', 'y', 'z'], aggregator: 'big' }
  t.equal(await textIn(await moa.run(requestOf('q'), ctx, several)), 'Eight.')
  t.equal(ctx.asked.at(-1)?.request.model, 'big')
  t.strictSame(ctx.discarded, [])
})
