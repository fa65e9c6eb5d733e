import t from 'tap'
import fc from 'fast-check'
import { readCompletion } from '../../../src/chat/read/completion.ts'
import { errorIn } from '../../../src/chat/read/error.ts'
import { UnreadableAnswer } from '../../../src/chat/read/unreadable.ts'
import { mutated, mutationsOf, nothings, strangers } from './mutations.ts'
import { soundCompletion } from './sound.ts'

const head = { id: 'chatcmpl-1', object: 'chat.completion', created: 1_700_000_000, model: 'gpt-4' }
const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 }
const full = {
  ...head,
  choices: [
    {
      index: 0,
      message: {
        role: 'assistant',
        content: 'hi',
        refusal: null,
        annotations: [],
        tool_calls: [{ id: 'a', type: 'function', function: { name: 'f', arguments: '{"q":1}' } }],
      },
      logprobs: null,
      finish_reason: 'tool_calls',
    },
  ],
  usage: { ...usage, prompt_tokens_details: { cached_tokens: 1 } },
}

const read = (value: unknown, choices = 1) => readCompletion(value, { model: 'm', choices })
const wholeOf = (message: unknown, finish_reason: unknown = 'stop') => ({
  ...full,
  choices: [{ index: 0, message, finish_reason }],
})
const callOf = (args: unknown) => ({ id: 'a', type: 'function', function: { name: 'f', arguments: args } })

t.test('a valid answer stays the same object, so its own bytes are relayed', async t => {
  t.equal(read(full), full)
})

t.test("any field of any type is read as the right type or is the provider's fault", async t => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(
        mutationsOf(full, [...nothings, ...strangers]),
        fc.constantFrom(1, 2),
        (mutation, choices) => {
          try {
            return soundCompletion.safeParse(read(mutated(full, mutation), choices)).success
          } catch (error) {
            return error instanceof UnreadableAnswer
          }
        },
      ),
      { numRuns: 2_000 },
    ),
  )
})

t.test('the arguments of a call are the JSON of an object, even without any argument', async t => {
  for (const args of [null, '', 'null', ' ', undefined]) {
    const seen = read(wholeOf({ content: null, tool_calls: [callOf(args)] }))
    t.equal(seen.choices[0]?.message.tool_calls?.[0]?.function?.arguments, '{}')
  }
  const seen = read(wholeOf({ content: null, tool_calls: [callOf({ a: 1 })] }))
  t.equal(seen.choices[0]?.message.tool_calls?.[0]?.function?.arguments, '{"a":1}')
})

t.test('an answer that says nothing is not an answer', async t => {
  for (const value of [
    null,
    5,
    [],
    {},
    { ...head, choices: null },
    { ...head, choices: [] },
    { choices: [null] },
  ])
    t.throws(() => read(value), UnreadableAnswer)
  t.throws(() => read(wholeOf({ role: 'assistant', content: null })), UnreadableAnswer)
  t.throws(() => read(wholeOf({ role: 'assistant', content: '' }, '')), UnreadableAnswer)
  t.throws(() => read(wholeOf({ role: 'assistant', content: null, tool_calls: [] })), UnreadableAnswer)
})

t.test('an empty text is an answer if the model ended it, and a limit explains an empty answer', async t => {
  t.equal(read(wholeOf({ role: 'assistant', content: '' })).choices[0]?.message.content, '')
  t.equal(read(wholeOf({ role: 'assistant', content: null }, 'length')).choices[0]?.finish_reason, 'length')
})

t.test('the end of an answer is read under the name of Gemini, unless OpenAI has one', async t => {
  const message = { role: 'assistant', content: 'x' }
  const endOf = (fields: object) => read({ ...full, choices: [{ index: 0, message, ...fields }] }).choices[0]
  t.equal(endOf({ finishReason: 'MAX_TOKENS' })?.finish_reason, 'length')
  for (const finish_reason of [null, '', 'FINISH_REASON_UNSPECIFIED'])
    t.equal(endOf({ finish_reason, finishReason: 'SAFETY' })?.finish_reason, 'content_filter')
  t.equal(endOf({ finish_reason: 'stop', finishReason: 'MAX_TOKENS' })?.finish_reason, 'stop')
})

t.test('a message that says nothing makes way for a delta or a text', async t => {
  const textOf = (fields: object) =>
    read({ ...full, choices: [{ index: 0, finish_reason: 'stop', ...fields }] }).choices[0]?.message.content
  for (const message of [undefined, null, '', {}, { role: 'assistant', content: '' }]) {
    t.equal(textOf({ message, delta: { content: 'x' } }), 'x')
    t.equal(textOf({ message, delta: {}, text: 'x' }), 'x')
  }
  t.equal(textOf({ message: { content: 'x' }, delta: { content: 'y' } }), 'x')
  t.equal(textOf({ message: { content: '' }, delta: {} }), '')
})

t.test('choices have the requested indices, in order', async t => {
  const message = { role: 'assistant', content: 'x' }
  const indicesOf = (listed: unknown[], n: number) =>
    read(
      { ...full, choices: listed.map(index => ({ index, message, finish_reason: 'stop' })) },
      n,
    ).choices.map(choice => choice.index)
  t.same(indicesOf([undefined, null], 2), [0, 1])
  t.same(indicesOf([1, 0], 2), [0, 1])
  t.same(indicesOf([0, 0], 2), [0, 1])
  t.same(indicesOf([7], 1), [0])
  t.same(indicesOf([0, 1], 1), [0])
  for (const index of ['__proto__', 4_294_967_294, -1, 0.5])
    t.throws(() => indicesOf([index], 2), UnreadableAnswer)
})

t.test('an error is found in every shape that services use', async t => {
  for (const value of [
    { error: { message: 'x' } },
    { error: 'x' },
    [{ error: { message: 'x' } }],
    { object: 'error', message: 'x' },
    { type: 'error', error: { message: 'x' } },
    { detail: 'x' },
    { detail: [{ msg: 'x' }] },
    { errors: [{ message: 'x' }] },
    { message: 'x', code: 400 },
    { message: 'x', code: 0, status: 500 },
    { choices: [{ error: 'x' }] },
    { choices: [null, { error: { code: 'x' } }] },
    { choices: [{ error: {} }, { error: { error: { message: 'x' } } }] },
  ])
    t.ok(errorIn(value), JSON.stringify(value))
  for (const value of [
    full,
    { ...full, error: null },
    { ...full, error: '' },
    { choices: [{ ...full.choices[0], error: {} }, { error: { code: 0, message: '' } }, { error: '' }] },
    { message: 'x', code: 0, status: 'success' },
    { type: 'ping' },
    {},
    null,
    5,
    [],
  ])
    t.equal(errorIn(value), undefined)
})
