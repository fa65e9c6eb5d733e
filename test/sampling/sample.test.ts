import t from 'tap'
import { sample, sampleEach, withDrawTemperature } from '../../src/sampling/sample.ts'
import { HulumanageError } from '../../src/contract/index.ts'
import type { NoAnswer } from '../../src/chat/reply.ts'
import { completionIn, contextOf, requestOf, toolCall } from '../approaches/model.ts'
import type { Scripted } from '../approaches/model.ts'

async function textsOf(said: Scripted, n = 3): Promise<string[]> {
  const candidates = await sample(
    contextOf(() => said),
    requestOf('q'),
    n,
  )
  return candidates.map(({ text }) => text)
}

t.test('returns the candidates that have content, in order', async t => {
  t.same(await textsOf(['a', { content: null }, ' ', 'b']), ['a', 'b'])
})

t.test('leaves out truncated candidates unless all are truncated', async t => {
  for (const finish of ['length', 'content_filter']) {
    const cut = { content: 'cut', finish }
    t.same(await textsOf([cut, 'a']), ['a'])
    t.same(await textsOf([cut, cut]), ['cut', 'cut'])
  }
})

t.test('a tool call is the answer if half of the candidates or more call tools', async t => {
  const call = { tool_calls: [toolCall], content: 'call' }
  t.same(await textsOf(['a', call]), ['call'])
  t.same(await textsOf(['a', 'b', call]), ['a', 'b'])
  t.same(await textsOf(['a', { ...call, finish: 'length' }]), ['a'], 'a truncated call does not count')
})

t.test('asks for n choices without a stream, and omits n for a single one', async t => {
  const ctx = contextOf(() => 'a')
  await sample(ctx, requestOf('q', { n: 5, stream: true, seed: 3 }), 2)
  await sample(ctx, requestOf('q', { n: 5 }), 1)
  t.match(ctx.asked[0]?.request, { n: 2, stream: false, seed: 3 })
  t.notOk('n' in ctx.asked[1]!.request)
})

t.test('each candidate is an answer of its own, any number of times', async t => {
  const [, second] = await sample(
    contextOf(() => ['a', 'b']),
    requestOf('q'),
    2,
  )
  for (let time = 0; time < 2; time++) {
    const reply = second!.answer()
    t.equal(reply.head.provider, 'fake')
    const completion = await reply.completion()
    t.match(completion, { model: 'm-2026', choices: [{ index: 0, message: { content: 'b' } }] })
    t.notOk(completion.usage, 'what was billed is not billed again')
  }
})

t.test('sends all requests concurrently, and a failure costs one candidate', async t => {
  const down = new HulumanageError('upstream_error', 'down')
  const requests = ['x', 'y', 'z'].map(model => requestOf('q', { model, n: 4 }))
  const ctx = contextOf(({ request }) => (request.model === 'y' ? down : request.model))
  const candidates = await sampleEach(ctx, requests)
  t.same(
    candidates.map(({ text, requestIndex }) => [text, requestIndex]),
    [
      ['x', 0],
      ['z', 2],
    ],
  )
  t.ok(ctx.asked.every(({ request }) => !('n' in request)))

  const failing = contextOf(({ request }) => (request.model === 'x' ? '' : down))
  await t.rejects(sampleEach(failing, requests), down)
  await t.rejects(
    sampleEach(
      contextOf(() => ''),
      requests,
    ),
    { code: 'no_answer' },
  )
})

t.test('sets a temperature on a request that would draw the same answer every time', async t => {
  t.equal(withDrawTemperature(requestOf('q', { temperature: 0.2 }), 1).temperature, 0.2)
  t.equal(withDrawTemperature(requestOf('q', { temperature: 0 }), 1).temperature, 1)
  t.equal(withDrawTemperature(requestOf('q'), 1).temperature, 1)
})

t.test('leaves the temperature to the model if nobody sets one', t => {
  t.notOk('temperature' in withDrawTemperature(requestOf('q')))
  t.equal(withDrawTemperature(requestOf('q', { temperature: 0.2 })).temperature, 0.2)
  t.equal(withDrawTemperature(requestOf('q', { temperature: 0 })).temperature, 1)
  t.end()
})

