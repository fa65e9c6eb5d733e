import t from 'tap'
import * as fc from 'fast-check'
import genselect from '../../approaches/genselect.ts'
import { HulumanageError } from '../../src/contract/index.ts'
import { expected, margin, randomFrom, shareOf } from './chance.ts'
import { completionIn, contextOf, promptOf, requestOf, textIn, toolCall } from './model.ts'
import type { Asked, Scripted } from './model.ts'

const params = {
  n: 4,
  votes: 3,
  scorer: 'pairwise' as const,
  judge: '',
  mode: 'batch' as 'batch' | 'tournament',
  comparison_temperature: null,
  temperature: 1,
}

/** Answers by round; a round without an answer waits forever. */
function rounds(answers: Readonly<Record<string, Scripted>>) {
  return contextOf(({ path }) => answers[path] ?? new Promise<never>(() => {}))
}

/** The answers shown to a judge, in order. */
function shownTo({ request }: Asked): string[] {
  return [...promptOf(request).matchAll(/<answer number=\\"\d+\\">\\n(.*?)\\n<\/answer>/g)].map(
    match => match[1]!,
  )
}

/** Draws the drafts, and has `judge` name the best of those shown. */
function judged(drafts: Scripted, judge: (shown: readonly string[]) => string | undefined) {
  return contextOf(asked => {
    if (asked.path === 'draw') return drafts
    const shown = shownTo(asked)
    return `Best: ${shown.indexOf(judge(shown) ?? '') + 1}`
  })
}

const longest = (shown: readonly string[]): string | undefined =>
  shown.toSorted((left, right) => right.length - left.length)[0]

t.test('returns the answer that the comparisons choose, at any position', async t => {
  for (const mode of ['batch', 'tournament'] as const) {
    for (const drafts of [
      ['aaaa', 'b', 'cc', 'ddd'],
      ['b', 'cc', 'aaaa', 'ddd'],
      ['b', 'cc', 'ddd', 'aaaa'],
      ['cc', 'aaaa', 'b'],
    ]) {
      const answer = await genselect.run(requestOf('q'), judged(drafts, longest), { ...params, mode })
      t.equal(await textIn(answer), 'aaaa', `${mode} ${drafts.join()}`)
    }
  }
})

t.test('draws with all fields of the client, and compares concurrently without them', async t => {
  const started: string[] = []
  const all = Promise.withResolvers<void>()
  const ctx = contextOf(async ({ path }) => {
    if (path === 'draw') return ['a', 'b', 'c', 'd']
    started.push(path)
    if (started.length === 3) all.resolve()
    await all.promise
    return 'Best: 1'
  })
  const request = requestOf('q', { seed: 7, n: 2, stream: true, tools: [], temperature: 0.9 })
  const answer = await genselect.run(request, ctx, { ...params, comparison_temperature: 0.3 })
  const { id, model, choices } = await completionIn(answer)
  t.match({ id, model, choices: choices.length }, { id: 'chatcmpl-fake', model: 'm-2026', choices: 1 })
  const [draw, ...comparisons] = ctx.asked
  t.match(draw, { kind: 'candidate', request: { n: 4, stream: false, seed: 7, tools: [], temperature: 0.9 } })
  t.equal(comparisons.length, 3)
  t.ok(comparisons.every(({ kind, request: asked }) => kind === 'helper' && asked.temperature === 0.3))
  t.same(ctx.notes, ['Drawing 4 answers', 'Comparing 4 answers'])
})

t.test('compares two at a time in a tournament, and the chosen ones again', async t => {
  const ctx = judged(['a', 'bb', 'ccc', 'dddd', 'eeeee'], longest)
  await genselect.run(requestOf('q'), ctx, { ...params, n: 5, mode: 'tournament', votes: 1 })
  t.same(
    ctx.asked.map(({ path }) => path),
    ['draw', 'select', 'select', 'select_2', 'select_3'],
  )
  t.ok(ctx.asked.slice(1).every(asked => shownTo(asked).length === 2))
})

t.test('splits a batch that would not fit into the window of the judge, within the stated cost', async t => {
  const draft = (name: string): string => `${name} ${'so it is '.repeat(400)}`
  const drafts = ['a', 'b', 'c', 'd', 'e'].map(draft)
  const run = async (window: number) => {
    const judging = judged(drafts, shown => shown.find(text => text.startsWith('d')) ?? shown[0])
    const ctx = { ...judging, contextWindow: () => window }
    const chosen = await textIn(await genselect.run(requestOf('q'), ctx, { ...params, n: 5 }))
    t.equal(chosen?.slice(0, 1), 'd')
    const comparisons = judging.asked.filter(({ path }) => path !== 'draw')
    t.ok(judging.asked.length <= genselect.cost!({ ...params, n: 5 }, 1).calls)
    return comparisons.map(asked => shownTo(asked).length)
  }
  t.same(await run(100_000), [5, 5, 5])
  t.same(await run(4000), [3, 2, 2])
  t.same(await run(1100), [2, 2, 2, 2])
})

t.test('needs no comparison if all answers are the same, or there is only one', async t => {
  const ctx = rounds({ draw: ['It is\n\n1/2', 'The answer is 0.5.', '\\boxed{\\frac12}'] })
  t.equal(await textIn(await genselect.run(requestOf('q'), ctx, params)), 'It is\n\n1/2')
  t.equal(
    await textIn(await genselect.run(requestOf('q'), rounds({ draw: 'n was ignored' }), params)),
    'n was ignored',
  )
  const cut = { content: 'cut', finish: 'length' }
  t.equal(
    await textIn(
      await genselect.run(requestOf('q'), rounds({ draw: [cut, 'a', { content: null }] }), params),
    ),
    'a',
  )
})

