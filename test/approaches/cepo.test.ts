import t from 'tap'
import * as fc from 'fast-check'
import cepo from '../../approaches/cepo/index.ts'
import { HulumanageError } from '../../src/contract/index.ts'
import type { ChatRequest } from '../../src/contract/index.ts'
import { textOf } from '../../src/chat/completion.ts'
import { completionIn, contextOf, image, piecesIn, promptOf, requestOf, textIn, toolCall } from './model.ts'
import { inRounds } from './rounds.ts'
import type { Asked, FakeContext, Scripted } from './model.ts'

const params = cepo.params!.parse({})
const one = { ...params, bestofn_n: 1 }
const waiting = new Promise<never>(() => {})
const down = new HulumanageError('upstream_error', 'down')
const cut = [{ content: 'cut off', finish: 'length' }]

type Answer = Scripted | ((asked: Asked, turn: number) => Scripted)
type Answers = Readonly<Record<string, Answer>>

/** Answers by the last step of the path; they may depend on the number of earlier calls of that step. */
const script: Answers = {
  plan: (_, turn) => `plan-${turn}`,
  execute: ({ request }) => `done ${textOf(request.messages.at(-2))}`,
  review: (_, turn) => `settled-${turn}`,
  solve: ({ request }) => `answer by ${/settled-\d+/.exec(promptOf(request))?.[0]}`,
  rate: ({ request }) => (textOf(request.messages.at(-2)).includes('settled-1') ? '9' : '3'),
  ways: '1. by sums\n2. by parity\n3. by search',
  '': 'the only answer',
}

function scriptOf(answers: Answers) {
  const turns: Record<string, number> = {}
  return (asked: Asked): Scripted => {
    const step = stepOf(asked)
    const answer = answers[step]
    const turn = turns[step] ?? 0
    turns[step] = turn + 1
    if (answer === undefined) throw new TypeError(`no answer to "${step}"`)
    return typeof answer === 'function' ? answer(asked, turn) : answer
  }
}

function answering(answers: Answers = {}): FakeContext {
  return contextOf(scriptOf({ ...script, ...answers }))
}

function stepOf({ path }: Asked): string {
  return path.split('.').at(-1)!
}

function countsOf(ctx: FakeContext): Record<string, number> {
  return Object.fromEntries(
    [...Map.groupBy(ctx.asked, asked => `${stepOf(asked)} ${asked.kind}`)].map(([step, all]) => [
      step,
      all.length,
    ]),
  )
}

function requestsOf(ctx: FakeContext, step: string): ChatRequest[] {
  return ctx.asked.filter(asked => stepOf(asked) === step).map(({ request }) => request)
}

t.test('plans, carries out, reviews, answers, rates and returns the best', async t => {
  const ctx = answering()
  t.equal(await textIn(await cepo.run(requestOf('q'), ctx, params)), 'answer by settled-1')
  t.same(countsOf(ctx), {
    'plan helper': 9,
    'execute helper': 9,
    'review helper': 3,
    'solve candidate': 3,
    'rate helper': 3,
  })
  for (const request of requestsOf(ctx, 'execute')) {
    t.match(textOf(request.messages.at(-2)), /^plan-\d$/, 'a plan is carried out in its own conversation')
  }
  const reviewed = requestsOf(ctx, 'review').map(request => promptOf(request).match(/done plan-\d/g))
  t.same(new Set(reviewed.flat()).size, 9, 'each proposal is reviewed once')
})

t.test('streams the only answer piece by piece', async t => {
  const ctx = answering()
  const answer = await cepo.run(requestOf('q', { stream: true }), ctx, one)
  t.same(await piecesIn(answer), ['the', ' on', 'ly ', 'ans', 'wer'])
  t.same(countsOf(ctx), { 'plan helper': 3, 'execute helper': 3, 'review helper': 1, ' candidate': 1 })
})

t.test('makes the plans of all answers concurrently, and the ratings', async t => {
  for (const [step, together] of [
    ['plan', 9],
    ['execute', 9],
    ['review', 3],
    ['solve', 3],
    ['rate', 3],
  ] as const) {
    const all = Promise.withResolvers<void>()
    let started = 0
    const answers = scriptOf(script)
    const ctx = contextOf(async asked => {
      const answer = answers(asked)
      if (stepOf(asked) === step && ++started === together) all.resolve()
      if (stepOf(asked) === step) await all.promise
      return answer
    })
    t.ok(await cepo.run(requestOf('q'), ctx, params), step)
  }
})

