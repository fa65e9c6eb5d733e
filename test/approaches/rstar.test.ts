import fc from 'fast-check'
import t from 'tap'
import rstar from '../../approaches/rstar.ts'
import { HulumanageError } from '../../src/contract/index.ts'
import { completionIn, contextOf, image, piecesIn, promptOf, requestOf, textIn, toolCall } from './model.ts'
import type { Asked, FakeContext, Scripted } from './model.ts'
import { randomOf } from './random.ts'
import { inRounds } from './rounds.ts'

const params = {
  rollouts: 5,
  depth: 3,
  exploration: 1.4,
  votes: 3,
  parallel: 4,
  discriminator: '',
  temperature: 1,
}

type Answers = (asked: Asked) => Scripted | Promise<Scripted>

/** The last part of a call's path: the kind of a step, `answer` or `check`. */
function roundOf({ path }: Asked): string {
  return path.slice(path.lastIndexOf('.') + 1)
}

/** Steps are `[thought]`, `[subquestion]` and so on; the functions write answers and checks. */
function model(answers: Answers, check: Answers = () => '?'): (asked: Asked) => Scripted | Promise<Scripted> {
  return asked => {
    const round = roundOf(asked)
    if (round === 'answer') return answers(asked)
    return round === 'check' ? check(asked) : `[${round}]`
  }
}

/** The steps shown to a call, such as `[thought]`. */
function stepsIn({ request }: Asked): string {
  return [...promptOf(request).matchAll(/\[[a-z]+\]/g)].join('')
}

/** The steps of all lines, in order. */
function linesIn({ asked }: FakeContext): string[] {
  return asked.filter(one => roundOf(one) === 'answer').map(stepsIn)
}

t.test('answers directly and after each kind of step, then continues from the best agreement', async t => {
  const ctx = contextOf(
    model(asked => (stepsIn(asked).startsWith('[subquestion]') ? ['12', '12', '12'] : ['1', '2', '3'])),
  )
  t.equal(await textIn(await rstar.run(requestOf('q'), ctx, params)), '12')
  t.same(linesIn(ctx), ['', '[thought]', '[subquestion]', '[rephrase]', '[subquestion][subquestion]'])
  t.same(ctx.asked.map(({ kind, path }) => `${kind} ${path}`).toSorted(), [
    ...Array.from({ length: 5 }, () => 'candidate check'),
    ...Array.from({ length: 5 }, (_, at) => `candidate rollout_${at + 1}.answer`),
    'helper rollout_2.thought',
    'helper rollout_3.subquestion',
    'helper rollout_4.rephrase',
    'helper rollout_5.subquestion',
  ])
})

t.test('the tree grows deeper where answers agree, up to its depth', async t => {
  const deepens = async (depth: number) => {
    const sure = (asked: Asked) => stepsIn(asked) === '[thought]'.repeat(stepsIn(asked).length / 9)
    const ctx = contextOf(model(asked => (sure(asked) ? ['12', '12', '12'] : ['1', '2', '3'])))
    await rstar.run(requestOf('q'), ctx, { ...params, rollouts: 9, depth, exploration: 0.1, parallel: 1 })
    return Math.max(...linesIn(ctx).map(line => line.split('[').length - 1))
  }
  t.same(await Promise.all([1, 2, 3, 4, 5].map(deepens)), [0, 1, 2, 3, 4])
})

t.test('answers a sub-question again without seeing the first try', async t => {
  const ctx = contextOf(asked => {
    if (roundOf(asked) === 'subquestion') return '<question>How many legs?</question> Four, I guess.'
    return model(({ request }) =>
      /How many legs/.test(promptOf(request)) ? ['12', '12', '12'] : ['1', '2', '3'],
    )(asked)
  })
  await rstar.run(requestOf('q'), ctx, { ...params, rollouts: 6, parallel: 1 })
  const again = ctx.asked.find(asked => roundOf(asked) === 'again')!
  t.match(promptOf(again.request), /<question>\\nHow many legs\?\\n<\/question>/)
  t.notMatch(promptOf(again.request), /I guess/)
  const answer = ctx.asked.find(({ path }) => path === again.path.replace('again', 'answer'))!
  t.match(
    promptOf(answer.request),
    /<work>\\n<question>\\nHow many legs\?\\n<\/question>\\n\\n\[again\]\\n<\/work>/,
  )
})

