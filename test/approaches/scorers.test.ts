import t from 'tap'
import abMcts from '../../approaches/ab_mcts/index.ts'
import bon from '../../approaches/bon.ts'
import cascade from '../../approaches/cascade/index.ts'
import genselect from '../../approaches/genselect.ts'
import mcts from '../../approaches/mcts.ts'
import plansearch from '../../approaches/plansearch.ts'
import { scorers } from '../../approaches/lib/scoring/params.ts'
import type { Approach, Completion } from '../../src/contract/index.ts'
import { completionIn, contextOf, promptOf, requestOf, textIn } from './model.ts'
import type { Asked, FakeContext } from './model.ts'

/** Whole answers, each with the log probability of its only token. */
function sure(...answers: readonly (readonly [text: string, logprob?: number | undefined])[]): Completion {
  return {
    id: 'c',
    object: 'chat.completion',
    created: 1,
    model: 'm',
    choices: answers.map(([content, logprob], index) => ({
      index,
      message: { role: 'assistant', content },
      finish_reason: 'stop',
      logprobs: logprob === undefined ? null : { content: [{ token: content, logprob, top_logprobs: [] }] },
    })),
  }
}

const drafts = sure(['The answer is 1.', -2], ['The answer is 2.', -0.1], ['The answer is 1.', -1.9])

function model({ kind, request }: Asked) {
  if (kind === 'candidate') return drafts
  return /Best: <number>/.test(promptOf(request)) ? 'Best: 2' : 'Score: 5'
}

const bonOf = (ctx: FakeContext, params: object, request = requestOf('q')) =>
  bon.run(request, ctx, bon.params!.parse(params))

t.test('each scorer decides in its own way, and only judges are asked', async t => {
  const expected = {
    agreement: [1, 0],
    logprob: [1, 0],
    pairwise: [undefined, 3],
    grade: [1, 2],
    schema: [1, 0],
  }
  for (const scorer of scorers) {
    const ctx = contextOf(model)
    const text = await textIn(await bonOf(ctx, { scorer }))
    const [answer, helpers] = expected[scorer]
    if (answer !== undefined) t.equal(text, `The answer is ${answer}.`, scorer)
    t.equal(ctx.asked.filter(({ kind }) => kind === 'helper').length, helpers, scorer)
  }
})

t.test('by logprob, one sure answer outweighs two that are not', async t => {
  const answers = sure(['The answer is 1.', -2], ['The answer is 2.', -0.1])
  const ctx = contextOf(() => answers)
  const completion = await completionIn(await bonOf(ctx, { scorer: 'logprob', n: 2 }))
  t.match(completion.choices[0], { message: { content: 'The answer is 2.' }, logprobs: null })
  t.match(ctx.asked[0]?.request, { logprobs: true, top_logprobs: 5 })
  t.strictSame(ctx.degraded, [])
})

t.test('a client that asked for logprobs gets those of the answer', async t => {
  const ctx = contextOf(() => drafts)
  const request = requestOf('q', { logprobs: true })
  const completion = await completionIn(await bonOf(ctx, { scorer: 'logprob' }, request))
  t.match(completion.choices[0], { logprobs: { content: [{ logprob: Number }] } })
})

t.test('if a model sends no logprobs, the vote decides, and the answer is degraded', async t => {
  const answers = sure(['The answer is 1.'], ['The answer is 2.'], ['The answer is 2.'])
  const ctx = contextOf(() => answers)
  t.equal(await textIn(await bonOf(ctx, { scorer: 'logprob' })), 'The answer is 2.')
  t.strictSame(ctx.degraded, ['logprobs'])
})

t.test('by schema, an answer that matches beats more common ones that do not', async t => {
  const answers = ['{"a": "x"}', '{"a": "x"}', '{"a": 1}']
  const ctx = contextOf(() => answers)
  const schema = { type: 'object', properties: { a: { type: 'integer' } }, required: ['a'] }
  const request = requestOf('q', {
    response_format: { type: 'json_schema', json_schema: { name: 'a', schema } },
  })
  t.equal(await textIn(await bonOf(ctx, { scorer: 'schema' }, request)), '{"a": 1}')
})

