import t from 'tap'
import { toolCallKey } from '../../src/sampling/candidate.ts'

/** The keys of a call with these arguments, in both of its forms. */
function keysOf(args: string): readonly string[] {
  const called = { name: 'look', arguments: args }
  const messages = [
    { role: 'assistant', tool_calls: [{ id: 'call_1', type: 'function', function: called }] },
    { role: 'assistant', function_call: called },
  ] as const
  return messages.map(message => toolCallKey({ message } as unknown as Parameters<typeof toolCallKey>[0]))
}

t.test('calls with the same arguments are equal in any spelling', async t => {
  for (const [one, other] of [
    ['{"a": 1, "b": {"c": 2, "d": [3]}}', '{"b":{"d":[3],"c":2},"a":1}'],
    ['{"a": 1.0}', '{"a": 1}'],
    ['{"a": 1000000000000000}', '{"a": 1e15}'],
    ['{"a": 100000000000000000000}', '{"a": 1E+20}'],
    ['{"a": 1.0000000000000000}', '{"a": 1}'],
    ['{"a": -0.5000000000000000}', '{"a": -0.5}'],
    ['{"a": 0.0000000000000000005}', '{"a": 5e-19}'],
    ['{"a": 0.0000000000000000}', '{"a": 0}'],
    ['{"id": 1234567890123456789}', '{ "id":1234567890123456789 }'],
    ['no JSON', 'no JSON'],
  ] as const)
    t.same(keysOf(one), keysOf(other), one)
})

t.test('calls with different arguments are not, not even by digits that a double drops', async t => {
  for (const [one, other] of [
    ['{"id": 1234567890123456789}', '{"id": 1234567890123456700}'],
    ['{"ids": [1234567890123456789]}', '{"ids": [1234567890123456700]}'],
    ['{"id": 1234567890123456789}', '{"id": "1234567890123456789"}'],
    ['{"id": 1234567890123456789}', '{"id": {"number": "1234567890123456789"}}'],
    ['{"id": 1e999}', '{"id": null}'],
    ['{"id": 1e999}', '{"id": 1e998}'],
    ['{"id": 1e-999}', '{"id": 0}'],
    ['{"id": 12345678901234567000}', '{"id": 12345678901234567001}'],
    ['{"a": [1, 2]}', '{"a": [2, 1]}'],
    ['{"a": 1}', '{"a": "1"}'],
  ] as const)
    t.not(keysOf(one)[0], keysOf(other)[0], one)
  t.not(keysOf('{"id": 1234567890123456789}')[1], keysOf('{"id": 1234567890123456700}')[1])
})
