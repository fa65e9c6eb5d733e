import fc from 'fast-check'
import t from 'tap'
import mcts from '../../approaches/mcts.ts'
import { HulumanageError } from '../../src/contract/index.ts'
import { completionIn, contextOf, image, piecesIn, promptOf, requestOf, textIn, toolCall } from './model.ts'
import type { Asked, FakeContext, Scripted } from './model.ts'
import { randomOf } from './random.ts'
import { inRounds } from './rounds.ts'

const params = {
  simulations: 2,
  depth: 1,
  exploration: 0.2,
  width: 3,
  parallel: 1,
  temperature: 1,
  scorer: 'grade',
  judge: '',
} as const

/** The draft that a review or a refinement is about; undefined for the first draw. */
function draftIn({ request }: Asked): string | undefined {
  const draft = request.messages.findLast(({ role }) => role === 'assistant')?.content
  return typeof draft === 'string' ? draft : undefined
}

/** Drafts are a, b, c; refinements of a draft aa, ab, ac. `review` writes the review of a draft. */
function model(review: (draft: string) => Scripted | Promise<Scripted>, names = ['a', 'b', 'c']) {
  return (asked: Asked) => {
    const draft = draftIn(asked)
    return asked.kind === 'helper' ? review(draft!) : names.map(name => (draft ?? '') + name)
  }
}

/** The drafts that were refined, in order. */
function refinedIn({ asked }: FakeContext): (string | undefined)[] {
  return asked.filter(({ path }) => path.endsWith('.refine')).map(draftIn)
}

t.test('refines the best draft, then its best refinement, and returns the best of all', async t => {
  const grades: Record<string, number> = { b: 6, bc: 9, bca: 9.5 }
  const ctx = contextOf(model(draft => `Thin in places.\nScore: ${grades[draft] ?? 4}`))
  const completion = await completionIn(await mcts.run(requestOf('q'), ctx, params))
  t.match(completion, { id: 'chatcmpl-fake', model: 'm-2026', choices: [{ message: { content: 'bca' } }] })
  t.same(refinedIn(ctx), ['b', 'bc'])
  t.same(
    ctx.asked.map(({ path, kind }) => `${path} ${kind}`).filter((line, at, all) => all[at - 1] !== line),
    [
      'draft candidate',
      'review helper',
      'simulation_1.refine candidate',
      'simulation_1.review helper',
      'simulation_2.refine candidate',
      'simulation_2.review helper',
    ],
  )
})

t.test('abandons a draft that refinement does not improve', async t => {
  const grades: Record<string, number> = { a: 7, b: 6.5, c: 1 }
  const ctx = contextOf(model(draft => String(grades[draft] ?? 2)))
  t.equal(await textIn(await mcts.run(requestOf('q'), ctx, params)), 'a')
  t.same(refinedIn(ctx), ['a', 'b'])
})

t.test('exploration prefers rarely tried drafts', async t => {
  const grades: Record<string, number> = { a: 7, ab: 8, b: 5.5 }
  const refined = async (exploration: number) => {
    const ctx = contextOf(model(draft => String(grades[draft] ?? 1)))
    await mcts.run(requestOf('q'), ctx, { ...params, exploration })
    return refinedIn(ctx)
  }
  t.same(await refined(0.2), ['a', 'ab'])
  t.same(await refined(2), ['a', 'b'])
})

t.test('returns the first of the highest grades, whatever they are', async t => {
  const grade = fc.integer({ min: 0, max: 9 })
  const options = fc.record({
    simulations: fc.integer({ min: 1, max: 5 }),
    depth: fc.integer({ min: 1, max: 3 }),
    exploration: fc.double({ min: 0, max: 3, noNaN: true }),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(grade, { minLength: 60, maxLength: 60 }), options, async (grades, chosen) => {
      const seen: { readonly draft: string; readonly points: number }[] = []
      const ctx = contextOf(
        model(draft => {
          const points = grades[seen.length]!
          seen.push({ draft, points })
          return `Score: ${points}/10`
        }),
      )
      const answer = await textIn(await mcts.run(requestOf('q'), ctx, { ...params, ...chosen }))
      const top = Math.max(...seen.map(({ points }) => points))
      t.equal(answer, seen.find(({ points }) => points === top)?.draft)
      t.equal(await textIn(ctx.offers.at(-1)!), answer, 'which was on offer')
    }),
    { numRuns: 40 },
  )
})

