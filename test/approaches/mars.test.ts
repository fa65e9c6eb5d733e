import t from 'tap'
import mars from '../../approaches/mars/index.ts'
import { HulumanageError } from '../../src/contract/index.ts'
import { askedFor, client, setUp } from '../chain/fakes.ts'
import { completionIn, contextOf, image, piecesIn, promptOf, requestOf, textIn, toolCall } from './model.ts'
import {
  agentOf,
  answerOf,
  approving,
  countsIn,
  everything,
  params,
  subjectOf,
  team,
  wordsOf,
} from './mars/script.ts'

const down = new HulumanageError('upstream_error', 'down')

t.test('explores, verifies, improves solutions found wrong, and returns a verified one', async t => {
  const ctx = team({ verify: approving('2. Improved') })
  t.equal(await answerOf(ctx), 'The answer is 2. Improved.')
  t.same(countsIn(ctx), { explore: 3, verify: 12, improve: 3 })
  t.same(
    [...new Set(ctx.asked.map(({ path, kind }) => `${path} ${kind}`))],
    ['explore candidate', 'verify helper', 'improve candidate'],
  )
})

t.test('agents keep the fields of the client, and differ in temperature and seed', async t => {
  const content = [{ type: 'text', text: 'q' }, image]
  const messages = [
    { role: 'system', content: 's' },
    { role: 'user', name: 'ann', content },
  ]
  const fields = { tools: [], stop: ['x'], max_tokens: 50, metadata: { a: 'b' } }
  const ctx = team({ verify: 'CORRECT' })
  await mars.run({ model: 'm', messages, seed: 7, n: 2, stream: true, ...fields }, ctx, params)
  t.same(
    ctx.asked.slice(0, 3).map(({ request }) => request),
    [0.3, 0.6, 1].map((temperature, agent) => ({
      model: 'm',
      messages,
      ...fields,
      seed: 7 + agent,
      stream: false,
      temperature,
    })),
  )
  for (const { request } of ctx.asked.slice(3)) {
    t.same(request.messages[0], messages[0])
    t.match(request.messages[1], { name: 'ann', content: [...content, { type: 'text' }] })
    t.equal(request.temperature, undefined)
  }
})

t.test('the temperature of the client applies to all agents, unless it is 0', async t => {
  for (const [temperature, drawn] of [
    [0.2, [0.2, 0.2, 0.2]],
    [0, [0.3, 0.6, 1]],
  ] as const) {
    const ctx = team({ verify: 'CORRECT' })
    await answerOf(ctx, {}, { temperature })
    t.same(
      ctx.asked.slice(0, 3).map(({ request }) => request.temperature),
      drawn,
    )
  }
})

t.test('agents of reasoning models differ in effort, unless the client sets it', async t => {
  const drawn = async (fields: object) => {
    const ctx = team({ explore: 'The answer is 1.', verify: 'CORRECT' })
    await answerOf(ctx, { use_reasoning_api: true }, fields)
    return ctx.asked.slice(0, 3).map(({ request }) => [request['reasoning_effort'], request.temperature])
  }
  t.same(await drawn({}), [
    ['low', undefined],
    ['medium', undefined],
    ['high', undefined],
  ])
  t.same(
    await drawn({ reasoning_effort: 'high' }),
    Array.from({ length: 3 }, () => ['high', undefined]),
  )
})

t.test('limits the length of solutions if the client does not', async t => {
  for (const [fields, most] of [
    [{}, 900],
    [{ max_tokens: 5 }, 5],
    [{ max_completion_tokens: 5 }, undefined],
  ] as const) {
    const ctx = team({ verify: 'CORRECT' })
    await answerOf(ctx, { max_tokens: 900 }, fields)
    t.equal(ctx.asked[0]!.request.max_tokens, most)
  }
})

t.test('verifies each solution as often as required, each time with another method', async t => {
  const ctx = team({ verify: 'CORRECT' })
  await answerOf(ctx)
  const checks = ctx.asked.filter(({ path }) => path === 'verify')
  for (const answer of ['The answer is 1.', 'The answer is 2.', 'The answer is 3.']) {
    const own = checks.filter(asked => subjectOf(asked) === answer)
    t.equal(own.length, 2)
    t.equal(new Set(own.map(({ request }) => promptOf(request))).size, 2)
  }
})

