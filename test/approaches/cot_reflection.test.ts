import t from 'tap'
import cotReflection from '../../approaches/cot_reflection.ts'
import { HulumanageError } from '../../src/contract/index.ts'
import type { Message } from '../../src/contract/index.ts'
import { CompleteReply } from '../../src/chat/reply.ts'
import { completionIn, contextOf, image, piecesIn, requestOf, textIn, toolCall } from './model.ts'
import type { Scripted } from './model.ts'

const params = { temperature: 0.6, return_full_response: false }
const thought = '<thinking>2+2, <reflection>sure?</reflection> 5</thinking>'

async function answerTo(said: Scripted, stream = false) {
  return await cotReflection.run(
    requestOf('q', { stream }),
    contextOf(() => said),
    params,
  )
}

async function sentFor(messages: readonly Message[]): Promise<readonly Message[]> {
  const ctx = contextOf(() => 'ok')
  await cotReflection.run({ model: 'm', messages }, ctx, params)
  return ctx.asked[0]!.request.messages
}

t.test('returns only the output', async t => {
  for (const stream of [false, true]) {
    t.equal(await textIn(await answerTo(`${thought}\n<output>\nIt is 4.\n</output>`, stream)), 'It is 4.')
  }
})

t.test('streams the output as it arrives, and none of the thinking', async t => {
  const pieces = await piecesIn(await answerTo(`${thought}<output>one two three</output>`, true))
  t.equal(pieces.join(''), 'one two three')
  t.ok(pieces.length > 3)
})

t.test(
  'adds its instruction to the system message, or to the last one of the user, and keeps all others',
  async t => {
    const turns = [
      { role: 'user', content: [{ type: 'text', text: 'q' }, image] },
      { role: 'assistant', content: 'a' },
      { role: 'user', name: 'ann', content: 'next' },
    ]
    const added = await sentFor(turns)
    t.same(added.slice(0, -1), turns.slice(0, -1))
    t.match(added.at(-1), { role: 'user', name: 'ann', content: /^next\n\n[^]*<output>/ })

    for (const role of ['system', 'developer']) {
      const extended = await sentFor([{ role, content: 'be brief' }, ...turns])
      t.match(extended[0], { role, content: /^be brief\n\n[^]*<output>/ })
      t.same(extended.slice(1), turns)
    }
    const parts = await sentFor([{ role: 'system', content: [{ type: 'text', text: 'be brief' }] }, ...turns])
    t.match(parts[0], { content: [{ text: 'be brief' }, { type: 'text', text: /<output>/ }] })
  },
)

t.test('sets its temperature only if the client sets none, and keeps other fields', async t => {
  for (const [asked, sent] of [
    [undefined, 0.6],
    [0, 0],
    [1.2, 1.2],
  ] as const) {
    const ctx = contextOf(() => 'ok')
    const fields = {
      seed: 7,
      n: 2,
      tools: [],
      stream: true,
      ...(asked === undefined ? {} : { temperature: asked }),
    }
    await cotReflection.run(requestOf('q', fields), ctx, params)
    t.match(ctx.asked[0]?.request, { ...fields, temperature: sent })
  }
})

t.test('returns the full response on request', async t => {
  const said = `${thought}<output>4</output>`
  const full = { ...params, return_full_response: true }
  t.equal(
    await textIn(
      await cotReflection.run(
        requestOf('q'),
        contextOf(() => said),
        full,
      ),
    ),
    said,
  )
})

t.test('returns each choice of several', async t => {
  const said = [`${thought}<output>4</output>`, 'plain', `${thought}<output>5`]
  const { choices } = await completionIn(await answerTo(said))
  t.same(
    choices.map(({ message }) => message.content),
    ['4', 'plain', '5'],
  )
})

t.test('passes tool calls on, with or without thinking', async t => {
  for (const content of [null, thought, 'let me look']) {
    for (const stream of [false, true]) {
      const { choices } = await completionIn(await answerTo([{ content, tool_calls: [toolCall] }], stream))
      t.match(choices, [{ finish_reason: 'tool_calls', message: { tool_calls: [toolCall] } }])
      t.equal(choices[0]?.message.content ?? null, content === thought ? null : content)
    }
  }
})