t.test('sends a request as soon as it resolves, and reports each candidate as it arrives', async t => {
  const late = Promise.withResolvers<ReturnType<typeof requestOf>>()
  const reported: string[] = []
  const ctx = contextOf(({ request }) => (request.model === 'empty' ? [{ content: null }] : request.model))
  const drawing = sampleEach(ctx, [late.promise, requestOf('q', { model: 'empty' }), requestOf('q')], {
    onCandidate: candidate => {
      reported.push(candidate.text)
      if (candidate.text === 'm') late.resolve(requestOf('q', { model: 'late' }))
    },
  })
  const candidates = await drawing
  t.same(
    candidates.map(({ text }) => text),
    ['late', 'm'],
  )
  t.same(reported, ['m', 'late'])

  const unmade = Promise.reject<ReturnType<typeof requestOf>>(new Error('unmade'))
  const [only] = await sampleEach(ctx, [unmade, requestOf('q')])
  t.equal(only.text, 'm')
})

t.test('of several tool calls, the most common one is the answer', async t => {
  const calling = (id: string, args: string) => ({
    content: null,
    tool_calls: [{ id, type: 'function', function: { name: 'look', arguments: args } }],
  })
  const drawn = [
    calling('1', '{"at": 1}'),
    calling('2', '{"at": 2, "in": "x"}'),
    calling('3', '{"in":"x","at":2}'),
  ]
  const [chosen, ...others] = await sample(
    contextOf(() => drawn),
    requestOf('q'),
    3,
  )
  t.equal(chosen.message.tool_calls?.[0]?.id, '2')
  t.same(others, [])
})

t.test('a refusal in the field for it does not outvote answers, however many there are', async t => {
  const refusal = { content: null, refusal: 'I cannot help with that.' }
  const [chosen, ...others] = await sample(
    contextOf(() => [refusal, refusal, '42']),
    requestOf('q'),
    3,
  )
  t.same([chosen.text, others], ['42', []])
})

t.test('a refusal in words does not outvote answers, but is the answer if there is no other', async t => {
  const refusal = "I'm sorry, but I can't help with that."
  const texts = async (...said: string[]) =>
    (
      await sample(
        contextOf(() => said),
        requestOf('q'),
        said.length,
      )
    ).map(({ text }) => text)
  t.same(await texts(refusal, refusal, '42'), ['42'])
  t.same(await texts(refusal, refusal), [refusal, refusal])
  for (const said of [
    'Es tut mir leid, aber ich kann dabei nicht helfen.',
    'Je suis désolé, mais je ne peux pas répondre à cette question.',
    'Lo siento, pero no puedo ayudar con eso.',
    'Desculpe, não posso ajudar com isso.',
    'Mi dispiace, ma non posso aiutarti.',
    'К сожалению, я не могу ответить на этот вопрос.',
    '抱歉，我无法回答这个问题。',
    '申し訳ありませんが、その質問にはお答えできません。',
    '죄송하지만, 그 질문에는 답변드릴 수 없습니다.',
  ])
    t.same(await texts(said, said, '42'), ['42'], said)
  const answers = [
    'Ich kann nicht teilen durch 0, also: keine Lösung.',
    '对不起的英文是 sorry。',
    '我不能确定，但答案是42。',
  ]
  for (const said of answers) t.same(await texts(said, '42'), [said, '42'], said)
  const about = "I can't find a fault: the proof is right."
  t.same(await texts(about, '42'), [about, '42'])
})

t.test('candidates that only think are left out, and the error has the one that was cut off', async t => {
  const cut = { content: '<think>hm', finish: 'length' }
  t.equal(
    (
      await sample(
        contextOf(() => [cut, '42']),
        requestOf('q'),
        2,
      )
    ).length,
    1,
  )
  try {
    await sample(
      contextOf(() => [cut, { ...cut, content: '' }]),
      requestOf('q'),
      2,
    )
    t.fail('no error')
  } catch (error) {
    t.match(error, { code: 'no_answer' })
    const { choices } = await completionIn((error as NoAnswer).cutOff!())
    t.match(choices, [{ finish_reason: 'length', message: { content: '<think>hm' } }])
  }
})