t.test('returns the best supported answer that another solver confirms', async t => {
  const answers: Record<string, string[]> = {
    '': ['3', '3', '3'],
    '[thought]': ['5', '5', '6'],
    '[subquestion]': ['5', '7', '8'],
    '[rephrase]': ['5', '8', '9'],
  }
  const lines = model(
    asked => answers[stepsIn(asked)]!,
    ({ request }) => (promptOf(request).includes('[thought]') ? 'So, the answer is 5.' : '4'),
  )
  const four = { ...params, rollouts: 4 }
  t.equal(await textIn(await rstar.run(requestOf('q'), contextOf(lines), four)), '5')
  const nobody = contextOf(model(asked => answers[stepsIn(asked)]!))
  t.equal(
    await textIn(await rstar.run(requestOf('q'), nobody, four)),
    '3',
    'of all lines, if none is confirmed',
  )
})

t.test('an answer that other lines share beats an equally consistent one that none shares', async t => {
  const answers: Record<string, string[]> = {
    '': ['3', '3', '4'],
    '[thought]': ['0.5', '6', '1/2'],
    '[subquestion]': ['7', '8', '\\boxed{\\frac12}'],
    '[rephrase]': ['I get 50%. The answer is 0.50.', '9', '10'],
  }
  const ctx = contextOf(model(asked => answers[stepsIn(asked)]!))
  t.equal(await textIn(await rstar.run(requestOf('q'), ctx, { ...params, rollouts: 4 })), '0.5')
})

t.test('reads results as models write them', async t => {
  const ways = [
    (result: number) => `${result}`,
    (result: number) => `Nine less three.\n\nThe answer is ${result}.`,
    (result: number) => `so \\boxed{${result}}`,
    (result: number) => `<think>or ${result + 1}?</think>**Final answer:** ${result}.0`,
    (result: number) => `Well.\n#### ${result}`,
  ]
  const way = fc.constantFrom(...ways)
  await fc.assert(
    fc.asyncProperty(fc.array(way, { minLength: 15, maxLength: 15 }), fc.integer(), async (spelled, seed) => {
      const random = randomOf(seed)
      let at = 0
      const ctx = contextOf(
        model(() => [6, 6, Math.floor(random() * 1000) + 10].map(result => spelled[at++]!(result))),
      )
      t.match(await textIn(await rstar.run(requestOf('q'), ctx, params)), /6/)
    }),
    { numRuns: 30 },
  )
})

t.test('shows the other solver the first half of a line, and never its result', async t => {
  const text = 'First I add.\nI get 12.\nThen I check.\nThe answer is 12.'
  const hints = async (answer: string) => {
    const ctx = contextOf(model(asked => (stepsIn(asked) === '[thought]' ? [answer, answer, answer] : ['3'])))
    await rstar.run(requestOf('q'), ctx, { ...params, rollouts: 2 })
    const checks = ctx.asked
      .filter(asked => roundOf(asked) === 'check')
      .map(({ request }) => promptOf(request))
    return checks.map(prompt => /<work>\\n(.*)\\n<\/work>/.exec(prompt)?.[1])
  }
  t.same(await hints(text), [undefined, '[thought]\\n\\nFirst I add.'])
  t.same(await hints('The answer is 12.\nFor I add.\nThat is all.'), [undefined, '[thought]'])
})

t.test('checks nothing if all lines agree', async t => {
  const ctx = contextOf(model(() => ['12', '12.0', '\\boxed{12}']))
  t.equal(await textIn(await rstar.run(requestOf('q'), ctx, params)), '12')
  t.notOk(ctx.asked.some(asked => roundOf(asked) === 'check'))
})

t.test('can use another model for the check', async t => {
  const ctx = contextOf(model(asked => (stepsIn(asked) === '' ? ['1'] : ['2'])))
  await rstar.run(requestOf('q'), ctx, { ...params, discriminator: 'other' })
  for (const asked of ctx.asked) t.equal(asked.request.model, roundOf(asked) === 'check' ? 'other' : 'm')
})

t.test('keeps the conversation, and all fields of the client when drawing answers', async t => {
  const content = [{ type: 'text', text: 'q' }, image]
  const messages = [
    { role: 'system', content: 's' },
    { role: 'user', name: 'ann', content },
  ]
  const fields = { seed: 7, stop: ['x'], tools: [], n: 2 }
  const ctx = contextOf(model(asked => (stepsIn(asked) === '' ? ['1'] : ['2'])))
  await rstar.run({ model: 'm', messages, ...fields, stream: true }, ctx, params)
  for (const asked of ctx.asked) {
    const [system, user, ...others] = asked.request.messages
    t.same([system, others], [messages[0], []])
    t.match(user, { ...messages[1], content: [...content, { type: 'text' }] })
    if (roundOf(asked) === 'answer')
      t.match(asked.request, { ...fields, n: 3, temperature: 1, stream: false })
    else t.notOk('temperature' in asked.request)
    if (roundOf(asked) === 'check') t.match(asked.request, { seed: 7, stop: ['x'], tools: [], stream: false })
  }
})

