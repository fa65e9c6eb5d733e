import t from 'tap'
import fc from 'fast-check'
import { chatBody } from '../../src/dialects/chat.ts'
import { isPlainChat } from '../../src/dialects/plain-chat.ts'
import type { Body } from '../../src/dialects/check.ts'

const usual = { model: 'm', messages: [{ role: 'user', content: 'Hello' }] }

t.test('usual requests need no schema', async t => {
  for (const more of [
    {},
    { stream: true, temperature: 0.7, top_p: 1, max_tokens: 0, max_completion_tokens: 5 },
    {
      frequency_penalty: -1.5,
      presence_penalty: 0,
      user: 'somebody',
      response_format: { type: 'json_object' },
    },
  ]) {
    t.equal(isPlainChat({ ...usual, ...more }), true, JSON.stringify(more))
  }
  t.equal(isPlainChat({ messages: usual.messages }), true, 'no model: the configured one')
})

t.test('anything doubtful is left to the schema', async t => {
  for (const more of [
    { messages: [] },
    { messages: [{ role: 'user', content: [{ type: 'text', text: 'x' }] }] },
    { messages: [{ role: 'assistant', content: 'x', tool_calls: [] }] },
    { n: 2 },
    { tools: [] },
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
  const message = fc.oneof(
    fc.record(
      { role: fc.oneof(fc.string(), odd), content: fc.oneof(fc.string(), odd) },
      { requiredKeys: [] },
    ),
    fc.record(
      { role: fc.string(), content: fc.string(), tool_calls: odd, name: odd },
      { requiredKeys: ['role'] },
    ),
    odd,
  )
  const names = Object.keys(chatBody.shape)
  const fields = Object.fromEntries(names.map(name => [name, odd]))
  const anything = fc.record(
    { ...fields, messages: fc.oneof(fc.array(message, { maxLength: 3 }), odd), other: odd },
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