t.test('defect of the original: the settings of steps 2 to 4 had no effect', async t => {
  const steps = { plan: 'step1', execute: 'step2', review: 'step3', solve: 'step4' }
  const set: Record<string, number> = { bestofn_temperature: 0.05, bestofn_max_tokens: 55 }
  for (const [at, name] of Object.values(steps).entries()) {
    set[`planning_temperature_${name}`] = at / 10
    set[`planning_max_tokens_${name}`] = 100 + at
  }
  const ctx = answering()
  const chosen = cepo.params!.parse({ ...set, rating_model: 'judge' })
  await cepo.run(requestOf('q', { temperature: 1.5 }), ctx, chosen)
  for (const [at, step] of Object.keys(steps).entries()) {
    for (const request of requestsOf(ctx, step)) {
      t.match(request, { model: 'm', temperature: at / 10, max_tokens: 100 + at }, step)
    }
  }
  for (const request of requestsOf(ctx, 'rate')) {
    t.match(request, { model: 'judge', temperature: 0.05, max_tokens: 55 })
  }
  const direct = answering({ plan: cut })
  const limits = { planning_temperature_direct_resp: 0.9, planning_max_tokens_direct_resp: 77 }
  await cepo.run(requestOf('q'), direct, { ...params, ...limits })
  for (const request of requestsOf(direct, 'solve')) t.match(request, { temperature: 0.9, max_tokens: 77 })
})

t.test('every field of the original that has a meaning here is an alias', async t => {
  for (const name of Object.keys(cepo.params!.shape)) t.equal(cepo.aliases?.[`cepo_${name}`], name)
})

t.test('defect of the original: plans beyond planning_n were made and discarded', async t => {
  const ctx = answering()
  await cepo.run(requestOf('q'), ctx, { ...one, planning_n: 2, planning_m: 8 })
  t.equal(countsOf(ctx)['plan helper'], 2)
})

t.test('retries truncated plans until planning_m tries are used up', async t => {
  const ctx = answering({ plan: (_, turn) => (turn < 2 ? cut : `plan-${turn}`) })
  await cepo.run(requestOf('q'), ctx, one)
  t.equal(countsOf(ctx)['plan helper'], 5)
  t.same(
    promptOf(requestsOf(ctx, 'review')[0]!)
      .match(/(?<=done )plan-\d/g)
      ?.toSorted(),
    ['plan-2', 'plan-3', 'plan-4'],
  )

  const unfinished = answering({
    execute: ({ request }) => (promptOf(request).includes('plan-0') ? cut : 'done'),
  })
  await cepo.run(requestOf('q'), unfinished, { ...one, planning_n: 1, planning_m: 2 })
  t.same(countsOf(unfinished), { 'plan helper': 2, 'execute helper': 2, 'review helper': 1, ' candidate': 1 })
})

t.test('defect of the original: a truncated plan became an empty message', async t => {
  for (const plan of [cut, [{ content: null }], [], '']) {
    const ctx = answering({ plan: (_, turn) => (turn === 0 ? plan : `plan-${turn}`) })
    await cepo.run(requestOf('q'), ctx, { ...one, planning_m: 3 })
    t.equal(countsOf(ctx)['execute helper'], 2)
    for (const { request } of ctx.asked) t.ok(request.messages.every(message => textOf(message) !== ''))
  }
})

t.test('defect of the original: it crashed if every plan was truncated', async t => {
  for (const broken of [{ plan: cut }, { execute: cut }, { plan: [{ content: null }] }]) {
    const ctx = answering({ ...broken, solve: 'direct', rate: '5' })
    const request = requestOf('q')
    t.equal(await textIn(await cepo.run(request, ctx, params)), 'direct')
    t.same(requestsOf(ctx, 'solve')[0]?.messages, request.messages, 'the question is asked as it is')
    t.equal(countsOf(ctx)['plan helper'], 18)
    t.notOk(countsOf(ctx)['review helper'])
  }
})

t.test('defect of the original: each answer was rated twice and the first rating dropped', async t => {
  const ctx = answering()
  await cepo.run(requestOf('q'), ctx, params)
  t.equal(new Set(requestsOf(ctx, 'rate').map(promptOf)).size, 3)
  t.equal(requestsOf(ctx, 'rate').length, 3)
})