t.test('keeps tool results in their positions', async t => {
  const turns = [
    { role: 'user', content: 'q' },
    { role: 'assistant', content: null, tool_calls: [toolCall] },
    { role: 'tool', tool_call_id: 'call_1', content: '42' },
  ]
  const ctx = contextOf(model(() => ['1', '2', '3']))
  await rstar.run({ model: 'm', messages: turns }, ctx, params)
  for (const { request } of ctx.asked) {
    t.same(request.messages.slice(0, 3), turns)
    t.match(request.messages.slice(3), [{ role: 'user' }])
  }
})

t.test('sends the answer in one piece if the client streams', async t => {
  const ctx = contextOf(model(() => ['The answer is 12.']))
  t.same(await piecesIn(await rstar.run(requestOf('q', { stream: true }), ctx, params)), [
    'The answer is 12.',
  ])
})

t.test('a failed line costs only that line', async t => {
  for (const step of [new Error('down'), [], [{ content: null }]]) {
    const ctx = contextOf(asked => {
      if (['thought', 'rephrase'].includes(roundOf(asked))) return step
      return model(one => (stepsIn(one) === '' ? ['1', '2', '3'] : ['12', '12', '12']))(asked)
    })
    t.equal(await textIn(await rstar.run(requestOf('q'), ctx, params)), '12')
    t.same(linesIn(ctx), ['', '[subquestion]', '[subquestion][subquestion]'])
  }
  for (const answer of [new Error('down'), [], [{ content: null }]]) {
    const ctx = contextOf(model(asked => (stepsIn(asked) === '[rephrase]' ? ['9'] : answer)))
    t.equal(await textIn(await rstar.run(requestOf('q'), ctx, params)), '9')
  }
})

t.test('a failed check counts as unconfirmed', async t => {
  for (const check of [new Error('down'), [], [{ content: null }], [{ tool_calls: [toolCall] }]]) {
    const lines = model(
      asked => (stepsIn(asked) === '' ? ['3', '3', '3'] : ['5', '6', '7']),
      asked => (stepsIn(asked) === '[thought]' ? '5' : check),
    )
    t.equal(await textIn(await rstar.run(requestOf('q'), contextOf(lines), params)), '5')
  }
})

t.test('missing answers count against a line', async t => {
  const ctx = contextOf(model(asked => (stepsIn(asked) === '[thought]' ? ['5', '5', '6'] : '3')))
  t.equal(await textIn(await rstar.run(requestOf('q'), ctx, { ...params, rollouts: 2 })), '5')
})

t.test('works with one answer for each line if n is ignored', async t => {
  const ctx = contextOf(model(() => '42'))
  t.equal(await textIn(await rstar.run(requestOf('q'), ctx, params)), '42')
})

t.test('uses truncated lines only if there are no others, and reports the truncation', async t => {
  const cut = { content: 'The answer is 9', finish: 'length' }
  const some = contextOf(model(asked => (stepsIn(asked) === '[thought]' ? ['1', '2'] : [cut, cut, cut])))
  t.equal(await textIn(await rstar.run(requestOf('q'), some, params)), '1')
  const none = contextOf(model(() => [cut, cut, cut]))
  const { choices } = await completionIn(await rstar.run(requestOf('q'), none, params))
  t.match(choices, [{ finish_reason: 'length', message: { content: cut.content } }])
})

t.test('returns a tool call if half of the lines end in one, else leaves these out', async t => {
  const call = [{ tool_calls: [toolCall] }]
  for (const parallel of [1, 4]) {
    const calling = contextOf(model(asked => (stepsIn(asked).length < 10 ? call : ['1'])))
    const { choices } = await completionIn(await rstar.run(requestOf('q'), calling, { ...params, parallel }))
    t.match(choices, [{ finish_reason: 'tool_calls', message: { tool_calls: [toolCall] } }])
    t.equal(linesIn(calling).length, parallel, 'without another line or a check')
  }
  const talking = contextOf(model(asked => (stepsIn(asked) === '[thought]' ? call : ['1', '2', '2'])))
  t.equal(await textIn(await rstar.run(requestOf('q'), talking, params)), '2')
})

t.test('fails if every line fails', async t => {
  const error = new HulumanageError('rate_limit_exceeded', 'wait')
  for (const parallel of [1, 4]) {
    const down = contextOf(() => error)
    await t.rejects(rstar.run(requestOf('q'), down, { ...params, parallel }), error)
    const empty = contextOf(model(() => []))
    await t.rejects(rstar.run(requestOf('q'), empty, { ...params, parallel }), { code: 'no_answer' })
  }
})

