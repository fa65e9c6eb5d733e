import t from 'tap'
import bon from '../../approaches/bon.ts'
import { HulumanageError } from '../../src/contract/index.ts'
import { completionIn, contextOf, image, promptOf, requestOf, textIn, toolCall } from './model.ts'
import type { Asked, Scripted } from './model.ts'

const params = {
  n: 3,
  scorer: 'grade',
  judge: '',
  reason: false,
  temperature: 1,
  adaptive: false,
  quorum: 0,
  patience: 0,
} as const

/** A model that writes `drafts` and grades each of them by `grade`. */
function judge(drafts: Scripted, grade: (draft: string) => Scripted | Promise<Scripted>) {
  return ({ kind, request }: Asked) =>
    kind === 'candidate' ? drafts : grade(request.messages.at(-2)?.content as string)
}

t.test('returns the answer with the best grade, as the provider sent it', async t => {
  const grades: Record<string, string> = { a: '3', b: 'Score: 9/10', c: '{"score": 8}' }
  const ctx = contextOf(judge(['a', 'b', 'c'], draft => grades[draft]!))
  const completion = await completionIn(await bon.run(requestOf('q'), ctx, params))
  t.match(completion, { id: 'chatcmpl-fake', model: 'm-2026' })
  t.same(
    completion.choices.map(({ index, message }) => [index, message.content]),
    [[0, 'b']],
  )
  t.same(
    ctx.asked.map(({ path, kind }) => `${path} ${kind}`),
    ['draw candidate', ...Array.from({ length: 3 }, () => 'grade helper')],
  )
})

t.test('draws in one call with the fields of the client, and grades in the conversation', async t => {
  const ctx = contextOf(judge(['a', 'b', 'c'], () => '5'))
  const messages = [
    { role: 'system', content: 's' },
    { role: 'user', content: [{ type: 'text', text: 'q' }, image] },
  ]
  const fields = { seed: 7, stop: ['x'], stream: true, tools: [] }
  await bon.run({ model: 'm', messages, ...fields }, ctx, params)
  const [draw, grade] = ctx.asked.map(({ request }) => request)
  t.same(draw, { model: 'm', messages, seed: 7, stop: ['x'], tools: [], stream: false, n: 3, temperature: 1 })
  t.same(grade!.messages.slice(0, -1), [...messages, { role: 'assistant', content: 'a' }])
  t.equal(grade!.messages.at(-1)?.role, 'user')
})

t.test('draws at the temperature of the client, unless that would make all drafts equal', async t => {
  for (const [asked, drawn] of [
    [0.3, 0.3],
    [0, 1],
    [undefined, 1],
    [null, 1],
  ] as const) {
    const ctx = contextOf(judge(['a'], () => '5'))
    await bon.run(requestOf('q', asked === undefined ? {} : { temperature: asked }), ctx, params)
    t.equal(ctx.asked[0]?.request.temperature, drawn)
  }
})

t.test('ties go to the earliest, whichever grade arrives first', async t => {
  const late = Promise.withResolvers<Scripted>()
  const ctx = contextOf(
    judge(['a', 'b', 'c'], draft => {
      if (draft === 'b') return late.promise
      if (draft === 'c') queueMicrotask(() => late.resolve('8'))
      return draft === 'c' ? '8' : '2'
    }),
  )
  t.equal(await textIn(await bon.run(requestOf('q'), ctx, params)), 'b')
})

t.test('grades equal answers once, and not at all if all of them agree', async t => {
  const ctx = contextOf(
    judge(['12', 'The answer is 13.', 'so \\boxed{24/2}'], draft => (draft === '12' ? '5' : '9')),
  )
  t.equal(await textIn(await bon.run(requestOf('q'), ctx, params)), '12', 'twice 5 is more than 9')
  t.equal(ctx.asked.filter(({ kind }) => kind === 'helper').length, 2)

  const agreed = contextOf(judge(['12', 'The answer is 12.', '12.0'], () => '1'))
  t.equal(await textIn(await bon.run(requestOf('q'), agreed, params)), '12')
  t.equal(agreed.asked.length, 1)
})

t.test('the most common answer wins if the model grades all alike, or not at all', async t => {
  for (const grade of ['0', 'none'] as const) {
    const ctx = contextOf(judge(['13', '12', 'The answer is 12.'], () => grade))
    t.equal(await textIn(await bon.run(requestOf('q'), ctx, params)), '12')
  }
})

t.test('leaves out a grade that is unreadable or fails', async t => {
  const grades: Record<string, Scripted> = { a: new Error('down'), b: '0', c: 'I cannot say' }
  const ctx = contextOf(judge(['a', 'b', 'c'], draft => grades[draft]!))
  t.equal(await textIn(await bon.run(requestOf('q'), ctx, params)), 'b')
})

t.test('returns the first answer if there are no grades', async t => {
  for (const grade of ['none', new Error('down'), [], [{ content: null }]]) {
    const ctx = contextOf(judge(['a', 'b'], () => grade))
    t.equal(await textIn(await bon.run(requestOf('q'), ctx, params)), 'a')
  }
})

