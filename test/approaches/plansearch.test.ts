import t from 'tap'
import * as fc from 'fast-check'
import plansearch from '../../approaches/plansearch.ts'
import { HulumanageError } from '../../src/contract/index.ts'
import { textOf } from '../../src/chat/completion.ts'
import { inRounds } from './rounds.ts'
import { completionIn, contextOf, image, piecesIn, promptOf, requestOf, textIn, toolCall } from './model.ts'
import type { Asked, FakeContext, Scripted } from './model.ts'

const params = { n: 3, observations: 3, derived: 2, judge: '' }
const waiting = new Promise<never>(() => {})
const down = new HulumanageError('upstream_error', 'down')

type Answers = Readonly<Record<string, Scripted | ((asked: Asked) => Scripted)>>

const script = {
  observe: '1. ONE\n2. TWO\n3. THREE',
  derive: ({ request }: Asked) =>
    `- from ${basesIn(request).join('+')} first\n- from ${basesIn(request).join('+')} second`,
  'solve.sketch': ({ request }: Asked) => `sketch on ${basesIn(request).join('+')}`,
  sketch: ({ request }: Asked) => `sketch on ${basesIn(request).join('+')}`,
  solve: ({ request }: Asked) => `answer by ${/sketch on ([A-Z+]*)/.exec(promptOf(request))?.[1]}`,
  '': 'the only answer',
  grade: ({ request }: Asked) => (textOf(request.messages.at(-2)).includes('TWO+THREE') ? '9' : '4'),
}

/** The initial observations in a prompt. */
function basesIn(request: Asked['request']): string[] {
  return [...new Set(promptOf(request).match(/\b(?:ONE|TWO|THREE)\b/g))]
}

function answering(answers: Answers): FakeContext {
  return contextOf(scriptOf(answers))
}

function scriptOf(answers: Answers) {
  return (asked: Asked): Scripted => {
    const answer = answers[asked.path]
    if (answer === undefined) throw new TypeError(`no answer to "${asked.path}"`)
    return typeof answer === 'function' ? answer(asked) : answer
  }
}

function pathsOf(ctx: FakeContext): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { path, kind } of ctx.asked) counts[`${path} ${kind}`] = (counts[`${path} ${kind}`] ?? 0) + 1
  return counts
}

t.test(
  'combines observations, sketches and solves with several combinations, and returns the best',
  async t => {
    const ctx = answering(script)
    t.equal(await textIn(await plansearch.run(requestOf('q'), ctx, params)), 'answer by TWO+THREE')
    t.same(pathsOf(ctx), {
      'observe helper': 1,
      'derive helper': 3,
      'solve.sketch helper': 3,
      'solve candidate': 3,
      'grade helper': 3,
    })
  },
)

t.test('defect of the original: observations were not combined', async t => {
  const ctx = answering(script)
  await plansearch.run(requestOf('q'), ctx, params)
  const at = (path: string) => ctx.asked.filter(asked => asked.path === path).map(({ request }) => request)
  const pairs = [
    ['ONE', 'TWO'],
    ['TWO', 'THREE'],
    ['ONE', 'THREE'],
  ]
  t.same(at('derive').map(basesIn), pairs, 'new ones are derived from each pair')
  t.same(at('solve.sketch').map(basesIn), pairs, 'and each sketch is built on another pair')
  for (const request of at('solve.sketch')) {
    t.match(promptOf(request), new RegExp(`from ${basesIn(request).join('\\+')} first.*second`))
  }
})

t.test('uses further combinations once each pair has had its turn, and none twice', async t => {
  const ctx = answering({ ...script, grade: '5' })
  await plansearch.run(requestOf('q'), ctx, { ...params, n: 30 })
  const sketches = ctx.asked
    .filter(({ path }) => path === 'solve.sketch')
    .map(({ request }) => promptOf(request))
  t.equal(
    sketches.length,
    18,
    '3 pairs and 3 single ones, each with a pair of derived ones and 2 single ones',
  )
  t.equal(new Set(sketches).size, 18)
  t.equal(pathsOf(ctx)['derive helper'], 6)
})