t.test('compares all pairs in both orders, so the bias of a judge for a position cancels out', async t => {
  const pairwise = { ...params, bestofn_rating_type: 'pairwise' as const }
  const judge = ({ request }: Asked): string =>
    /number=\\"1\\">\\nanswer by settled-2/.test(promptOf(request)) ? '1' : '2'
  const ctx = answering({
    rate: asked => (promptOf(asked.request).includes('settled-2') ? judge(asked) : '1'),
  })
  t.equal(await textIn(await cepo.run(requestOf('q'), ctx, pairwise)), 'answer by settled-2')
  t.strictSame(ctx.discarded, ['another one was chosen', 'another one was chosen'])
  t.equal(countsOf(ctx)['rate helper'], 6)

  for (const rate of ['1', '2', 'neither', down, []]) {
    const placed = answering({ rate })
    t.equal(await textIn(await cepo.run(requestOf('q'), placed, pairwise)), 'answer by settled-0')
  }
})

t.test('defect of the original: the majority vote treated 12 and 13 as the same answer', async t => {
  const answers = ['12', '13', '13']
  const ctx = answering({ solve: (_, turn) => `So the answer is ${answers[turn]}.` })
  const majority = { ...params, bestofn_rating_type: 'majority' as const }
  t.equal(await textIn(await cepo.run(requestOf('q'), ctx, majority)), 'So the answer is 13.')
  t.notOk(countsOf(ctx)['rate helper'])
})

t.test('defect of the original: different ideas for each answer crashed immediately', async t => {
  const diverse = { ...params, use_plan_diversity: true }
  const ctx = answering()
  await cepo.run(requestOf('q'), ctx, diverse)
  t.same(
    ['by sums', 'by parity', 'by search'].map(
      way => requestsOf(ctx, 'plan').filter(request => promptOf(request).includes(way)).length,
    ),
    [3, 3, 3],
  )
  t.equal(countsOf(ctx)['ways helper'], 1)
  for (const ways of [down, '', [{ content: null }], '1. by sums']) {
    t.ok(await cepo.run(requestOf('q'), answering({ ways }), diverse))
  }
  const single = answering()
  await cepo.run(requestOf('q'), single, { ...diverse, bestofn_n: 1 })
  t.notOk(countsOf(single)['ways helper'], 'a single answer needs no other way')
})

t.test(
  'defect of the original: reasoning_effort was sent to every model, max_tokens of the client ignored',
  async t => {
    for (const limit of [{ max_tokens: 9 }, { max_completion_tokens: 9 }]) {
      const ctx = answering()
      await cepo.run(requestOf('q', limit), ctx, { ...params, planning_max_tokens_step4: 500 })
      for (const { request } of ctx.asked) t.notOk('reasoning_effort' in request)
      for (const request of requestsOf(ctx, 'solve')) {
        t.match(request, limit)
        t.equal(Object.keys(request).filter(field => field.startsWith('max_')).length, 1)
      }
    }
    const asked = answering()
    await cepo.run(requestOf('q', { reasoning_effort: 'low' }), asked, params)
    t.ok(
      asked.asked.every(({ request }) => request['reasoning_effort'] === 'low'),
      'but the one of the client is',
    )
  },
)

t.test('plans differ if the client sets a seed or no temperature', async t => {
  const ctx = answering({ plan: (_, turn) => (turn % 4 === 0 ? cut : `plan-${turn}`) })
  await cepo.run(requestOf('q', { seed: 5, temperature: 0 }), ctx, params)
  const plans = requestsOf(ctx, 'plan')
  t.equal(new Set(plans.map(({ seed }) => seed)).size, plans.length)
  t.ok(plans.every(({ temperature }) => temperature === 1))
  t.ok(requestsOf(ctx, 'execute').every(({ temperature }) => temperature === 0))
})

