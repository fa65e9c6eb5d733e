import t from 'tap'
import { z } from 'zod'
import type { Approach } from '../../../src/contract/index.ts'
import { approach, askedFor, client, setUp } from '../fakes.ts'

const inner: Approach = {
  name: 'inner',
  summary: 'Says its params',
  params: z.object({ n: z.int().max(9).default(2) }),
  aliases: { best_of_n: 'n' },
  cost: ({ n }, times) => ({ calls: times * (n as number), rounds: 1 }),
  run: async (_request, _ctx, { n }) => `n is ${n as number}`,
}
const outer = approach('outer', (request, ctx) => inner.run(request, ctx, ctx.paramsOf(inner)), {
  uses: [inner],
  cost: (_params, times, paramsOf) => inner.cost!(paramsOf!(inner), times),
})
const all = [inner, outer]

t.test(
  'a step that another one uses has the params of the configuration, then those of the request',
  async t => {
    t.same(await setUp({ all }).texts(askedFor('outer-x')), ['n is 2'])
    const { texts } = setUp({ all, config: { steps: { inner: { n: 5 } } } })
    t.same(await texts(askedFor('outer-x')), ['n is 5'])
    t.same(await texts(askedFor('outer-x', { params: { inner: { n: 7 } } })), ['n is 7'])
    t.same(await texts(askedFor('outer-x', { aliases: { best_of_n: 8 } })), ['n is 8'])
    await t.rejects(texts(askedFor('outer-x', { params: { inner: { n: 99 } } })), {
      code: 'invalid_value',
      param: 'hulumanage_params.inner.n',
    })
  },
)

t.test('the stated cost of a step counts the params of those that it uses', async t => {
  const { runner } = setUp({ all, config: { steps: { inner: { n: 5 } } } })
  const asked = askedFor('outer-x', { budget: { calls: 4 } })
  await t.rejects(runner.run(asked, client()), { code: 'budget_too_small' })
})

t.test('the owner differs by server, client, key, chain and params, and by nothing else', async t => {
  const owning = approach('owning', async (_request, ctx) => ctx.owner, {
    params: z.object({ n: z.int().default(1) }),
  })
  const { runner } = setUp({ all: [...all, owning] })
  const { runner: another } = setUp({ all: [...all, owning] })
  const ownerOf = async (more: object, own = {}, name = 'owning', server = runner) => {
    const { reply } = await server.run(askedFor(`${name}-x`, own), { ...client(), ...more })
    return await reply.text()
  }
  const same = await ownerOf({ tenant: 'one' })
  t.equal(await ownerOf({ tenant: 'one', id: 'another request' }), same)
  const others = [
    await ownerOf({ tenant: 'one' }, {}, 'owning', another),
    await ownerOf({}),
    await ownerOf({ tenant: 'two' }),
    await ownerOf({ tenant: 'one', clientKey: 'sk-secret' }),
    await ownerOf({ tenant: 'one', clientHeaders: { 'openai-organization': 'org' } }),
    await ownerOf({ tenant: 'one' }, {}, 'inner&owning'),
    await ownerOf({ tenant: 'one' }, { params: { owning: { n: 2 } } }),
  ]
  t.equal(new Set([same, ...others]).size, 8)
  t.notOk(others.some(owner => owner.includes('secret')))
})

t.test('a step learns the window of a model from the configuration', async t => {
  const learning = approach('learning', async ({ model }, ctx) => `${ctx.contextWindow(model)}`)
  const providers = [{ name: 'a', type: 'simulated', context_windows: { 'gpt-*': 128_000 } }]
  const { texts } = setUp({ all: [learning], config: { providers } })
  t.same(await texts(askedFor('learning-gpt-4')), ['128000'])
  t.same(await texts(askedFor('learning-x')), ['undefined'])
})