t.test('defect of the original: every question was treated as a programming contest in Python', async t => {
  const ctx = answering(script)
  await plansearch.run(requestOf('Why is the sky blue?'), ctx, params)
  for (const { request } of ctx.asked) t.notMatch(promptOf(request), /python|program|contest|\bcode\b/i)
})

t.test('defect of the original: an approach returned n answers for one choice', async t => {
  const { choices } = await completionIn(await plansearch.run(requestOf('q'), answering(script), params))
  t.equal(choices.length, 1)
})

t.test('defect of the original: a truncated step became an error message or an empty list', async t => {
  const cut = [{ content: 'cut', finish: 'length' }]
  const sketchless = answering({ ...script, 'solve.sketch': cut, solve: 'answer' })
  t.equal(await textIn(await plansearch.run(requestOf('q'), sketchless, params)), 'answer')
  const last = sketchless.asked.at(-1)!.request
  t.same(basesIn(last), ['ONE', 'THREE'], 'the observations replace the sketch')
  t.notMatch(promptOf(last), /cut/)

  const broken = answering({ ...script, solve: cut })
  const { choices } = await completionIn(await plansearch.run(requestOf('q'), broken, params))
  t.match(choices, [{ finish_reason: 'length', message: { content: 'cut' } }])
  t.same(broken.offers, [], 'a truncated answer is not offered while complete ones may follow')
})

t.test('returns the answer that more than half agree on, without grading', async t => {
  const answers = ['It is 1/2.', 'The answer is 0.5', 'The answer is 7']
  let turn = 0
  const ctx = answering({ ...script, solve: () => answers[turn++ % 3]!.replace('It is', 'The answer is') })
  t.equal(await textIn(await plansearch.run(requestOf('q'), ctx, params)), 'The answer is 1/2.')
  t.notOk(pathsOf(ctx)['grade helper'])
})

t.test('grades one answer for each result, and ties go to the more common', async t => {
  const answers = ['1', '2', '3', '2']
  let turn = 0
  const ctx = answering({ ...script, solve: () => `The answer is ${answers[turn++]}`, grade: 'Score: 6/10' })
  t.equal(await textIn(await plansearch.run(requestOf('q'), ctx, { ...params, n: 4 })), 'The answer is 2')
  t.equal(pathsOf(ctx)['grade helper'], 3)
})

t.test('makes the calls of a round concurrently', async t => {
  for (const path of ['derive', 'solve.sketch', 'solve', 'grade']) {
    const all = Promise.withResolvers<void>()
    let started = 0
    const ctx = contextOf(async asked => {
      if (asked.path === path && ++started === 3) all.resolve()
      if (asked.path === path) await all.promise
      return scriptOf(script)(asked)
    })
    t.ok(await plansearch.run(requestOf('q'), ctx, params), path)
  }
})

t.test('streams the only solution piece by piece', async t => {
  const ctx = answering(script)
  const answer = await plansearch.run(requestOf('q', { stream: true }), ctx, { ...params, n: 1 })
  t.same(await piecesIn(answer), ['the', ' on', 'ly ', 'ans', 'wer'])
  t.same(pathsOf(ctx), { 'observe helper': 1, 'derive helper': 1, 'sketch helper': 1, ' candidate': 1 })
})

t.test('reads observations in any form', async t => {
  const styles = fc.constantFrom<(items: readonly string[]) => string>(
    items => items.map((item, at) => `${at + 1}) ${item}`).join('\n'),
    items => `Sure:\n\n${items.map(item => `* **${item}**`).join('\n\n')}`,
    items => `<think>1. WRONG</think>${JSON.stringify(items)}`,
    items => items.join('\n'),
  )
  await fc.assert(
    fc.asyncProperty(styles, fc.integer({ min: 2, max: 5 }), async (write, count) => {
      const items = Array.from({ length: count }, (_, at) => `thing-${at} holds`)
      const ctx = answering({ ...script, observe: write(items), derive: 'NEW', solve: 'answer' })
      await plansearch.run(requestOf('q'), ctx, { ...params, observations: 4 })
      const prompts = ctx.asked
        .filter(({ path }) => path === 'derive')
        .map(({ request }) => promptOf(request))
      t.match(prompts[0], /thing-0 holds.*thing-1 holds/)
      t.ok(prompts.every(prompt => !prompt.includes('thing-4') && !prompt.includes('WRONG')))
      t.equal(prompts.length, 3)
    }),
    { numRuns: 20 },
  )
})