t.test('takes the most common answer if no comparison is readable', async t => {
  const drafts = ['13', '7', 'The answer is 12.', '12']
  const down = new HulumanageError('upstream_error', 'down')
  for (const select of ['None of them.', '', 'Best: 9', [{ content: null }], [], down] as const) {
    for (const mode of ['batch', 'tournament'] as const) {
      const ctx = rounds({ draw: drafts, select, select_2: select })
      t.equal(await textIn(await genselect.run(requestOf('q'), ctx, { ...params, mode })), drafts[2])
    }
  }
})

t.test('a comparison that fails costs one vote', async t => {
  let comparisons = 0
  const ctx = contextOf(asked => {
    if (asked.path === 'draw') return ['a', 'b', 'c']
    return comparisons++ === 0
      ? new HulumanageError('upstream_error', 'down')
      : `Best: ${shownTo(asked).indexOf('c') + 1}`
  })
  t.equal(await textIn(await genselect.run(requestOf('q'), ctx, params)), 'c')
})

t.test('returns a tool call if half of the answers make one', async t => {
  const call = { tool_calls: [toolCall] }
  const answer = await genselect.run(requestOf('q'), rounds({ draw: ['a', 'b', call, call] }), params)
  t.match((await completionIn(answer)).choices, [{ message: { tool_calls: [toolCall] } }])
  t.equal(await textIn(await genselect.run(requestOf('q'), judged(['a', call, 'bb'], longest), params)), 'bb')
})

t.test('fails with the error of the model, or if there is no answer', async t => {
  const error = new HulumanageError('upstream_error', 'down')
  const run = (draw: Scripted) => genselect.run(requestOf('q'), rounds({ draw }), params)
  await t.rejects(run(error), error)
  await t.rejects(run([]), { code: 'no_answer' })
  await t.rejects(run([{ content: null }, '']), { code: 'no_answer' })
})

t.test('ends when the client disconnects or the budget is spent, in each round', async t => {
  for (const until of ['draw', 'select', 'select_2']) {
    const ctx = contextOf(async ({ path }) => {
      if (path === 'draw' && until !== 'draw') return ['a', 'b', 'c', 'd']
      if (path !== until) return 'Best: 1'
      ctx.controller.abort()
      return await new Promise<never>(() => {})
    })
    const tournament = { ...params, mode: 'tournament' as const }
    await t.rejects(genselect.run(requestOf('q'), ctx, tournament), { name: 'AbortError' }, until)
  }
  const spent = new HulumanageError('budget_tokens', 'spent')
  const ctx = rounds({ draw: ['12', '13', '13'], select: spent })
  await t.rejects(genselect.run(requestOf('q'), ctx, params), spent)
  t.equal(await textIn(ctx.offers.at(-1)!), '13', 'the best so far is offered')
})

t.test('never exceeds its stated cost', async t => {
  const asked = fc.record({
    n: fc.integer({ min: 2, max: 17 }),
    votes: fc.integer({ min: 1, max: 4 }),
    mode: fc.constantFrom('batch' as const, 'tournament' as const),
  })
  await fc.assert(
    fc.asyncProperty(asked, fc.infiniteStream(fc.constantFrom('1', '2', '3', '')), async (own, drafts) => {
      const ctx = contextOf(({ path }) => (path === 'draw' ? ['1', ...drafts.take(own.n - 1)] : 'Best: 2'))
      await genselect.run(requestOf('q'), ctx, { ...params, ...own })
      const calls = ctx.asked.reduce((sum, { request }) => sum + (request.n ?? 1), 0)
      const paths = new Set(ctx.asked.map(({ path }) => path))
      const cost = genselect.cost!({ ...params, ...own }, 1)
      return calls <= cost.calls && paths.size <= cost.rounds
    }),
  )
  t.same(genselect.cost?.(params, 2), { calls: 14, rounds: 3 })
  t.same(genselect.cost?.({ ...params, mode: 'tournament', n: 5 }, 1), { calls: 17, rounds: 4 })
})

t.test('is right exactly as often as predicted from its draws and its judge', async t => {
  const [trials, right, judge] = [800, 0.5, 0.7]
  const random = randomFrom(3)
  const share = await shareOf(trials, async trial => {
    const ctx = judged(
      Array.from({ length: 4 }, (_empty, index) => (random() < right ? `right ${index}` : `wrong ${index}`)),
      shown => {
        const guess = shown[Math.floor(random() * shown.length)]
        return random() < judge ? (shown.find(text => text.startsWith('right')) ?? guess) : guess
      },
    )
    const answer = await textIn(await genselect.run(requestOf(`q${trial}`), ctx, { ...params, votes: 1 }))
    return answer!.startsWith('right')
  })
  const predicted = expected(4, right, good => (good === 0 ? 0 : judge + ((1 - judge) * good) / 4))
  t.ok(predicted > right + 0.25)
  t.ok(Math.abs(share - predicted) < margin(predicted, trials), `${share} is about ${predicted}`)
})

t.test('a judge that always takes the first position favours no answer', async t => {
  const trials = 600
  const share = await shareOf(trials, async trial => {
    const ctx = judged(['a', 'b', 'c', 'd'], shown => shown[0])
    return (await textIn(await genselect.run(requestOf(`q${trial}`), ctx, { ...params, votes: 1 }))) === 'a'
  })
  t.ok(Math.abs(share - 0.25) < margin(0.25, trials), `${share} is about a quarter`)
})
