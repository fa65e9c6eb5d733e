import t from 'tap'
import * as fc from 'fast-check'
import rsa from '../../approaches/rsa.ts'
import { HulumanageError } from '../../src/contract/index.ts'
import { completionIn, contextOf, promptOf, requestOf, textIn, toolCall } from './model.ts'
import type { Asked, Scripted } from './model.ts'
import { inRounds } from './rounds.ts'

const params = { n: 4, k: 2, steps: 2, context: 32_768, equivalence: 'auto' as const }

/** The solutions shown in a prompt, in order. */
function shownTo({ request }: Asked): string[] {
  return [...promptOf(request).matchAll(/<solution number=\\"\d+\\">\\n(.*?)\\n<\/solution>/g)].map(
    match => match[1]!,
  )
}

/** A model that draws `first`, and whose solutions from a subset are made by `combine`. */
function evolving(first: Scripted, combine: (shown: readonly string[], index: number) => Scripted) {
  return contextOf((asked, index) => (asked.path === 'draw' ? first : combine(shownTo(asked), index)))
}

t.test('each new solution is made from a random subset of the population, without repetitions', async t => {
  const ctx = evolving(['1', '2', '3', '4'], (_shown, index) => `The answer is ${10 + index}`)
  await rsa.run(requestOf('q', { seed: 5 }), ctx, { ...params, steps: 1, n: 4, k: 2 })
  const [draw, ...aggregations] = ctx.asked
  t.match(draw, { path: 'draw', kind: 'candidate', request: { n: 4, seed: 5 } })
  const made = aggregations.filter(({ path }) => path === 'aggregate')
  t.equal(made.length, 4)
  const subsets = made.map(asked => shownTo(asked))
  t.ok(subsets.every(subset => subset.length === 2 && subset[0] !== subset[1]))
  t.ok(new Set(subsets.map(subset => subset.join())).size > 1, 'they differ')
  t.equal(new Set(made.map(({ request }) => request.seed)).size, 4, 'and have seeds of their own')
})

t.test('the same request has the same subsets, and another request others', async t => {
  const subsetsOf = async (question: string) => {
    const ctx = evolving(['1', '2', '3', '4'], (_shown, index) => `The answer is ${10 + index}`)
    await rsa.run(requestOf(question), ctx, params)
    return ctx.asked.map(asked => shownTo(asked).join())
  }
  t.same(await subsetsOf('q'), await subsetsOf('q'))
  t.notSame(await subsetsOf('q'), await subsetsOf('another'))
})

t.test('each step combines the population of the step before', async t => {
  const ctx = evolving(['1', '2', '3', '4'], (shown, index) => `${shown[0]}${index}`)
  await rsa.run(requestOf('q'), ctx, params)
  const second = ctx.asked.filter(({ path }) => path === 'aggregate_2')
  t.equal(second.length, 4)
  t.ok(second.every(asked => shownTo(asked).every(text => text.length === 2)))
})

t.test('the last population and the first vote together', async t => {
  const last = ['The answer is 7', 'The answer is 7', 'The answer is 8', 'The answer is 9']
  const ctx = evolving(['8', '8', '8', '5'], (_shown, index) => last[index - 1]!)
  const answer = await rsa.run(requestOf('q'), ctx, { ...params, steps: 1 })
  t.equal(await textIn(answer), 'The answer is 8', 'in the words of the last')
  t.same(ctx.discarded.toSorted(), [
    ...Array<string>(3).fill('agrees with the answer'),
    ...Array<string>(4).fill('outvoted'),
  ])
})

t.test('it ends as soon as the vote of both populations is decided', async t => {
  const made = ['The answer is 8', 'The answer is 8', 'The answer is 8', 'The answer is 7']
  const ctx = evolving(['8', '8', '8', '5'], (_shown, index) => made[index - 1]!)
  t.equal(await textIn(await rsa.run(requestOf('q'), ctx, params)), 'The answer is 8')
  t.notOk(ctx.asked.some(({ path }) => path === 'aggregate_2'))
})

t.test('a lead that is likely to last ends it, and a smaller one does not', async t => {
  const steps = async (leading: number): Promise<number> => {
    const made = ['8', '8', '8', '8', '8', '7'].map(value => `The answer is ${value}`)
    const first = Array.from({ length: 6 }, (_, index) => (index < leading ? '8' : '7'))
    const ctx = evolving(first, (_shown, index) => made[(index - 1) % 6]!)
    await rsa.run(requestOf('q'), ctx, { ...params, n: 6 })
    return new Set(ctx.asked.map(({ path }) => path).filter(path => path.startsWith('aggregate'))).size
  }
  t.equal(await steps(4), 1, '9 to 3')
  t.equal(await steps(3), 2, '8 to 4')
})