t.test(
  'if every line fails, the error is that of the line without steps, whichever failed first',
  async t => {
    const ctx = contextOf(async asked => {
      if (roundOf(asked) !== 'answer') return ''
      // By then the lines with a step have failed.
      await new Promise(setImmediate)
      return new Error('down')
    })
    await t.rejects(rstar.run(requestOf('q'), ctx, params), { message: 'down' })
  },
)

const rounds = ['rollout_1.answer', 'rollout_2.thought', 'rollout_3.answer', 'rollout_5.answer', 'check']

t.test('passes on a spent budget, with the best so far offered', async t => {
  for (const round of rounds.slice(1)) {
    const ctx = contextOf(async asked => {
      // The first lines have arrived by then.
      if (asked.path === round) await new Promise(resolve => setImmediate(resolve))
      if (asked.path === round) return new HulumanageError('budget_calls', 'spent')
      return model(one => (stepsIn(one) === '[subquestion]' ? ['5', '5', '5'] : ['1', '2', '3']))(asked)
    })
    await t.rejects(rstar.run(requestOf('q'), ctx, params), { code: 'budget_calls' }, round)
    t.equal(await textIn(ctx.offers.at(-1)!), round === 'rollout_3.answer' ? '1' : '5', round)
  }
})

t.test('ends when the client disconnects, in each round', async t => {
  for (const round of rounds) {
    const ctx = contextOf(async asked => {
      if (asked.path !== round) return model(one => [stepsIn(one).length.toString()])(asked)
      ctx.controller.abort()
      return await new Promise<never>(() => {})
    })
    await t.rejects(rstar.run(requestOf('q'), ctx, params), { name: 'AbortError' }, round)
  }
})

t.test('knows its cost', async t => {
  t.same(rstar.cost?.(params, 1), { calls: 24, rounds: 5 })
  t.same(rstar.cost?.({ ...params, parallel: 1 }, 2), { calls: 48, rounds: 10 })
  t.same(rstar.cost?.({ ...params, depth: 1 }, 1), { calls: 3, rounds: 1 })
  t.same(rstar.cost?.({ ...params, depth: 2, rollouts: 64 }, 1), { calls: 19, rounds: 3 })
})

t.test('never exceeds its stated cost, and reaches it if nothing fails', async t => {
  const options = fc.record({
    rollouts: fc.integer({ min: 1, max: 16 }),
    depth: fc.integer({ min: 1, max: 4 }),
    votes: fc.integer({ min: 2, max: 4 }),
    parallel: fc.integer({ min: 1, max: 4 }),
    exploration: fc.double({ min: 0, max: 3, noNaN: true }),
  })
  await fc.assert(
    fc.asyncProperty(options, fc.integer(), fc.boolean(), async (chosen, seed, failing) => {
      const random = randomOf(seed)
      const spent = { calls: 0, rounds: 0 }
      const answer = (asked: Asked, index: number): Scripted => {
        if (failing && index > 0 && random() < 0.3) return new Error('down')
        return Array.from({ length: asked.request.n ?? 1 }, () => String(random()))
      }
      const all = { ...params, ...chosen }
      await rstar.run(requestOf('q'), contextOf(inRounds(answer, spent)), all).catch((error: Error) => {
        if (!failing) throw error
      })
      const most = rstar.cost!(all, 1)
      // A small tree can run out of open nodes in the middle of a batch.
      if (!failing && (all.parallel === 1 || all.depth === 4)) t.same(spent, most)
      t.ok(spent.calls <= most.calls && spent.rounds <= most.rounds)
    }),
    { numRuns: 50 },
  )
})

t.test('follows no further line if those so far agree and cannot be outvoted', async t => {
  const agreed = contextOf(model(() => ['12', '12', '12']))
  t.equal(await textIn(await rstar.run(requestOf('q'), agreed, params)), '12')
  t.equal(linesIn(agreed).length, 4, 'one batch')
  t.notOk(agreed.asked.some(asked => roundOf(asked) === 'check'))
  t.strictSame(
    agreed.discarded,
    Array.from({ length: 11 }, () => 'agrees with the answer'),
  )

  const one = contextOf(model(asked => (stepsIn(asked) === '' ? ['12', '12', '13'] : ['12', '12', '12'])))
  await rstar.run(requestOf('q'), one, params)
  t.equal(linesIn(one).length, 5, 'a single other answer is a doubt')
})
