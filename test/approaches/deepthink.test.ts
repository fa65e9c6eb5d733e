import t from 'tap'
import * as fc from 'fast-check'
import deepthink from '../../approaches/deepthink/index.ts'
import { ways } from '../../approaches/deepthink/ways.ts'
import { HulumanageError } from '../../src/contract/index.ts'
import { expected, margin, randomFrom, shareOf } from './chance.ts'
import { completionIn, contextOf, image, promptOf, requestOf, textIn, toolCall } from './model.ts'
import type { Scripted } from './model.ts'

const params = {
  n: 3,
  confidence_threshold: 0.6,
  discover: true,
  modules: 7,
  temperature: 1,
  adaptive: false,
}
const down = new HulumanageError('upstream_error', 'down')

const script: Readonly<Record<string, Scripted>> = {
  select: '[3, 14]',
  adapt: 'Divide the apples; watch the basket.',
  implement: '["Count the apples", "Check the count"]',
  draw: ['Answer: 12', 'Answer: 13', 'I get 12.0.\nAnswer: 12.0'],
  again: 'Answer: 13',
}

/** Answers by round; a round without an answer waits forever. */
let clients = 0

function rounds(answers: Readonly<Record<string, Scripted>>) {
  const ctx = contextOf(({ path }) => answers[path] ?? new Promise<never>(() => {}))
  // Each is another client, since the ways of thinking of one are kept.
  return Object.assign(ctx, { owner: `client ${++clients}` })
}

async function answerTo(answers: Readonly<Record<string, Scripted>>, own: Partial<typeof params> = {}) {
  return await textIn(
    await deepthink.run(requestOf('q'), rounds({ ...script, ...answers }), { ...params, ...own }),
  )
}

t.test('selects, adapts, plans, draws with the plan and returns the most common answer', async t => {
  const ctx = rounds(script)
  const request = requestOf('q', { seed: 7, n: 2, stream: true, tools: [], max_tokens: 50 })
  t.equal(await textIn(await deepthink.run(request, ctx, params)), 'Answer: 12')
  t.same(
    ctx.asked.map(({ path, kind }) => [path, kind]),
    [
      ['select', 'helper'],
      ['adapt', 'helper'],
      ['implement', 'helper'],
      ['draw', 'candidate'],
    ],
    'no other answer where they agree',
  )
  const [select, adapt, implement, draw] = ctx.asked.map(asked => asked.request)
  for (const [name] of ways) t.match(promptOf(select!), name)
  t.match(promptOf(adapt!), /q.*division.*state tracking/)
  t.notMatch(promptOf(adapt!), /invention/)
  t.match(promptOf(implement!), /q.*watch the basket/)
  t.match(promptOf(draw!), /q.*1\. Count the apples\\n2\. Check the count/)
  t.match(draw, { n: 3, stream: false, temperature: 1, seed: 7, tools: [], max_tokens: 50 })
})

t.test('draws one more answer as the client asked for it if too few agree, and that votes', async t => {
  const ctx = rounds({ ...script, draw: ['12', '13', '14'] })
  const answer = await deepthink.run(requestOf('q', { stream: true, temperature: 0.5, seed: 7 }), ctx, params)
  t.equal(await textIn(answer), '13')
  const [draw, again] = ctx.asked.slice(3)
  t.match(again, { kind: 'candidate', request: { temperature: 0.5, seed: 10 } })
  t.same(again?.request.messages, draw?.request.messages, 'by the same plan')
  t.equal(await textIn(ctx.offers.at(-1)!), '12')
  const plain = rounds({ ...script, draw: ['12', '13', '14'] })
  await deepthink.run(requestOf('q'), plain, { ...params, temperature: undefined })
  for (const { request } of plain.asked) t.notOk('temperature' in request)
})

t.test('the threshold determines how many must agree', async t => {
  const draw = ['1', '13', '2', '2']
  for (const [confidence_threshold, answer] of [
    [0, '2'],
    [0.5, '2'],
    [0.51, '13'],
    [1, '13'],
  ] as const) {
    t.equal(await answerTo({ draw }, { n: 4, confidence_threshold }), answer, `${confidence_threshold}`)
  }
})