t.test('a contested solution gets the remaining verifications, if they are needed', async t => {
  const contested = (others: string) => {
    const seen = new Map<string, number>()
    return team({
      verify(asked) {
        const subject = subjectOf(asked)
        const time = seen.get(subject) ?? 0
        seen.set(subject, time + 1)
        return subject.includes('1') ? (time === 0 ? 'INCORRECT' : 'CORRECT') : others
      },
    })
  }
  const needed = contested('INCORRECT')
  t.equal(await answerOf(needed, { max_verification_attempts: 3 }), 'The answer is 1.')
  t.same(countsIn(needed), { explore: 3, verify: 7 })

  const goingOn = contested('INCORRECT')
  await answerOf(goingOn, { max_verification_attempts: 3, early_termination: false, max_iterations: 1 })
  t.equal(countsIn(goingOn)['improve'], 2, 'and is not improved once it is verified')

  const spared = contested('CORRECT')
  t.equal(await answerOf(spared, { max_verification_attempts: 3 }), 'The answer is 2.')
  t.same(countsIn(spared), { explore: 3, verify: 6 })
})

t.test('of several verified solutions, the most common answer wins', async t => {
  const ctx = team({
    explore: asked => ['The answer is 7.', 'The answer is 1/2.', 'It is 0.5.\n\n0.5'][agentOf(asked) - 1]!,
    verify: 'CORRECT',
  })
  t.equal(await answerOf(ctx), 'The answer is 1/2.')
})

t.test('an answer without its unit votes with the one that has it', async t => {
  const ctx = team({
    explore: asked =>
      ['The answer is 13 km.', 'The answer is 12 km.', 'The answer is 12.'][agentOf(asked) - 1]!,
    verify: 'CORRECT',
  })
  t.equal(await answerOf(ctx), 'The answer is 12 km.')
})

t.test('agreement with unverified solutions decides between verified answers', async t => {
  const ctx = team({
    explore: asked => ['The answer is 7.', 'so \\boxed{5}', 'The answer is 5.'][agentOf(asked) - 1]!,
    verify: approving('7', 'The answer is 5'),
  })
  t.equal(await answerOf(ctx), 'The answer is 5.')
})

t.test('nothing is verified if all drafts agree', async t => {
  const ctx = team({ explore: asked => `${agentOf(asked)}. The answer is 5.` })
  t.equal(await answerOf(ctx), '1. The answer is 5.')
  t.same(countsIn(ctx), { explore: 3 })
  t.strictSame(ctx.discarded, ['agrees with the answer', 'agrees with the answer'])
})

t.test('verifiers who err do not outweigh the agreement of all drafts', async t => {
  const ctx = team({
    explore: 'The answer is 5.',
    improve: asked => `The answer is ${agentOf(asked) + 6}.`,
    verify: approving('7', '8', '9'),
  })
  t.equal(await answerOf(ctx, { early_termination: false }), 'The answer is 5.')
})

t.test('a verified answer outweighs two drafts that every verifier finds wrong', async t => {
  const ctx = team({
    explore: asked => `The answer is ${agentOf(asked) === 1 ? 7 : 5}.`,
    verify: approving('7'),
  })
  t.equal(await answerOf(ctx), 'The answer is 7.')
})

t.test('continues until all are verified, if it is not to stop early', async t => {
  const ctx = team({ verify: approving('1', 'Improved') })
  await answerOf(ctx, { early_termination: false })
  t.same(countsIn(ctx), { explore: 3, verify: 10, improve: 2 })
  const two = team({ verify: approving('1', 'Improved') })
  await answerOf(two, { min_verified_solutions: 2 })
  t.same(countsIn(two), { explore: 3, verify: 10, improve: 2 })
})

t.test('takes the answer that agents agree on if nothing is verified, without another call', async t => {
  const ctx = team({ explore: asked => `The answer is ${agentOf(asked) === 1 ? 5 : 6}.` })
  t.equal(await answerOf(ctx, { max_iterations: 1 }), 'The answer is 6. Improved.')
  t.same(countsIn(ctx), { explore: 3, verify: 12, improve: 3 })
})

t.test('writes an answer from all solutions if nothing is verified and no two agree', async t => {
  const ctx = team()
  t.equal(await answerOf(ctx, { max_iterations: 1 }, { stop: ['x'], n: 2 }), 'The answer is 99.')
  t.same(countsIn(ctx), { explore: 3, verify: 12, improve: 3, synthesis: 1 })
  const { request, kind } = ctx.asked.at(-1)!
  t.equal(kind, 'candidate')
  t.match(request, { stop: ['x'] })
  t.match(promptOf(request), /q.*number=.*1\. Improved.*number=.*3\. Improved.*Step 2 is off/)

  const severer = team({ explore: 'The answer is 6.' })
  t.equal(await answerOf(severer, { max_iterations: 0, consensus_threshold: 4 }), 'The answer is 99.')
})

t.test('streams the last call piece by piece', async t => {
  const answer = await mars.run(requestOf('q', { stream: true }), team(), params)
  t.same((await piecesIn(answer)).slice(0, 2), ['The', ' an'])
  t.equal((await piecesIn(await mars.run(requestOf('q', { stream: true }), team(), params))).length, 6)
})

