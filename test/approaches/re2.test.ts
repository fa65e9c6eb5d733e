import t from 'tap'
import re2 from '../../approaches/re2.ts'
import { completionIn, contextOf, image, piecesIn, requestOf, textIn, toolCall } from './model.ts'

t.test('asks the question twice, in one message', async t => {
  const ctx = contextOf(() => '4')
  t.equal(await textIn(await re2.run(requestOf('2+2?', { seed: 7 }), ctx, {})), '4')
  const { messages, seed } = ctx.asked[0]!.request
  t.equal(messages.length, 1)
  t.match(messages[0]?.content, /^2\+2\?\n\n.+\n\n2\+2\?$/)
  t.equal(seed, 7)
})

t.test(
  'repeats only the text of the last user message, and keeps images, names and other messages',
  async t => {
    const ctx = contextOf(() => 'ok')
    const messages = [
      { role: 'system', content: 'be brief' },
      { role: 'user', content: 'first' },
      { role: 'assistant', content: 'done' },
      { role: 'user', name: 'ann', content: [{ type: 'text', text: 'second' }, image] },
      { role: 'assistant', content: null, tool_calls: [toolCall] },
      { role: 'tool', tool_call_id: 'call_1', content: '42' },
    ]
    await re2.run({ model: 'm', messages }, ctx, {})
    const sent = ctx.asked[0]!.request.messages
    t.same(sent.with(3, {} as never), messages.with(3, {} as never))
    t.match(sent[3], { name: 'ann', content: [{ text: 'second' }, image, { type: 'text', text: /second$/ }] })
  },
)

t.test('repeats of a long text only the end, where the question is', async t => {
  const text = 'It was a dark night. '.repeat(2000)
  const ctx = contextOf(() => 'ok')
  await re2.run(requestOf(`${text}\n\nWho did it?`), ctx, {})
  await re2.run(requestOf(text), ctx, {})
  const [asked, endless] = ctx.asked.map(({ request }) => request.messages[0]?.content as string)
  t.ok(asked!.length < text.length + 200, `${asked!.length} characters`)
  t.match(asked, /\n\nWho did it\?$/)
  t.ok(endless!.length < text.length + 20_000, `${endless!.length} characters`)
  t.match(endless, /dark night\.$/)
})

t.test('leaves a conversation without text of the user unchanged', async t => {
  for (const messages of [
    [{ role: 'system', content: 's' }],
    [{ role: 'user', content: [image] }],
    [{ role: 'user', content: null }],
  ]) {
    const ctx = contextOf(() => 'ok')
    await re2.run({ model: 'm', messages }, ctx, {})
    t.same(ctx.asked[0]?.request.messages, messages)
  }
})

t.test('streams, keeps tool calls and the finish reason', async t => {
  const streaming = await re2.run(
    requestOf('q', { stream: true }),
    contextOf(() => 'abcdef'),
    {},
  )
  t.same(await piecesIn(streaming), ['abc', 'def'])
  const call = await re2.run(
    requestOf('q'),
    contextOf(() => [{ tool_calls: [toolCall] }]),
    {},
  )
  t.match((await completionIn(call)).choices, [
    { finish_reason: 'tool_calls', message: { tool_calls: [toolCall] } },
  ])
  const short = await re2.run(
    requestOf('q'),
    contextOf(() => [{ content: 'ab', finish: 'length' }]),
    {},
  )
  t.match((await completionIn(short)).choices, [{ finish_reason: 'length' }])
})

t.test('passes on errors', async t => {
  await t.rejects(
    re2.run(
      requestOf('q'),
      contextOf(() => new Error('down')),
      {},
    ),
    { message: 'down' },
  )
})