t.test('grades add up per answer, and the best draft of the best answer is returned', async t => {
  const drafts = ['The answer is 1.', 'The answer is 0.5.', 'I get 1/2. The answer is 1/2.']
  const answerOf = async (...points: readonly number[]) => {
    const ctx = contextOf(asked => {
      if (asked.kind === 'helper') return String(points[drafts.indexOf(draftIn(asked)!)] ?? 0)
      return draftIn(asked) ? ['Again, the answer is 1.', 'Still, the answer is 1.'] : drafts
    })
    return await textIn(await mcts.run(requestOf('q'), ctx, { ...params, simulations: 1 }))
  }
  t.equal(await answerOf(5, 5, 5), drafts[1])
  t.equal(await answerOf(7, 4, 5), drafts[2], 'the best of two that agree')
  t.equal(await answerOf(9.5, 4, 5), drafts[0])
})

t.test('ends if all drafts agree: no grade could choose another answer', async t => {
  const ctx = contextOf(() => [
    'The answer is 1/2.',
    'It is 0.5, so the answer is 0.5.',
    'The answer is 0.5.',
  ])
  t.equal(await textIn(await mcts.run(requestOf('q'), ctx, params)), 'The answer is 1/2.')
  t.equal(ctx.asked.length, 1)
})

t.test('ends once further drafts could not change the answer', async t => {
  const refinedFor = async (points: string) => {
    const ctx = contextOf(asked => {
      if (asked.kind === 'helper') return draftIn(asked)!.includes('2') ? '0' : points
      return draftIn(asked)
        ? ['So the answer is 1.', 'Again, the answer is 1.', 'Still, the answer is 1.']
        : ['The answer is 1.', 'I think the answer is 1.', 'The answer is 2.']
    })
    await mcts.run(requestOf('q'), ctx, params)
    return refinedIn(ctx).length
  }
  t.equal(await refinedFor('9'), 1, 'five grades of 0.9 are more than three drafts could add up to')
  t.equal(await refinedFor('5'), 2)
})

t.test('an answer without its unit votes with the one that has it', async t => {
  const drafts = ['The answer is 13 km.', 'The answer is 12 km.', 'The answer is 12.']
  const ctx = contextOf(asked => (asked.kind === 'helper' ? '5' : draftIn(asked) ? ['Again.'] : drafts))
  t.equal(await textIn(await mcts.run(requestOf('q'), ctx, { ...params, simulations: 0 })), drafts[1])
})

t.test('draws and refines with the fields of the client, and keeps its conversation', async t => {
  const ctx = contextOf(model(draft => `<think>5?</think>Thin.\nScore: ${draft.length}`))
  const messages = [
    { role: 'system', content: 's' },
    { role: 'user', content: [{ type: 'text', text: 'q' }, image] },
  ]
  const fields = { seed: 7, stop: ['x'], stream: true, tools: [] }
  await mcts.run({ model: 'm', messages, ...fields }, ctx, { ...params, simulations: 1 })
  const [draw, review, , , refine] = ctx.asked.map(({ request }) => request)
  const common = { model: 'm', seed: 7, stop: ['x'], tools: [], stream: false, n: 3, temperature: 1 }
  t.same(draw, { ...common, messages })
  t.match(refine, common)
  t.notOk('temperature' in review!, 'which reasoning models refuse')
  for (const asked of [review!, refine!]) {
    t.same(asked.messages.slice(0, -1), [...messages, { role: 'assistant', content: 'a' }])
    t.equal(asked.messages.at(-1)?.role, 'user')
  }
  t.match(refine!.messages.at(-1)?.content, /Thin/)
  t.notMatch(promptOf(refine!), /5\?/, 'thinking stays out')
})

t.test('shows reviewers the answer, not the thinking', async t => {
  const ctx = contextOf(model(() => '5', ['<think>hm</think>a', 'b']))
  t.equal(
    await textIn(await mcts.run(requestOf('q'), ctx, { ...params, simulations: 1 })),
    '<think>hm</think>a',
  )
  t.notOk(ctx.asked.slice(1).some(({ request }) => promptOf(request).includes('hm')))
})

t.test('reads grades as reviewers write them', async t => {
  const ways = [
    (points: number) => `${points}`,
    (points: number) => `Weak in step 2, and 3 of 4 claims unproven.\n**Score:** ${points}/10`,
    (points: number) => `{"review": "thin", "score": ${points}}`,
    (points: number) => `Fine. Score: ${points} out of 10.`,
    (points: number) => `<think>9? no</think>Thin.\n\nScore: ${points * 10}%`,
  ]
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...ways), fc.integer({ min: 0, max: 2 }), async (way, at) => {
      const best = ['a', 'b', 'c'][at]!
      const ctx = contextOf(model(draft => way(draft === best ? 8 : draft.length === 1 ? 3 : 2)))
      t.equal(await textIn(await mcts.run(requestOf('q'), ctx, params)), best)
    }),
    { numRuns: 30 },
  )
})