t.test('continues without observations, derived ones or sketches', async t => {
  for (const lost of [down, [], [{ content: null }], '']) {
    const unobserved = answering({ ...script, observe: lost })
    t.equal(await textIn(await plansearch.run(requestOf('q'), unobserved, params)), 'the only answer')
    t.same(pathsOf(unobserved), { 'observe helper': 1, 'sketch helper': 1, ' candidate': 1 })

    const underived = answering({ ...script, derive: lost })
    t.equal(await textIn(await plansearch.run(requestOf('q'), underived, params)), 'answer by TWO+THREE')

    const unsketched = answering({ ...script, 'solve.sketch': lost, solve: 'answer' })
    t.equal(await textIn(await plansearch.run(requestOf('q'), unsketched, params)), 'answer')

    const bare = answering({ ...script, observe: lost, sketch: lost })
    const request = requestOf('q')
    await plansearch.run(request, bare, params)
    t.same(bare.asked.at(-1)?.request, request)
  }
})

t.test('continues without a solution or a grade', async t => {
  for (const lost of [down, [], [{ content: null }]]) {
    const isLost = ({ request }: Asked) => promptOf(request).includes('ONE')
    const solved = answering({ ...script, solve: asked => (isLost(asked) ? lost : script.solve(asked)) })
    t.equal(await textIn(await plansearch.run(requestOf('q'), solved, params)), 'answer by TWO+THREE')
    t.notOk(pathsOf(solved)['grade helper'])

    const ungraded = answering({ ...script, grade: lost })
    t.equal(await textIn(await plansearch.run(requestOf('q'), ungraded, params)), 'answer by ONE+TWO')
  }
})

t.test('fails if every solution fails', async t => {
  await t.rejects(plansearch.run(requestOf('q'), answering({ ...script, solve: down }), params), down)
  await t.rejects(
    plansearch.run(
      requestOf('q'),
      contextOf(() => down),
      params,
    ),
    down,
  )
  for (const solve of [[], [{ content: null }]]) {
    await t.rejects(plansearch.run(requestOf('q'), answering({ ...script, solve }), params), {
      code: 'no_answer',
    })
  }
})

t.test('keeps all messages, and the fields of the client for solutions', async t => {
  const messages = [
    { role: 'developer', content: 's' },
    { role: 'user', content: 'before' },
    { role: 'assistant', content: null, tool_calls: [toolCall] },
    { role: 'tool', tool_call_id: 'call_1', content: '42' },
    { role: 'user', name: 'ann', content: [{ type: 'text', text: 'q' }, image] },
  ]
  const fields = { seed: 7, n: 2, tools: [], temperature: 0, max_tokens: 9, stream: true }
  const ctx = answering({ ...script, grade: '3' })
  await plansearch.run({ model: 'm', messages, ...fields }, ctx, params)
  for (const { request } of ctx.asked) {
    t.same(request.messages.slice(0, 4), messages.slice(0, 4))
    t.match(request.messages[4]?.content, [{ text: 'q' }, image])
  }
  const solving = ctx.asked.filter(({ path }) => path === 'solve').map(({ request }) => request)
  t.same(
    solving.map(({ seed }) => seed),
    [7, 8, 9],
  )
  for (const request of solving) {
    const { n: _n, seed: _seed, ...rest } = fields
    t.match(request, { ...rest, stream: false })
    t.notOk('n' in request, 'each solution is a call of its own, whether a provider knows n or not')
  }
})

t.test('returns a tool call if half of the solutions make one', async t => {
  const call = [{ tool_calls: [toolCall] }]
  const ctx = answering({ ...script, solve: asked => (basesIn(asked.request).includes('TWO') ? call : 'a') })
  const { choices } = await completionIn(await plansearch.run(requestOf('q'), ctx, params))
  t.match(choices, [{ finish_reason: 'tool_calls', message: { tool_calls: [toolCall] } }])

  const only = answering({ ...script, '': call })
  const answer = await completionIn(await plansearch.run(requestOf('q'), only, { ...params, n: 1 }))
  t.match(answer.choices, [{ finish_reason: 'tool_calls' }])
})