t.test('agents share strategies, and each sees two of the others', async t => {
  const ctx = team({ verify: 'CORRECT' })
  const some = { enable_strategy_network: true }
  t.equal(await answerOf(ctx, some), 'The answer is 10.')
  t.same(countsIn(ctx), { explore: 3, strategies: 3, share: 3, verify: 6 })
  const shared = ctx.asked.filter(({ path }) => path === 'share')
  for (const asked of shared) {
    const [own, ...others] = [1, 2, 3].toSorted(agent => (agent === agentOf(asked) ? -1 : 1))
    t.equal(subjectOf(asked), `The answer is ${own}.`)
    for (const other of others)
      t.match(wordsOf(asked.request.messages.at(-1)), `way of "The answer is ${other}."`)
    t.notMatch(wordsOf(asked.request.messages.at(-1)), `way of "The answer is ${own}."`)
  }
})

t.test('combines solutions into new ones, loop by loop', async t => {
  const ctx = team({ verify: 'CORRECT' })
  const combining = {
    enable_aggregation: true,
    population_size: 4,
    aggregation_size: 2,
    aggregation_loops: 2,
  }
  t.equal(await answerOf(ctx, combining), 'The answer is 100.')
  t.same(countsIn(ctx), { explore: 3, aggregate: 8, verify: 8 })
  const [first, , third] = ctx.asked.filter(({ path }) => path === 'aggregate')
  t.match(promptOf(first!.request), /number=.{0,4}1.*The answer is 1\..*number=.{0,4}2.*The answer is 2\./)
  t.match(promptOf(third!.request), /number=.{0,4}1.*The answer is 3\..*number=.{0,4}2.*The answer is 1\./)
})

t.test('works with one agent', async t => {
  const ctx = team()
  t.equal(
    await answerOf(ctx, { num_agents: 1, ...everything, max_iterations: 1 }),
    'The answer is 1. Improved.',
  )
  t.same(countsIn(ctx), { explore: 1, verify: 4, improve: 1 })
})

t.test('params can be set as mars_config and as hulumanage_params', async t => {
  const given = {
    num_agents: 2,
    max_iterations: 0,
    verification_passes_required: 1,
    consensus_threshold: 1,
    early_termination: false,
    enable_aggregation: false,
  }
  for (const more of [{ aliases: { mars_config: given } }, { params: { mars: given } }]) {
    const { runner, model } = setUp({ all: [mars] })
    const { cost, meter, reply } = await runner.run(askedFor('mars-x', more), client())
    t.equal(cost.calls, 2 + 4 + 1)
    t.match(await reply.text(), /^</)
    t.equal(meter.calls, 2 + 2 + 2)
    t.equal(model.asked[0]!.call.path, 'mars.explore')
  }
  const { runner } = setUp({ all: [mars] })
  await t.rejects(runner.run(askedFor('mars-x', { aliases: { mars_config: { agents: 2 } } }), client()), {
    code: 'invalid_value',
    param: 'mars_config.agents',
    message: /no param "agents"/,
  })
})

t.test('a failed call in a round costs only itself', async t => {
  for (const [path, changes] of Object.entries({
    explore: {},
    share: { enable_strategy_network: true },
    aggregate: { enable_aggregation: true },
    improve: {},
  })) {
    const ctx = team({
      [path]: asked => (agentOf(asked) === 1 ? down : `The answer is 8${agentOf(asked)}.`),
      verify: approving('8'),
    })
    t.equal(await answerOf(ctx, changes), 'The answer is 82.', path)
  }
  let calls = 0
  const ctx = team({ verify: () => (calls++ === 0 ? down : 'CORRECT') })
  t.equal(await answerOf(ctx), 'The answer is 2.', 'one verification short')
})

t.test('continues without a round that fails or is empty, and answers', async t => {
  for (const path of ['strategies', 'share', 'aggregate', 'verify', 'improve', 'synthesis']) {
    for (const answer of [down, [], [{ content: null }], '']) {
      const ctx = team({ [path]: answer })
      t.match(await answerOf(ctx, everything), /^The answer is \d+\./, path)
    }
  }
})

t.test('fails if every agent fails, or if all replies are empty', async t => {
  await t.rejects(answerOf(team({ explore: down })), down)
  for (const explore of [[], [{ content: null }], ' ']) {
    await t.rejects(answerOf(team({ explore })), { code: 'no_answer', status: 502 })
  }
})