t.test('keeps all messages, and the fields of the client for answers', async t => {
  const messages = [
    { role: 'developer', content: 's' },
    { role: 'user', name: 'ann', content: [{ type: 'text', text: 'q' }, image] },
    { role: 'assistant', content: null, tool_calls: [toolCall] },
    { role: 'tool', tool_call_id: 'call_1', content: '42' },
  ]
  const fields = { n: 2, tools: [], response_format: { type: 'json_object' }, stream: true }
  for (const type of ['absolute', 'pairwise'] as const) {
    const ctx = answering({ rate: '1' })
    await cepo.run({ model: 'm', messages, ...fields }, ctx, { ...params, bestofn_rating_type: type })
    for (const { request } of ctx.asked) t.same(request.messages.slice(0, 4), messages)
    for (const request of requestsOf(ctx, 'solve')) {
      t.match(request, { tools: [], response_format: { type: 'json_object' }, stream: false })
      t.notOk('n' in request, 'each answer is a call of its own, whether a provider knows n or not')
    }
  }
})

t.test('a failed call costs a proposal, a review or an answer, not the request', async t => {
  const first: Answers = {
    plan: (_, turn) => (turn === 0 ? down : `plan-${turn}`),
    execute: (_, turn) => (turn === 0 ? down : 'done'),
    review: (_, turn) => (turn === 0 ? down : `settled-${turn}`),
  }
  for (const [step, answer] of Object.entries(first)) {
    const ctx = answering({ [step]: answer, solve: 'fine', rate: '5' })
    t.equal(await textIn(await cepo.run(requestOf('q'), ctx, params)), 'fine', step)
    t.equal(countsOf(ctx)['solve candidate'], 3)
    t.equal(countsOf(ctx)['plan helper'], 9, 'failed calls are not retried: the layers below do that')
  }
  for (const review of [down, cut, [], [{ content: null }]]) {
    const ctx = answering({ review })
    await cepo.run(requestOf('q'), ctx, one)
    t.match(
      promptOf(ctx.asked.at(-1)!.request),
      /done plan-0.*done plan-1.*done plan-2/,
      'the proposals replace the review',
    )
  }
  for (const lost of [down, [], [{ content: null }], cut]) {
    const ctx = answering({ solve: (_, turn) => (turn < 2 ? lost : 'last') })
    t.equal(await textIn(await cepo.run(requestOf('q'), ctx, params)), 'last')
    t.notOk(countsOf(ctx)['rate helper'])
  }
  for (const rate of [down, [], 'no grade']) {
    t.equal(await textIn(await cepo.run(requestOf('q'), answering({ rate }), params)), 'answer by settled-0')
  }
})

t.test('fails if everything fails', async t => {
  for (const step of ['plan', 'execute', 'solve']) {
    await t.rejects(cepo.run(requestOf('q'), answering({ [step]: down }), params), down, step)
  }
  await t.rejects(cepo.run(requestOf('q'), answering({ '': down }), one), down)
  for (const solve of [[], [{ content: null }]]) {
    await t.rejects(cepo.run(requestOf('q'), answering({ solve }), params), { code: 'no_answer' })
  }
  const broken = await completionIn(await cepo.run(requestOf('q'), answering({ '': cut }), one))
  t.match(broken.choices, [{ finish_reason: 'length', message: { content: 'cut off' } }])
})

t.test('returns a tool call of the only answer, or if half of the answers make one', async t => {
  const call = [{ tool_calls: [toolCall] }]
  const ctx = answering({ solve: (_, turn) => (turn > 0 ? call : 'a') })
  for (const answer of [
    await cepo.run(requestOf('q'), ctx, params),
    await cepo.run(requestOf('q'), answering({ '': call }), one),
  ]) {
    const { choices } = await completionIn(answer)
    t.match(choices, [{ finish_reason: 'tool_calls', message: { tool_calls: [toolCall] } }])
  }
  t.notOk(countsOf(ctx)['rate helper'])
})

t.test('passes on a spent budget, with the best so far offered', async t => {
  const spent = new HulumanageError('budget_tokens', 'spent')
  for (const [step, offered] of [
    ['plan', undefined],
    ['execute', undefined],
    ['review', 'done plan-0'],
    ['solve', 'done plan-0'],
    ['rate', 'answer by settled-0'],
  ] as const) {
    const ctx = answering({ [step]: spent })
    await t.rejects(cepo.run(requestOf('q'), ctx, params), spent, step)
    const last = ctx.offers.at(-1)
    t.equal(typeof last === 'object' ? await textIn(last) : last, offered, step)
  }
})

t.test('offers a proposal as soon as it has been carried out', async t => {
  const spent = new HulumanageError('budget_tokens', 'spent')
  const ctx = answering({ execute: (_, turn) => (turn === 0 ? 'done first' : spent) })
  await t.rejects(cepo.run(requestOf('q'), ctx, params), spent)
  t.same(ctx.offers, ['done first'])
})