t.test('passes on a spent budget, with the best so far offered', async t => {
  const spent = new HulumanageError('budget_calls', 'spent')
  for (const round of ['observe', 'derive', 'solve.sketch', 'solve']) {
    const ctx = answering({ ...script, [round]: spent })
    await t.rejects(plansearch.run(requestOf('q'), ctx, params), spent, round)
    t.same(ctx.offers, [])
  }
  const ctx = answering({ ...script, grade: spent })
  await t.rejects(plansearch.run(requestOf('q'), ctx, params), spent)
  t.equal(await textIn(ctx.offers.at(-1)!), 'answer by ONE+TWO')

  const late = answering({
    ...script,
    solve: asked => (basesIn(asked.request).includes('ONE') ? spent : 'early'),
  })
  t.equal(await textIn(await plansearch.run(requestOf('q'), late, params)), 'early')
})

t.test('offers the first solution while others are in progress', async t => {
  const ctx = contextOf(async asked => {
    if (asked.path !== 'solve' || basesIn(asked.request).includes('TWO')) return scriptOf(script)(asked)
    while (ctx.offers.length === 0) await new Promise(setImmediate)
    ctx.controller.abort()
    return waiting
  })
  await t.rejects(plansearch.run(requestOf('q'), ctx, params), { name: 'AbortError' })
  t.same(await Promise.all(ctx.offers.map(textIn)), ['answer by ONE+TWO'])
})

t.test('ends when the client disconnects, in each round', async t => {
  for (const n of [1, 3]) {
    const rounds = n === 1 ? ['sketch', ''] : ['solve.sketch', 'solve', 'grade']
    for (const round of ['observe', 'derive', ...rounds]) {
      const ctx = contextOf(async asked => {
        if (asked.path !== round) return scriptOf(script)(asked)
        ctx.controller.abort()
        return waiting
      })
      await t.rejects(plansearch.run(requestOf('q'), ctx, { ...params, n }), { name: 'AbortError' }, round)
    }
  }
})

t.test('never exceeds its stated cost', async t => {
  const small = fc.integer({ min: 1, max: 5 })
  const said = fc.constantFrom<Scripted>(
    '1. A\n2. B\n3. C\n4. D\n5. E\n6. F',
    '- A',
    '',
    down,
    '8',
    [{ content: 'cut', finish: 'length' }],
    [{ tool_calls: [toolCall] }],
  )
  const model = fc.record({ n: small, observations: small, derived: small, judge: fc.constant('') })
  await fc.assert(
    fc.asyncProperty(model, fc.infiniteStream(said), async (chosen, answers) => {
      const spent = { calls: 0, rounds: 0 }
      const ctx = contextOf(inRounds(() => answers.next().value as Scripted, spent))
      await plansearch.run(requestOf('q'), ctx, chosen).catch(() => {})
      const { calls, rounds } = plansearch.cost!(chosen, 1)
      t.ok(spent.calls <= calls && spent.rounds <= rounds, JSON.stringify({ ...chosen, ...spent }))
    }),
    { numRuns: 150 },
  )
  t.same(plansearch.cost?.(params, 1), { calls: 13, rounds: 5 })
  t.same(plansearch.cost?.({ ...params, n: 1 }, 2), { calls: 8, rounds: 4 })
})

t.test('reaches its stated calls and rounds', async t => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 6 }), async n => {
      let turn = 0
      const spent = { calls: 0, rounds: 0 }
      const answers = { ...script, solve: () => `The answer is ${turn++}`, grade: '5' }
      const ctx = contextOf(inRounds(scriptOf(answers), spent))
      await plansearch.run(requestOf('q'), ctx, { ...params, n })
      t.same(spent, plansearch.cost!({ ...params, n }, 1))
    }),
    { numRuns: 6 },
  )
})

t.test('an empty answer to the only solution is an error, as elsewhere', async t => {
  const ctx = contextOf(({ kind }) => (kind === 'helper' ? '' : [{ content: null }]))
  await t.rejects(async () => await textIn(await plansearch.run(requestOf('q'), ctx, params)), {
    code: 'no_answer',
  })
})
