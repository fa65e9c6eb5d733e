import t from 'tap'
import fc from 'fast-check'
import { chatBody } from '../../src/dialects/chat.ts'
import { isPlainChat } from '../../src/dialects/plain-chat.ts'
import type { Body } from '../../src/dialects/check.ts'

const usual = { model: 'm', messages: [{ role: 'user', content: 'Hello' }] }

t.test('usual requests of SDKs and agents need no schema', async t => {
  for (const more of [
    {},
    { stream: true, temperature: 0.7, top_p: 1, max_tokens: 0, max_completion_tokens: 5 },
    {
      frequency_penalty: -1.5,
      presence_penalty: 0,
      user: 'somebody',
      response_format: { type: 'json_object' },
    },
    { stream: true, stream_options: { include_usage: true } },
    { n: 2, tools: [{ type: 'function', function: { name: 'read' } }] },
    {
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'x' },
            { type: 'image_url', image_url: { url: 'data:' } },
          ],
        },
        { role: 'assistant', tool_calls: [{ id: 'c1', type: 'function' }] },
        { role: 'tool', tool_call_id: 'c1', content: 'done' },
      ],
    },
  ]) {
    t.equal(isPlainChat({ ...usual, ...more }), true, JSON.stringify(more))
  }
  t.equal(isPlainChat({ messages: usual.messages }), true, 'no model: the configured one')
})

t.test('anything doubtful is left to the schema', async t => {
  for (const more of [
    { messages: [] },
    { messages: [{ role: 'user', content: [{ text: 'x' }] }] },
    { messages: [{ role: 'user', content: ['x'] }] },
    { messages: [{ role: 'assistant', content: 'x', tool_calls: {} }] },
    { n: 0 },
    { tools: ['read'] },
    { stream_options: null },
    { stream_options: { include_usage: 1 } },
    { stream: null },
    { model: '' },
    { model: 'a\u0000b' },
    { max_tokens: 1.5 },
  ]) {
    t.equal(isPlainChat({ ...usual, ...more }), false, JSON.stringify(more))
  }
})

t.test('the schema accepts everything recognized as plain', async () => {
  const odd = fc.oneof(
    fc.constantFrom(null, true, '', '\u0001', -1, 0.5, 2 ** 53, Infinity, NaN, [], {}, 'x'.repeat(2049)),
    fc.jsonValue({ maxDepth: 2 }),
  )
  const object = fc.oneof(fc.constant({}), odd)
  const list = fc.oneof(fc.array(object, { maxLength: 2 }), odd)
  const part = fc.oneof(
    fc.record({ type: fc.oneof(fc.string(), odd), text: fc.oneof(fc.string(), odd) }, { requiredKeys: [] }),
    odd,
  )
  const content = fc.oneof(fc.string(), fc.constant(null), fc.array(part, { maxLength: 2 }), odd)
  const message = fc.oneof(
    fc.record({ role: fc.oneof(fc.string(), odd), content }, { requiredKeys: [] }),
    fc.record({ role: fc.string(), content, tool_calls: list, name: odd }, { requiredKeys: ['role'] }),
    odd,
  )
  const names = Object.keys(chatBody.shape)
  const fields = Object.fromEntries(names.map(name => [name, odd]))
  const anything = fc.record(
    {
      ...fields,
      messages: fc.oneof(fc.array(message, { maxLength: 3 }), odd),
      tools: list,
      stream_options: fc.oneof(fc.record({ include_usage: odd }, { requiredKeys: [] }), odd),
      other: odd,
    },
    { requiredKeys: [] },
  )
  const usualButOne = fc
    .tuple(fc.constantFrom(...names), odd)
    .map(([name, value]): Body => ({ ...usual, [name]: value }))
  fc.assert(
    fc.property(
      fc.oneof(anything, usualButOne),
      body => !isPlainChat(body) || chatBody.safeParse(body).success,
    ),
    { numRuns: 2000 },
  )
})