t.test(
  'returns the winner of the vote if the last call fails, has no content, or agrees with none',
  async t => {
    for (const again of [down, '', [{ content: null }], '9', [{ content: '2', finish: 'length' }]] as const) {
      t.equal(await answerTo({ draw: ['1', '2', '3'], again }), '1')
    }
  },
)

t.test(
  'continues without a plan if one of its calls fails, and with the advice if the plan is empty',
  async t => {
    for (const round of ['select', 'adapt', 'implement']) {
      const ctx = rounds({ ...script, [round]: down })
      t.equal(await textIn(await deepthink.run(requestOf('q'), ctx, params)), 'Answer: 12', round)
      t.notMatch(promptOf(ctx.asked.at(-1)!.request), /plan/)
    }
    for (const implement of ['', '[]', [{ content: null }]] as const) {
      const ctx = rounds({ ...script, implement })
      await deepthink.run(requestOf('q'), ctx, params)
      t.match(promptOf(ctx.asked.at(-1)!.request), /watch the basket/)
    }
  },
)

t.test('uses at most the allowed number of ways of thinking, and shows all if none is chosen', async t => {
  const ctx = rounds({ ...script, select: '[1, 2, 3]' })
  await deepthink.run(requestOf('q'), ctx, { ...params, modules: 2 })
  t.match(promptOf(ctx.asked[1]!.request), /restating/)
  t.notMatch(promptOf(ctx.asked[1]!.request), /division/)
  for (const select of ['None fits.', '', [{ content: null }]] as const) {
    const none = rounds({ ...script, select })
    await deepthink.run(requestOf('q'), none, params)
    for (const [name] of ways) t.match(promptOf(none.asked[1]!.request), name)
  }
})

t.test('draws immediately without discovery', async t => {
  const ctx = rounds({ draw: script['draw']! })
  await deepthink.run(requestOf('q'), ctx, { ...params, discover: false })
  t.equal(ctx.asked.length, 1)
})

t.test(
  'adds to the text of the user, keeps the rest, and asks for no final line if a format is prescribed',
  async t => {
    const system = { role: 'system', content: 's' }
    const user = { role: 'user', name: 'ann', content: [{ type: 'text', text: 'q' }, image] }
    const ctx = rounds(script)
    await deepthink.run({ model: 'm', messages: [system, user] }, ctx, params)
    for (const { request } of ctx.asked) {
      t.same(request.messages[0], system)
      t.match(request.messages[1], { name: 'ann', content: [...user.content, { type: 'text' }] })
    }
    t.match(promptOf(ctx.asked.at(-1)!.request), /Answer: <result>/)
    const formatted = rounds(script)
    await deepthink.run(requestOf('q', { response_format: { type: 'json_object' } }), formatted, params)
    t.notMatch(promptOf(formatted.asked.at(-1)!.request), /Answer: <result>/)
  },
)

t.test('lets only complete answers with content vote, if there are any', async t => {
  const cut = { content: 'Answer: 9', finish: 'length' }
  t.equal(await answerTo({ draw: [cut, cut, '8'] }), '8')
  t.equal(await answerTo({ draw: [{ content: null }, '7', '7'] }), '7')
  t.equal(await answerTo({ draw: '42' }), '42', 'n was ignored')
})

t.test('returns a tool call if half of the answers make one', async t => {
  const call = { tool_calls: [toolCall] }
  const ctx = rounds({ ...script, draw: ['1', call, call] })
  t.match((await completionIn(await deepthink.run(requestOf('q'), ctx, params))).choices, [
    { message: { tool_calls: [toolCall] } },
  ])
  const again = rounds({ ...script, draw: ['1', '2', '3'], again: [call] })
  t.match((await completionIn(await deepthink.run(requestOf('q'), again, params))).choices, [
    { message: { tool_calls: [toolCall] } },
  ])
})

t.test('fails with the error of the model, or if there is no answer', async t => {
  await t.rejects(answerTo({ draw: down }), down)
  await t.rejects(answerTo({ draw: [] }), { code: 'no_answer' })
  await t.rejects(answerTo({ draw: [{ content: null }] }), { code: 'no_answer' })
})

