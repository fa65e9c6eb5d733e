import t from 'tap'
import pick from '../../approaches/pick/index.ts'
import { kindByRules, readKind } from '../../approaches/pick/kind.ts'
import { HulumanageError } from '../../src/contract/index.ts'
import { contextOf, piecesIn, requestOf, textIn, toolCall } from './model.ts'
import type { Scripted } from './model.ts'

const params = pick.params!.parse({ judge: 'small' })

t.test('rules name the kind of clear tasks', async t => {
  for (const [text, kind] of [
    ['Hello!', 'easy'],
    ['thanks a lot', 'easy'],
    ['What is 17 * 23?', 'verifiable'],
    ['Prove that the square root of 2 is irrational.', 'verifiable'],
    ['Which is a gas?\nA) iron\nB) helium\nC) gold', 'verifiable'],
    ['Who was the first king of Sweden?', undefined],
    ['Hello, please write an essay on the history of tea in Europe.', undefined],
  ] as const)
    t.equal(kindByRules(requestOf(text)), kind, text)
  const tools = [{ type: 'function', function: { name: 'look' } }]
  t.equal(kindByRules(requestOf('What is 17 * 23?', { tools })), 'easy')
  const used = [
    { role: 'user', content: 'Look it up' },
    { role: 'assistant', content: null, tool_calls: [toolCall] },
    { role: 'tool', tool_call_id: 'call_1', content: '4' },
  ]
  t.equal(kindByRules({ model: 'm', messages: used }), 'easy')
})

t.test('rules leave dates, ranges and short tasks to the model', async t => {
  for (const text of [
    'Write an essay of 3-4 paragraphs on freedom.',
    'Plan my trip from 2026-05-01 on.',
    'Is 24/7 care a good idea?',
    'ok, prove Fermat',
  ])
    t.equal(kindByRules(requestOf(text)), undefined, text)
  t.equal(kindByRules(requestOf('17 - 5 is what?')), 'verifiable')
})

t.test('if no rule knows the kind, one cheap call names it, and the method follows', async t => {
  for (const [said, path, degraded] of [
    ['OPEN', 'fusion'],
    ['**factual**', 'cove'],
    ['Easy.', 'none'],
    ['verifiable', 'self_consistency'],
    ['OPEN or FACTUAL', 'none', ['verdict']],
    [new HulumanageError('upstream_error', 'down'), 'none'],
  ] as const) {
    const ctx = contextOf(({ path: at, kind }): Scripted =>
      at === 'classify' ? said : kind === 'helper' ? 'NONE' : 'The answer is 4.',
    )
    t.ok(await textIn(await pick.run(requestOf('Tell me about tea in Europe'), ctx, params)))
    t.equal(ctx.asked[0]?.path, 'classify')
    t.equal(ctx.asked[0]?.request.model, 'small')
    t.same(ctx.degraded, degraded ?? [])
    t.ok(
      ctx.asked.slice(1).every(one => one.path.split('.')[0] === path),
      path,
    )
  }
})

t.test('a task that a rule knows costs no call, and an easy one streams', async t => {
  const ctx = contextOf(() => 'a longer answer')
  const pieces = await piecesIn(await pick.run(requestOf('Hi!', { stream: true }), ctx, params))
  t.ok(pieces.length > 1)
  t.equal(ctx.asked.length, 1)
})

t.test('a kind is read if a reply names just one', async t => {
  t.equal(readKind('It is OPEN.'), 'open')
  t.equal(readKind('open and easy'), undefined)
  t.equal(readKind(''), undefined)
})

t.test('a method runs with its own params, which its stated cost counts', async t => {
  const ctx = contextOf(() => 'The answer is 4.')
  const paramsOf: typeof ctx.paramsOf = ({ name, params: own }) =>
    own?.parse(name === 'self_consistency' ? { n: 9, adaptive: false } : {}) ?? {}
  const answer = await pick.run(requestOf('What is 17 * 23?'), { ...ctx, paramsOf }, params)
  t.equal(await textIn(answer), 'The answer is 4.')
  t.match(
    ctx.asked.map(({ request }) => request.n),
    [9],
  )
  t.ok(pick.cost!(params, 1, paramsOf).calls >= 1 + 9)
})