t.test('continues without a review that fails or is unreadable', async t => {
  const reviews: Record<string, Scripted> = { a: new Error('down'), b: '3', c: 'I cannot say' }
  const ctx = contextOf(model(draft => reviews[draft] ?? [{ content: null }]))
  t.equal(await textIn(await mcts.run(requestOf('q'), ctx, params)), 'b')
  t.same(refinedIn(ctx), ['b', 'b'], 'and does not build on an ungraded draft')
})

t.test('returns the first draft if there are no reviews', async t => {
  for (const review of ['none', new Error('down'), [], [{ content: null }]]) {
    const ctx = contextOf(model(() => review))
    t.equal(await textIn(await mcts.run(requestOf('q'), ctx, params)), 'a')
    t.equal(ctx.asked.length, 4)
  }
})

t.test('continues without a refinement that fails or is empty', async t => {
  for (const refinement of [new Error('down'), [], [{ content: null }], [{ tool_calls: [toolCall] }]]) {
    const ctx = contextOf(asked => {
      if (asked.kind === 'helper') return draftIn(asked) === 'b' ? '6' : '4'
      return draftIn(asked) ? refinement : ['a', 'b', 'c']
    })
    t.equal(await textIn(await mcts.run(requestOf('q'), ctx, params)), 'b')
    t.same(refinedIn(ctx), ['b', 'b'], 'a draft gets another try')
  }
})

t.test('leaves out truncated refinements, unless the draft is truncated', async t => {
  const cut = (content: string) => ({ content, finish: 'length' })
  const answers = async (drafts: Scripted) => {
    const ctx = contextOf(asked => {
      if (asked.kind === 'helper') return draftIn(asked) === 'better' ? '9' : '4'
      return draftIn(asked) ? [cut('better')] : drafts
    })
    return (await completionIn(await mcts.run(requestOf('q'), ctx, params))).choices
  }
  t.match(await answers(['whole']), [{ finish_reason: 'stop', message: { content: 'whole' } }])
  t.match(await answers([cut('part')]), [{ finish_reason: 'length', message: { content: 'better' } }])
})

t.test('refines even a single draft', async t => {
  const ctx = contextOf(model(draft => `Score: ${draft.length}`, ['a']))
  t.equal(await textIn(await mcts.run(requestOf('q'), ctx, params)), 'aaa')
})

t.test('stops at full marks, when nothing is left to improve', async t => {
  const early = contextOf(model(draft => (draft === 'b' ? '10/10' : '3')))
  t.equal(await textIn(await mcts.run(requestOf('q'), early, params)), 'b')
  t.equal(early.asked.length, 4)
  const later = contextOf(model(draft => (draft === 'aa' ? '10' : '3')))
  t.equal(await textIn(await mcts.run(requestOf('q'), later, { ...params, depth: 4 })), 'aa')
  t.same(refinedIn(later), ['a'])
})

t.test('full marks for an answer that others outweigh do not end the search', async t => {
  const ctx = contextOf(asked => {
    const draft = draftIn(asked)
    if (asked.kind === 'helper') return draft === '1' ? 'Score: 10' : 'Score: 8'
    return draft === undefined ? ['1', '2', '2'] : ['2', '2', '2']
  })
  t.equal(await textIn(await mcts.run(requestOf('q'), ctx, params)), '2')
  t.same(refinedIn(ctx), ['1', '2'])
})

t.test('a simulation goes to the full depth', async t => {
  const ctx = contextOf(model(draft => String(Math.min(draft.length * 2, 9) - (draft.endsWith('c') ? 0 : 1))))
  await mcts.run(requestOf('q'), ctx, { ...params, simulations: 1, depth: 3 })
  t.same(refinedIn(ctx), ['c', 'cc', 'ccc'])
})

t.test('runs simulations concurrently, on different drafts', async t => {
  const waiting: (() => void)[] = []
  const ctx = contextOf(async asked => {
    if (asked.kind === 'helper') return { a: '5', b: '7', c: '6' }[draftIn(asked)!] ?? '4'
    if (draftIn(asked) === undefined) return ['a', 'b', 'c']
    const { promise, resolve } = Promise.withResolvers<void>()
    if (waiting.push(resolve) === 3) for (const go of waiting) go()
    await promise
    return ['d', 'e', 'f'].map(name => `${draftIn(asked)}${name}`)
  })
  t.equal(await textIn(await mcts.run(requestOf('q'), ctx, { ...params, simulations: 3, parallel: 8 })), 'b')
  t.same(refinedIn(ctx), ['b', 'c', 'a'])
})

t.test('sends the answer in one piece if the client streams', async t => {
  const ctx = contextOf(model(draft => `Score: ${draft.length}`))
  const request = requestOf('q', { stream: true })
  const answer = await mcts.run(request, ctx, { ...params, simulations: 1 })
  t.same(await piecesIn(answer), ['aa'])
})