t.test('leaves out truncated solutions if there are complete ones, else reports the truncation', async t => {
  const cut = { content: 'The answer is', finish: 'length' }
  const ctx = team({
    explore: asked => (agentOf(asked) === 1 ? [cut] : `The answer is ${agentOf(asked) + 3}.`),
    verify: 'CORRECT',
  })
  t.equal(await answerOf(ctx), 'The answer is 5.')
  t.same(countsIn(ctx), { explore: 3, verify: 4 })

  const all = team({ explore: [cut], verify: 'CORRECT' })
  const { choices } = await completionIn(await mars.run(requestOf('q'), all, params))
  t.match(choices, [{ finish_reason: 'length', message: { content: 'The answer is' } }])

  const improved = team({ improve: [cut], verify: 'INCORRECT' })
  t.equal(await answerOf(improved, { max_iterations: 1 }), 'The answer is', 'all of a round are truncated')
})

t.test('takes only one solution from a provider that sends several', async t => {
  const ctx = team({
    explore: asked => [`The answer is ${agentOf(asked)}.`, 'The answer is 6.'],
    verify: 'CORRECT',
  })
  t.equal(await answerOf(ctx), 'The answer is 1.')
  t.same(countsIn(ctx), { explore: 3, verify: 6 })
})

t.test('returns a tool call if half of a round make one, else leaves these out', async t => {
  const call = [{ tool_calls: [toolCall] }]
  for (const path of ['explore', 'share', 'aggregate', 'improve', 'synthesis']) {
    const ctx = team({ [path]: asked => (agentOf(asked) === 1 ? 'The answer is 4.' : call) })
    const answer = await mars.run(requestOf('q'), ctx, { ...params, ...everything })
    const { choices } = await completionIn(answer)
    t.match(choices, [{ finish_reason: 'tool_calls', message: { tool_calls: [toolCall] } }], path)
    t.equal(ctx.asked.at(-1)!.path, path)
  }
  const talking = team({
    explore: asked => (agentOf(asked) === 1 ? call : `The answer is ${agentOf(asked)}.`),
    verify: 'CORRECT',
  })
  t.equal(await answerOf(talking), 'The answer is 2.')
})

t.test('passes on a spent budget in each round, with the best so far offered', async t => {
  const spent = new HulumanageError('budget_calls', 'spent')
  for (const path of ['strategies', 'share', 'aggregate', 'verify', 'improve', 'synthesis']) {
    const ctx = team({ [path]: spent })
    await t.rejects(answerOf(ctx, everything), spent, path)
    t.match(await textIn(ctx.offers.at(-1)!), /^The answer is 1/, path)
  }
  await t.rejects(answerOf(team({ explore: spent })), spent)

  const verdicts = ['CORRECT', 'CORRECT', 'CORRECT', 'CORRECT']
  const late = team({
    verify: asked => (subjectOf(asked).includes('1') ? 'INCORRECT' : (verdicts.pop() ?? spent)),
    explore: asked => `The answer is ${agentOf(asked)}.`,
  })
  await t.rejects(answerOf(late, { verification_passes_required: 5 }), spent)
  t.equal(await textIn(late.offers.at(-1)!), 'The answer is 2.', 'the one that verifiers found right')
})

t.test('ends when the client disconnects, in each round', async t => {
  for (const path of ['explore', 'strategies', 'share', 'aggregate', 'verify', 'improve', 'synthesis']) {
    const ctx = team({
      [path]: async () => {
        ctx.controller.abort()
        return await new Promise<never>(() => {})
      },
    })
    await t.rejects(answerOf(ctx, everything), { name: 'AbortError' }, path)
  }
})

t.test('reports its progress', async t => {
  const ctx = team({ verify: approving('Improved') })
  await answerOf(ctx)
  t.match(ctx.notes, [/3 agents/, /Verifying 6 times/, /Improving/, /Verifying 6 times/, /verified/])
})

t.test('knows its cost', async t => {
  t.same(mars.cost!(params, 1), { calls: 28, rounds: 7 })
  t.same(mars.cost!(params, 2).calls, 56)
  t.same(mars.cost!({ ...params, num_agents: 1, max_iterations: 0 }, 1), { calls: 3, rounds: 2 })
  const all = { ...params, ...everything, aggregation_loops: 2, population_size: 4 }
  t.same(mars.cost!(all, 1), { calls: 3 + 6 + 8 + 4 * 2 + 2 * (4 + 4 * 2) + 1, rounds: 11 })
})

t.test('answers a whole conversation, and shows no thinking to others', async t => {
  const ctx = contextOf(({ path }) => (path === 'explore' ? '<think>hm</think>The answer is 1.' : 'CORRECT'))
  t.equal(await answerOf(ctx), '<think>hm</think>The answer is 1.')
  t.notMatch(promptOf(ctx.asked.at(-1)!.request), /hm/)
})