t.test('ends when the client disconnects or the budget is spent, in each round', async t => {
  const unsure: typeof script = { ...script, draw: ['1', '2', '3'] }
  const spent = new HulumanageError('budget_calls', 'spent')
  for (const until of Object.keys(unsure)) {
    const ctx = contextOf(async ({ path }) => {
      if (path !== until) return unsure[path]!
      ctx.controller.abort()
      return await new Promise<never>(() => {})
    })
    await t.rejects(deepthink.run(requestOf('q'), ctx, params), { name: 'AbortError' }, until)
    const poor = rounds({ ...unsure, [until]: spent })
    await t.rejects(deepthink.run(requestOf('q'), poor, params), spent, until)
    t.equal(poor.offers.length, until === 'again' ? 1 : 0)
  }
})

t.test('never exceeds its stated cost', async t => {
  const asked = fc.record({
    n: fc.integer({ min: 1, max: 6 }),
    confidence_threshold: fc.double({ min: 0, max: 1, noNaN: true }),
    discover: fc.boolean(),
  })
  await fc.assert(
    fc.asyncProperty(asked, fc.infiniteStream(fc.constantFrom('1', '2', '3', '')), async (own, drafts) => {
      const ctx = rounds({ ...script, draw: ['1', ...drafts.take(own.n - 1)] })
      await deepthink.run(requestOf('q'), ctx, { ...params, ...own })
      const calls = ctx.asked.reduce((sum, { request }) => sum + (request.n ?? 1), 0)
      const cost = deepthink.cost!({ ...params, ...own }, 1)
      return calls <= cost.calls && ctx.asked.length <= cost.rounds
    }),
  )
  t.same(deepthink.cost?.(params, 2), { calls: 14, rounds: 5 })
  t.same(deepthink.cost?.({ ...params, n: 1, discover: false }, 1), { calls: 1, rounds: 1 })
})

t.test('is right exactly as often as predicted from its draws and the one more', async t => {
  const [trials, n, right] = [500, 3, 0.6]
  const random = randomFrom(4)
  const share = await shareOf(trials, async () => {
    const ctx = contextOf(({ path }) => {
      const say = (chance: number, wrong: number): string => `Answer: ${random() < chance ? 42 : wrong}`
      return path === 'draw' ? Array.from({ length: n }, (_empty, index) => say(right, index)) : say(right, 7)
    })
    const answer = await deepthink.run(requestOf('q'), ctx, { ...params, n, discover: false })
    return (await textIn(answer)) === 'Answer: 42'
  })
  // Wrong answers differ: two that agree are right, and the first of four that differ wins.
  const predicted = expected(n, right, good => (good >= 2 ? 1 : good === 1 ? right + (1 - right) / 3 : 0))
  t.ok(predicted > right)
  t.ok(Math.abs(share - predicted) < margin(predicted, trials), `${share} is about ${predicted}`)
})

t.test('ways of thinking are chosen once for questions that begin alike, and per client', async t => {
  const pathsFor = async (text: string, owner: string): Promise<string[]> => {
    const ctx = { ...rounds(script), owner }
    await deepthink.run(requestOf(text), ctx, params)
    return ctx.asked.map(({ path }) => path)
  }
  t.equal((await pathsFor('Classify this ticket:\nIt burns.', 'ann'))[0], 'select')
  t.equal((await pathsFor('Classify this ticket:\nIt is wet.', 'ann'))[0], 'adapt')
  t.equal((await pathsFor('Classify this ticket:\nIt is wet.', 'bob'))[0], 'select')
  t.equal((await pathsFor('Translate this ticket:\nIt is wet.', 'ann'))[0], 'select')
})

t.test('the reader hears nothing of the plan, and a response format leaves no room for steps', async t => {
  const promptFor = async (fields: object, own: Partial<typeof params> = {}) => {
    const ctx = rounds({ ...script, draw: ['Answer: 12', 'Answer: 12', 'Answer: 12'] })
    await deepthink.run(requestOf('q', fields), ctx, { ...params, ...own })
    return promptOf(ctx.asked.at(-1)!.request)
  }
  const free = await promptFor({})
  t.match(free, /write down what each step gives/)
  t.match(free, /do not mention it/)
  t.notMatch(await promptFor({}, { discover: false }), /the plan/)
  const formed = await promptFor({ response_format: { type: 'json_object' } })
  t.match(formed, /do not mention it/)
  t.notMatch(formed, /write down|end with a line/)
})