t.test('returns a tool call if half of the drafts make one, else leaves these out', async t => {
  const call = { tool_calls: [toolCall] }
  const calling = contextOf(() => ['a', call, call])
  const { choices } = await completionIn(await mcts.run(requestOf('q'), calling, params))
  t.match(choices, [{ finish_reason: 'tool_calls', message: { tool_calls: [toolCall] } }])
  t.equal(calling.asked.length, 1)

  const talking = contextOf(asked =>
    asked.kind === 'helper' ? (draftIn(asked) === 'c' ? '9' : '1') : draftIn(asked) ? [] : ['a', call, 'c'],
  )
  t.equal(await textIn(await mcts.run(requestOf('q'), talking, params)), 'c')
})

t.test('fails without a usable draft', async t => {
  for (const drafts of [[], [{ content: null }, { content: ' ' }]]) {
    const run = mcts.run(
      requestOf('q'),
      contextOf(() => drafts),
      params,
    )
    await t.rejects(run, { code: 'no_answer', status: 502 })
  }
  const error = new HulumanageError('rate_limit_exceeded', 'wait')
  await t.rejects(
    mcts.run(
      requestOf('q'),
      contextOf(() => error),
      params,
    ),
    error,
  )
})

const rounds = ['review', 'simulation_1.refine', 'simulation_1.review', 'simulation_2.refine']

t.test('passes on a spent budget, with the best so far offered', async t => {
  for (const [round, best] of rounds.map((round, at) => [round, ['a', 'b', 'b', 'ba'][at]] as const)) {
    const ctx = contextOf(asked => {
      if (asked.path === round) return new HulumanageError('budget_calls', 'spent')
      return model(draft => ({ a: '3', b: '5', ba: '8' })[draft] ?? '1')(asked)
    })
    await t.rejects(mcts.run(requestOf('q'), ctx, params), { code: 'budget_calls' }, round)
    t.equal(await textIn(ctx.offers.at(-1)!), best, round)
  }
})

t.test('what is on offer is the answer with the highest sum of grades', async t => {
  const [shared, lone] = ['The answer is 1.', 'The answer is 2.']
  const ctx = contextOf(asked => {
    if (asked.kind === 'helper') return draftIn(asked) === lone ? 'Score: 8' : 'Score: 6'
    return draftIn(asked) === undefined
      ? [lone, shared, shared]
      : new HulumanageError('budget_calls', 'spent')
  })
  await t.rejects(mcts.run(requestOf('q'), ctx, params), { code: 'budget_calls' })
  t.equal(await textIn(ctx.offers.at(-1)!), shared)
})

t.test('ends when the client disconnects, in each round', async t => {
  for (const round of ['draft', ...rounds]) {
    const ctx = contextOf(async asked => {
      if (asked.path !== round) return model(() => '5')(asked)
      ctx.controller.abort()
      return await new Promise<never>(() => {})
    })
    await t.rejects(mcts.run(requestOf('q'), ctx, params), { name: 'AbortError' }, round)
  }
})

t.test('knows its cost', async t => {
  t.same(mcts.cost?.(params, 1), { calls: 18, rounds: 6 })
  t.same(mcts.cost?.({ ...params, simulations: 5, depth: 2, parallel: 2 }, 2), { calls: 132, rounds: 14 })
  t.same(mcts.cost?.({ ...params, simulations: 4, parallel: 9 }, 1)?.rounds, 6)
})

t.test('never exceeds its stated cost, and reaches it if nothing fails', async t => {
  const options = fc.record({
    simulations: fc.integer({ min: 1, max: 6 }),
    depth: fc.integer({ min: 1, max: 3 }),
    width: fc.integer({ min: 1, max: 4 }),
    parallel: fc.integer({ min: 1, max: 5 }),
    exploration: fc.double({ min: 0, max: 3, noNaN: true }),
  })
  await fc.assert(
    fc.asyncProperty(options, fc.integer(), fc.boolean(), async (chosen, seed, failing) => {
      const random = randomOf(seed)
      const spent = { calls: 0, rounds: 0 }
      const answer = ({ kind, request }: Asked, index: number): Scripted => {
        if (failing && index > 0 && random() < 0.3) return new Error('down')
        if (kind === 'helper') return (random() * 9).toFixed(1)
        return Array.from({ length: request.n ?? 1 }, () => String(random()))
      }
      const all = { ...params, ...chosen }
      await mcts.run(requestOf('q'), contextOf(inRounds(answer, spent)), all)
      const most = mcts.cost!(all, 1)
      if (!failing) t.same(spent, most)
      t.ok(spent.calls <= most.calls && spent.rounds <= most.rounds)
    }),
    { numRuns: 40 },
  )
})