t.test('offers an answer while others are in progress, and no proposal after that', async t => {
  const late = Promise.withResolvers<Scripted>()
  const answers = scriptOf({ ...script, plan: (_, turn) => (turn < 2 ? cut : 'late plan'), solve: 'direct' })
  const ctx = contextOf(async asked => {
    const answer = answers(asked)
    if (stepOf(asked) === 'rate') return '5'
    if (answer !== 'late plan') return answer
    await late.promise
    return answer
  })
  const chosen = { ...params, bestofn_n: 3, planning_n: 1, planning_m: 1 }
  const run = cepo.run(requestOf('q'), ctx, chosen)
  while (ctx.offers.length === 0) await new Promise(setImmediate)
  t.equal(await textIn(ctx.offers[0]!), 'direct')
  late.resolve('')
  await run
  t.ok(ctx.offers.every(offer => typeof offer !== 'string'))
})

t.test('ends when the client disconnects, in each round', async t => {
  for (const chosen of [one, params, { ...params, bestofn_rating_type: 'pairwise' as const }]) {
    const last = chosen === one ? [''] : ['solve', 'rate', 'ways']
    for (const round of ['plan', 'execute', 'review', ...last]) {
      const answers = scriptOf(script)
      const ctx = contextOf(async asked => {
        if (stepOf(asked) !== round) return answers(asked)
        ctx.controller.abort()
        return await waiting
      })
      const run = cepo.run(requestOf('q'), ctx, { ...chosen, use_plan_diversity: true })
      await t.rejects(run, { name: 'AbortError' }, round)
    }
  }
})

t.test('never exceeds its stated cost', async t => {
  const small = fc.integer({ min: 1, max: 4 })
  const model = fc.record({
    bestofn_n: small,
    planning_n: small,
    planning_m: small,
    use_plan_diversity: fc.boolean(),
    bestofn_rating_type: fc.constantFrom('absolute' as const, 'pairwise' as const, 'majority' as const),
  })
  const said = fc.constantFrom<Scripted>('a', '1', '', down, cut, cut, [], [{ tool_calls: [toolCall] }])
  await fc.assert(
    fc.asyncProperty(model, fc.infiniteStream(said), async (chosen, answers) => {
      const all = { ...params, ...chosen }
      const spent = { calls: 0, rounds: 0 }
      const ctx = contextOf(inRounds(() => answers.next().value as Scripted, spent))
      await cepo.run(requestOf('q'), ctx, all).catch(() => {})
      const { calls, rounds } = cepo.cost!(all, 1)
      t.ok(spent.calls <= calls && spent.rounds <= rounds, JSON.stringify({ ...chosen, ...spent }))
    }),
    { numRuns: 150 },
  )
  t.same(cepo.cost?.(params, 1), { calls: 45, rounds: 11 })
  t.same(cepo.cost?.({ ...one, planning_m: 3, use_plan_diversity: true }, 2), { calls: 16, rounds: 4 })
})

t.test('reaches its stated calls and rounds if a single plan is truncated again and again', async t => {
  for (const type of ['absolute', 'pairwise', 'majority'] as const) {
    const chosen = { ...params, planning_n: 2, use_plan_diversity: true, bestofn_rating_type: type }
    const spent = { calls: 0, rounds: 0 }
    const seeds = [0, 6, 12].flatMap(base => [base + 1, base + 2, base + 3, base + 4])
    const execute = ({ request }: Asked): Scripted =>
      seeds.includes(request.seed!) ? cut : `done ${request.seed}`
    const ctx = contextOf(inRounds(scriptOf({ ...script, execute, rate: '1' }), spent))
    await cepo.run(requestOf('q', { seed: 0 }), ctx, chosen)
    t.same(spent, cepo.cost!(chosen, 1), type)
  }
})

t.test('reviews no proposals that all have one result: the first is the work to answer by', async t => {
  const ctx = answering({ execute: ({ request }) => `By ${textOf(request.messages.at(-2))} it is 8.` })
  await cepo.run(requestOf('q'), ctx, one)
  t.same(countsOf(ctx), { 'plan helper': 3, 'execute helper': 3, ' candidate': 1 })
  t.match(promptOf(ctx.asked.at(-1)!.request), /<solution>\\nBy plan-0 it is 8\.\\n/)
})