t.test('does not grade a single answer', async t => {
  for (const drafts of ['a', [{ content: null }, 'a', ' '], [{ content: 'x', finish: 'length' }, 'a']]) {
    const ctx = contextOf(judge(drafts, () => '5'))
    t.equal(await textIn(await bon.run(requestOf('q'), ctx, params)), 'a')
    t.equal(ctx.asked.length, 1)
  }
  const ctx = contextOf(judge('a', () => '5'))
  await bon.run(requestOf('q'), ctx, { ...params, n: 1 })
  t.notOk('n' in ctx.asked[0]!.request, 'and does not ask for one of one')
})

t.test('uses truncated answers only if there are no others, and reports that they are truncated', async t => {
  const drafts = ['a', 'b'].map(content => ({ content, finish: 'length' }))
  const ctx = contextOf(judge(drafts, draft => (draft === 'b' ? '7' : '6')))
  const { choices } = await completionIn(await bon.run(requestOf('q'), ctx, params))
  t.match(choices, [{ finish_reason: 'length', message: { content: 'b' } }])
})

t.test('fails without a usable answer', async t => {
  for (const drafts of [[], [{ content: null }, { content: ' ' }]]) {
    const ctx = contextOf(judge(drafts, () => '5'))
    await t.rejects(bon.run(requestOf('q'), ctx, params), { code: 'no_answer', status: 502 })
  }
  const error = new HulumanageError('rate_limit_exceeded', 'wait')
  await t.rejects(
    bon.run(
      requestOf('q'),
      contextOf(() => error),
      params,
    ),
    error,
  )
})

t.test('returns a tool call if half of the answers make one, else leaves these out', async t => {
  const call = { tool_calls: [toolCall] }
  const calling = contextOf(judge(['a', call, 'b', { ...call, content: 'second' }], () => '5'))
  const { choices } = await completionIn(await bon.run(requestOf('q'), calling, params))
  t.match(choices, [{ finish_reason: 'tool_calls', message: { content: null, tool_calls: [toolCall] } }])
  t.equal(calling.asked.length, 1)

  const talking = contextOf(judge(['a', call, 'b'], draft => (draft === 'b' ? '9' : '1')))
  t.equal(await textIn(await bon.run(requestOf('q'), talking, params)), 'b')
})

t.test('offers the first answer before grading, and better ones as grades arrive', async t => {
  const ctx = contextOf(judge(['a', 'b', 'c'], draft => ({ a: '1', b: '5', c: '3' })[draft]!))
  await bon.run(requestOf('q'), ctx, params)
  t.same(await Promise.all(ctx.offers.map(textIn)), ['a', 'b'])
})

t.test('passes on a spent budget, with the best so far offered', async t => {
  const ctx = contextOf(judge(['a', 'b'], () => new HulumanageError('budget_calls', 'spent')))
  await t.rejects(bon.run(requestOf('q'), ctx, params), { code: 'budget_calls' })
  t.same(await Promise.all(ctx.offers.map(textIn)), ['a'])
})

t.test('ends when the client disconnects, in each round', async t => {
  for (const round of ['draw', 'grade']) {
    const ctx = contextOf(async asked => {
      if (asked.path !== round) return ['a', 'b']
      ctx.controller.abort()
      return await new Promise<never>(() => {})
    })
    await t.rejects(bon.run(requestOf('q'), ctx, params), { name: 'AbortError' }, round)
  }
})

t.test('grades the answer, not the thinking', async t => {
  const ctx = contextOf(
    judge(['<think>hm</think>a', 'b'], draft => (draft === 'a' ? '<think>2?</think>9' : '3')),
  )
  t.equal(await textIn(await bon.run(requestOf('q'), ctx, params)), '<think>hm</think>a')
  t.notMatch(promptOf(ctx.asked[1]!.request), /hm/)
})

t.test('knows its cost', async t => {
  t.same(bon.cost?.(params, 2), { calls: 12, rounds: 2 })
  t.same(bon.cost?.({ ...params, n: 1 }, 1), { calls: 1, rounds: 1 })
})

t.test('the judge gives its reasons before the grade if asked for', async t => {
  const grades: Record<string, string> = {
    a: 'The sum of 9 and 1 is right. It has no unit.\nScore: 4',
    b: 'Nothing is wrong: 10 checks of 3 hold.\n**Score: 8**',
  }
  const ctx = contextOf(judge(['a', 'b'], draft => grades[draft]!))
  t.equal(await textIn(await bon.run(requestOf('q'), ctx, { ...params, n: 2, reason: true })), 'b')
  t.match(ctx.asked[1]!.request.messages.at(-1)?.content, /errors[^]*Score: <number>$/)
  const plain = contextOf(judge(['a', 'b'], () => '5'))
  await bon.run(requestOf('q'), plain, { ...params, n: 2 })
  t.match(plain.asked[1]!.request.messages.at(-1)?.content, /nothing else\.$/)
})