t.test('the judge is another model in every method that judges', async t => {
  for (const method of [bon, genselect, mcts, plansearch]) {
    const ctx = contextOf(({ kind, request }, index) => {
      if (kind === 'candidate') return `The answer is ${index}.`
      return /judge your last/.test(promptOf(request)) ? '5' : '1. One.\n2. Two.\n3. Three.'
    })
    const several = contextOf(asked =>
      asked.kind === 'helper' ? model(asked) : ['The answer is 1.', 'The answer is 2.', 'The answer is 3.'],
    )
    const context = method === plansearch ? ctx : several
    await (method as unknown as Approach).run(
      requestOf('q'),
      context,
      method.params!.parse({ judge: 'wise' }),
    )
    const judged = context.asked.filter(({ request }) =>
      /judge your last|strict reviewer|Best: <number>/.test(promptOf(request)),
    )
    t.ok(judged.length > 0, method.name)
    t.ok(
      judged.every(({ request }) => request.model === 'wise'),
      method.name,
    )
    t.ok(
      context.asked.filter(({ kind }) => kind === 'candidate').every(({ request }) => request.model === 'm'),
    )
  }
})

t.test('mcts searches by the score of its scorer instead of the grades', async t => {
  const ctx = contextOf(({ kind }, index) => {
    if (kind === 'helper') return 'Fine.\nScore: 5'
    return index === 0 ? drafts : sure(['The answer is 9.', -0.01])
  })
  const params = mcts.params!.parse({ scorer: 'logprob' })
  t.equal(await textIn(await mcts.run(requestOf('q'), ctx, params)), 'The answer is 9.')
})

t.test('cascade does not accept by schema if the request has no usable one', async t => {
  const broken = { type: 'json_schema', json_schema: { name: 'a', schema: { type: 'nonsense' } } }
  for (const fields of [{}, { response_format: { type: 'text' } }, { response_format: broken }]) {
    const ctx = contextOf(model)
    const request = requestOf('q', { model: 'small>large', ...fields })
    await t.rejects(cascade.run(request, ctx, cascade.params!.parse({ accept: 'schema' })), {
      code: 'invalid_value',
      param: 'response_format',
    })
    t.equal(ctx.asked.length, 0)
  }
})

t.test('cascade accepts the answer of a cheap model that was sure, and no other', async t => {
  const params = cascade.params!.parse({ accept: 'logprob' })
  for (const [logprob, models, degraded] of [
    [-0.1, ['small'], []],
    [-3, ['small', 'large'], []],
    [undefined, ['small', 'large'], ['logprobs']],
  ] as const) {
    const ctx = contextOf(() => sure(['The answer is 1.', logprob]))
    await textIn(await cascade.run({ ...requestOf('q'), model: 'small>large' }, ctx, params))
    t.strictSame(
      ctx.asked.map(({ request }) => request.model),
      models,
    )
    t.strictSame(ctx.degraded, degraded)
  }
})

t.test('by schema, one that cannot be used is refused before anything is drawn', async t => {
  const broken = { type: 'json_schema', json_schema: { name: 'a', schema: { type: 'nonsense' } } }
  const request = requestOf('q', { response_format: broken })
  for (const step of [bon, genselect, mcts, abMcts] as readonly Approach[]) {
    const ctx = contextOf(model)
    await t.rejects(step.run(request, ctx, step.params!.parse({ scorer: 'schema' })), {
      code: 'invalid_value',
      param: 'response_format',
    })
    t.equal(ctx.asked.length, 0, step.name)
  }
})

t.test('cascade accepts the answer of a cheap model that matches the schema', async t => {
  const params = cascade.params!.parse({ accept: 'schema' })
  for (const [text, asked] of [
    ['{"a": 1}', 1],
    ['none', 2],
  ] as const) {
    const ctx = contextOf(() => text)
    const request = requestOf('q', { model: 'small>large', response_format: { type: 'json_object' } })
    await textIn(await cascade.run(request, ctx, params))
    t.equal(ctx.asked.length, asked)
  }
})

t.test('by agreement, mcts prefers three votes of a refinement to two of the first draw', async t => {
  const draws = [
    ['1', '1', '2'],
    ['7', '7', '7'],
  ].map(values => values.map(value => `The answer is ${value}.`))
  const ctx = contextOf(({ kind }) => (kind === 'helper' ? 'Score: 5' : draws.shift()!))
  const params = mcts.params!.parse({ scorer: 'agreement', width: 3, simulations: 1 })
  t.equal(await textIn(await mcts.run(requestOf('q'), ctx, params)), 'The answer is 7.')
})