t.test('without two equal answers, the last population alone decides', async t => {
  const drafts = ['first alpha', 'first beta', 'first gamma', 'first delta'].map(text =>
    `${text} `.repeat(60),
  )
  const ctx = contextOf(({ path }, index) =>
    path === 'draw'
      ? drafts
      : path === 'compare' || path === 'consistent'
        ? 'no idea'
        : `last ${'word '.repeat(60)}${index}`,
  )
  t.match(await textIn(await rsa.run(requestOf('q'), ctx, params)), /^last /)
})

t.test('it ends as soon as the whole population agrees', async t => {
  const agreed = evolving(['It is 1/2.', 'The answer is 0.5', '1/2', '0.5'], () => 'unused')
  t.equal(await textIn(await rsa.run(requestOf('q'), agreed, params)), 'It is 1/2.')
  t.equal(agreed.asked.length, 1)
  const later = evolving(['1', '2', '3', '4'], () => 'The answer is 3')
  t.equal(await textIn(await rsa.run(requestOf('q'), later, params)), 'The answer is 3')
  t.equal(later.asked.length, 5)
})

t.test('a solution that is too long for the context loses its middle, and none of its ends', async t => {
  const long = `begin${'x'.repeat(20_000)}end`
  const ctx = evolving([`${long}1`, `${long}2`, `${long}3`], () => 'The answer is 3')
  await rsa.run(requestOf('q'), ctx, { ...params, context: 512 })
  for (const { request } of ctx.asked.slice(1)) {
    t.match(promptOf(request), /begin.*\[\.\.\.\].*end\d/s)
    t.ok(promptOf(request).length < 4000)
  }
})

t.test(
  'a step of which some calls fail continues with the others, and one that fails as a whole ends',
  async t => {
    const down = new HulumanageError('upstream_error', 'down')
    const some = evolving(['1', '2', '3', '4'], (_shown, index) => (index === 1 ? down : 'The answer is 9'))
    t.equal(await textIn(await rsa.run(requestOf('q'), some, params)), 'The answer is 9')
    const none = evolving(['1', '2', '2', '4'], () => down)
    t.equal(await textIn(await rsa.run(requestOf('q'), none, params)), '2')
  },
)

t.test('tools of the client reach every step, and a tool call of most is the answer', async t => {
  const call = { tool_calls: [toolCall] }
  const drawn = evolving([call, call, 'a', 'b'], () => 'unused')
  t.match((await completionIn(await rsa.run(requestOf('q', { tools: [] }), drawn, params))).choices, [
    { message: { tool_calls: [toolCall] } },
  ])
  const ctx = evolving(['1', '2', '3', '4'], () => [call])
  const answer = await rsa.run(requestOf('q', { tools: [] }), ctx, params)
  t.match((await completionIn(answer)).choices, [{ message: { tool_calls: [toolCall] } }])
  t.ok(ctx.asked.every(({ request }) => request['tools'] !== undefined))
})

t.test('ends when the budget is spent, with the leader of the population as the offer', async t => {
  const spent = new HulumanageError('budget_calls', 'spent')
  const ctx = evolving(['1', '2', '2', '4'], () => spent)
  await t.rejects(rsa.run(requestOf('q'), ctx, params), spent)
  t.equal(await textIn(ctx.offers.at(-1)!), '2')
})

t.test('never exceeds its stated cost', async t => {
  const sizes = fc.record({
    n: fc.integer({ min: 2, max: 9 }),
    k: fc.integer({ min: 1, max: 12 }),
    steps: fc.integer({ min: 1, max: 4 }),
  })
  const words = fc.infiniteStream(fc.constantFrom('The answer is 1', 'red', 'blue', 'it is a long text', ''))
  await fc.assert(
    fc.asyncProperty(sizes, words, async (own, said) => {
      const spent = { calls: 0, rounds: 0 }
      const next = (): string => said.next().value
      const ctx = contextOf(
        inRounds(({ request }) => ['red', ...Array.from({ length: (request.n ?? 1) - 1 }, next)], spent),
      )
      await rsa.run(requestOf('q'), ctx, { ...params, ...own })
      const cost = rsa.cost!({ ...params, ...own }, 1)
      return spent.calls <= cost.calls && spent.rounds <= cost.rounds
    }),
  )
  t.same(rsa.cost?.({ ...params, equivalence: 'off' }, 2), { calls: 24, rounds: 3 })
})