t.test('is empty if the tokens ran out while thinking, and partial if they ran out later', async t => {
  const { choices } = await completionIn(await answerTo([{ content: '<thinking>2+2', finish: 'length' }]))
  t.match(choices, [{ finish_reason: 'length', message: { content: null } }])
  const part = await completionIn(await answerTo([{ content: `${thought}<output>It`, finish: 'length' }]))
  t.match(part.choices, [{ finish_reason: 'length', message: { content: 'It' } }])
})

t.test('fails if the model thinks but does not answer', async t => {
  for (const said of ['<thinking>2+2', thought, '', [{ content: null }]]) {
    await t.rejects(completionIn(await answerTo(said)), { code: 'no_answer' })
  }
})

t.test('passes the usage on, and leaves out log probabilities of hidden text', async t => {
  const said = {
    id: 'x',
    object: 'chat.completion',
    created: 1,
    model: 'm',
    choices: [
      { index: 0, message: { role: 'assistant', content: thought + 4 }, finish_reason: 'stop', logprobs: {} },
    ],
    usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 },
  }
  const completion = await completionIn(await answerTo(said))
  t.same(completion.usage, said.usage)
  t.same(completion.choices, [
    { index: 0, message: { role: 'assistant', content: '4' }, finish_reason: 'stop' },
  ])
})

t.test('returns held-back text if a stream ends without a finish reason', async t => {
  const said = [{ content: 'plain', finish: null }]
  t.equal(await textIn(await answerTo(said, true)), 'plain')
})

t.test('stops the model when it is cancelled', async t => {
  let cancelled: unknown
  class Watched extends CompleteReply {
    override cancel(reason?: unknown): void {
      cancelled = reason
    }
  }
  const ctx = contextOf(() => 'unused')
  const source = new Watched({ id: 'x', object: 'chat.completion', created: 1, model: 'm', choices: [] })
  const answer = await cotReflection.run(
    requestOf('q'),
    { ...ctx, complete: () => Promise.resolve(source) },
    params,
  )
  if (typeof answer === 'string' || !('cancel' in answer)) throw new TypeError('not a reply')
  answer.cancel('enough')
  t.equal(cancelled, 'enough')
})

t.test('passes on errors and cancellation', async t => {
  const error = new HulumanageError('upstream_error', 'down')
  await t.rejects(answerTo(error), error)
  const ctx = contextOf(() => 'ok')
  ctx.controller.abort()
  await t.rejects(cotReflection.run(requestOf('q'), ctx, params), { name: 'AbortError' })
})

t.test('costs a call for each choice', async t => {
  t.same(cotReflection.cost?.(params, 2), { calls: 2, rounds: 1 })
})

t.test('never returns what a model thinks by itself, even if that mentions the tags', async t => {
  const thoughts = 'I am to think in <thinking> and to answer in <output> tags. Secret: 5.\n<output>'
  for (const said of [
    `<think>${thoughts}</think>\n<thinking>2+2</thinking><output>4</output>`,
    `<think>${thoughts}</think>\n4`,
    `${thoughts}</output></think>\n<output>4</output>`,
    `[THINK]${thoughts}[/THINK]<output>4</output>`,
    `<|channel|>analysis<|message|>${thoughts}<|end|><|start|>assistant<|channel|>final<|message|><output>4</output>`,
  ])
    for (const stream of [false, true]) t.equal(await textIn(await answerTo(said, stream)), '4', said)
})

t.test('an answer may be about the tags themselves', async t => {
  const answer = 'Write <output>x</output> or a lone </output> there.'
  t.equal(await textIn(await answerTo(`${thought}<output>${answer}</output>`, true)), answer)
})

t.test('asks for no tags if the answer must be JSON', async t => {
  for (const type of ['json_object', 'json_schema']) {
    const ctx = contextOf(() => '{"sum": 4}')
    const request = requestOf('q', { response_format: { type } })
    t.equal(await textIn(await cotReflection.run(request, ctx, params)), '{"sum": 4}')
    t.same(ctx.asked[0]?.request.messages, request.messages)
    t.equal(ctx.asked[0]?.request.temperature, params.temperature)
  }
  const ctx = contextOf(() => '<output>4</output>')
  const request = requestOf('q', { response_format: { type: 'text' } })
  t.equal(await textIn(await cotReflection.run(request, ctx, params)), '4')
})
