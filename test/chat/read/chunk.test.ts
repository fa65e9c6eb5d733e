import t from 'tap'
import fc from 'fast-check'
import { ChunkReader, hasContent } from '../../../src/chat/read/chunk.ts'
import { UnreadableAnswer } from '../../../src/chat/read/unreadable.ts'
import { mutated, mutationsOf, nothings, strangers } from './mutations.ts'
import { soundChunk } from './sound.ts'

const head = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1_700_000_000, model: 'gpt-4' }
const chunk = (delta: unknown, finish_reason: unknown = null) => ({
  ...head,
  choices: [{ index: 0, delta, finish_reason }],
})
const full = {
  ...head,
  choices: [
    {
      index: 0,
      delta: {
        role: 'assistant',
        content: 'hi',
        refusal: null,
        reasoning_content: 'hm',
        thinking_blocks: [{ type: 'thinking', thinking: 'hm', signature: 's' }],
        annotations: [{ type: 'url_citation', url_citation: { url: 'u' } }],
        tool_calls: [{ index: 0, id: 'a', type: 'function', function: { name: 'f', arguments: '{' } }],
      },
      logprobs: { content: [{ token: 'hi' }] },
      finish_reason: 'stop',
    },
  ],
  usage: {
    prompt_tokens: 3,
    completion_tokens: 2,
    total_tokens: 5,
    prompt_tokens_details: { cached_tokens: 1 },
    completion_tokens_details: { reasoning_tokens: 1 },
  },
}

const readerFor = (choices = 1) => new ChunkReader({ model: 'm', choices })
/** Reads a chunk of choices that have begun. */
function read(value: unknown, choices = 1) {
  const reader = readerFor(choices)
  const delta = { role: 'assistant' }
  reader.read({ ...head, choices: Array.from({ length: choices }, (_, index) => ({ index, delta })) })
  return reader.read(value)
}
const deltaOf = (delta: unknown) => read(chunk(delta))?.choices[0]?.delta

t.test('a valid chunk stays the same object, so its own bytes are relayed', async t => {
  for (const sound of [
    full,
    chunk({ role: 'assistant', content: '', refusal: null }),
    chunk({}, 'stop'),
    { ...head, choices: [], usage: full.usage },
    { ...head, choices: [], prompt_filter_results: [] },
    { ...chunk({ content: 'x' }), usage: null, obfuscation: 'ab', system_fingerprint: null },
  ])
    t.equal(read(sound), sound)
})

t.test('the first chunk of each choice names the role, and is not changed if it does', async t => {
  const reader = readerFor(3)
  const of = (...choices: readonly object[]) => ({ ...head, choices })
  const roles = (value: unknown) => reader.read(value)?.choices.map(({ delta }) => delta.role)
  const sound = of({ index: 1, delta: { role: 'assistant', content: 'x' } })
  t.equal(reader.glance(sound), sound)
  const lacking = of({ index: 1, delta: { content: 'x' } }, { index: 0, delta: { content: 'x' } })
  t.equal(reader.glance(lacking), undefined)
  t.same(roles(lacking), [undefined, 'assistant'])
  t.equal(reader.glance(lacking), lacking)
  t.same(roles(of({ index: 2 })), ['assistant'])
  t.same(roles(of({ index: 2, delta: { role: 'tool' } })), ['assistant'])
})

t.test('any field that is null, empty or absent is skipped', async t => {
  fc.assert(
    fc.property(mutationsOf(full, nothings), mutation => {
      const seen = read(mutated(full, mutation))
      if (seen) t.equal(soundChunk.safeParse(seen).error, undefined)
      const isContent =
        mutation.path.length <= 2 || ['content', 'delta'].includes(String(mutation.path.at(-1)))
      return isContent || seen?.choices[0]?.delta.content === 'hi'
    }),
    { numRuns: 400 },
  )
})

t.test("any field of the wrong type is read as the right one or is the provider's fault", async t => {
  fc.assert(
    fc.property(mutationsOf(full, strangers), fc.constantFrom(1, 2), (mutation, choices) => {
      try {
        const seen = read(mutated(full, mutation), choices)
        return seen === undefined || soundChunk.safeParse(seen).success
      } catch (error) {
        return error instanceof UnreadableAnswer
      }
    }),
    { numRuns: 2_000 },
  )
  t.notOk('polluted' in {})
})

t.test("any JSON at all is a chunk, not a chunk, or the provider's fault", async t => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(fc.jsonValue(), value => {
        try {
          const seen = read({ choices: value, delta: value })
          return seen === undefined || soundChunk.safeParse(seen).success
        } catch (error) {
          return error instanceof UnreadableAnswer
        }
      }),
    ),
  )
})

t.test('an empty finish reason is neither content nor an end', async t => {
  const seen = read(chunk({ role: 'assistant', content: '' }, ''))!
  t.equal(seen.choices[0]?.finish_reason, null)
  t.notOk(hasContent(seen))
  t.ok(hasContent(read(chunk({}, 'stop'))!))
})

t.test('an event without choices is not a chunk, unless it has usage', async t => {
  for (const value of [
    {},
    { type: 'ping' },
    null,
    5,
    'ping',
    [],
    { ...head, choices: null },
    { choices: [null] },
  ])
    t.equal(read(value), undefined)
  t.match(read({ ...head, usage: full.usage }), { choices: [], usage: { total_tokens: 5 } })
  t.match(read({ ...head, choices: null, usage: full.usage }), { choices: [], usage: { total_tokens: 5 } })
})

t.test('the index of the only choice may be missing or count up', async t => {
  for (const index of [undefined, null, '', 0, 1, 2, 5_000])
    t.equal(read({ ...head, choices: [{ index, delta: { content: 'x' } }] })?.choices[0]?.index, 0)
})

t.test("the index of a choice that was not requested is the provider's fault", async t => {
  const strange = [-1, 0.5, 4_294_967_294, 1e9, 'length', '__proto__', {}, [], true, Number.POSITIVE_INFINITY]
  for (const index of strange) t.throws(() => read({ choices: [{ index, delta: { content: 'x' } }] }))
  t.throws(() => read({ choices: [{ index: 2, delta: { content: 'x' } }] }, 2))
  t.throws(() => read({ choices: [{ delta: { content: 'x' } }] }, 2))
  t.equal(read({ choices: [{ index: 1, delta: { content: 'x' } }] }, 2)?.choices[0]?.index, 1)
})

t.test(
  "a delta that is null or absent is empty, and one that is a string is the provider's fault",
  async t => {
    t.same(read({ ...head, choices: [{ index: 0 }] })?.choices[0]?.delta, {})
    t.same(deltaOf(null), {})
    t.throws(() => deltaOf('text'), UnreadableAnswer)
  },
)

t.test('null, empty and absent names of a tool call are the same', async t => {
  const call = { index: 0, id: null, type: '', function: { name: null, arguments: '{"a"' } }
  t.same(deltaOf({ tool_calls: [call] }), { tool_calls: [{ index: 0, function: { arguments: '{"a"' } }] })
  t.same(deltaOf({ tool_calls: null }), {})
  t.same(deltaOf({ content: 'x', tool_calls: [null] }), { content: 'x' })
})

t.test('the index of a tool call is a number below 256', async t => {
  for (const index of [256, -2, 4_294_967_294, '__proto__', '256', '-1', ' 0', {}, 0.5])
    t.throws(() => deltaOf({ tool_calls: [{ index, function: { name: 'f' } }] }), UnreadableAnswer)
  t.equal(deltaOf({ tool_calls: [{ index: 255, id: 'a' }] })?.tool_calls?.[0]?.index, 255)
})

t.test('arguments that are an object become its JSON', async t => {
  const seen = deltaOf({ tool_calls: [{ index: 0, function: { name: 'f', arguments: { a: 1 } } }] })
  t.equal(seen?.tool_calls?.[0]?.function?.arguments, '{"a":1}')
})

t.test('content in parts becomes their text, with thinking separate', async t => {
  const thinking = { type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] }
  t.same(deltaOf({ content: [thinking, { type: 'text', text: 'hi' }, null] }), {
    content: 'hi',
    reasoning_content: 'hm',
  })
  t.throws(() => deltaOf({ content: 5 }), UnreadableAnswer)
})

t.test('an answer without an id gets one, the same for all its chunks', async t => {
  const reader = readerFor()
  const bare = { choices: [{ index: 0, delta: { content: 'x' } }] }
  const [first, second] = [reader.read(bare)!, reader.read({ ...bare, id: 5, model: {}, created: 'x' })!]
  t.match(first, { id: /^chatcmpl-/, model: 'm', created: Number, object: 'chat.completion.chunk' })
  t.same([second.id, second.model, second.created], [first.id, first.model, first.created])
})

t.test('usage inside a choice is the usage of the chunk', async t => {
  const seen = read({ ...head, choices: [{ index: 0, delta: {}, finish_reason: 'stop', usage: full.usage }] })
  t.same(seen?.usage, full.usage)
  t.notOk('usage' in seen!.choices[0]!)
})

t.test('a field named __proto__ is dropped', async t => {
  const delta: unknown = JSON.parse('{"content":"x","__proto__":{"polluted":1}}')
  t.same(Object.keys(deltaOf(delta) ?? {}), ['content'])
})

t.test('a message of a stream is read if no delta has answered its choice', async t => {
  const hm = { reasoning_content: 'hm' }
  const answers = (choices: number, ...events: readonly (readonly object[])[]) => {
    const reader = readerFor(choices)
    const texts: string[] = Array.from({ length: choices }, () => '')
    for (const listed of events) {
      const sent = { ...head, choices: listed }
      for (const { index, delta } of (reader.glance(sent) ?? reader.read(sent))!.choices)
        texts[index] += `${delta['reasoning_content'] ? '(hm)' : ''}${delta.content ?? ''}`
    }
    return texts
  }
  const first = { index: 0, delta: { role: 'assistant', content: 'a' } }
  const message = { content: 'b' }
  const ended = { index: 0, message, finish_reason: 'stop' }
  const thoughts = { index: 0, delta: { role: 'assistant', ...hm } }
  t.same(answers(1, [thoughts], [ended]), ['(hm)b'])
  t.same(answers(1, [thoughts], [{ ...ended, message: { ...hm, ...message } }]), ['(hm)b'], 'thoughts once')
  t.same(answers(1, [{ index: 0, delta: hm, message }], [{ index: 0, delta: {} }]), ['(hm)b'])
  for (const delta of [null, '', {}, { role: 'assistant' }, { content: '' }, { tool_calls: [] }])
    t.same(answers(1, [{ ...ended, delta }]), ['b'], JSON.stringify(delta))
  t.same(answers(1, [{ index: 0, delta: {}, text: 'b' }]), ['b'])
  t.same(answers(1, [{ ...first, message: 'ok' }]), ['a'], 'a remark')
  t.same(answers(1, [{ index: 0, delta: {}, message: 'ok' }], [first]), ['a'], 'a remark before the delta')
  t.same(answers(1, [first], [ended]), ['a'])
  t.same(answers(2, [first], [{ ...ended, index: 1 }]), ['a', 'b'])
  t.same(answers(2, [first], [ended, { ...ended, index: 1 }]), ['a', 'b'])
  const call = { index: 0, id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } }
  t.same(answers(1, [{ index: 0, delta: { tool_calls: [call] } }], [ended]), [''])
  t.same(answers(1, [{ index: 0, delta: { refusal: 'no' } }], [ended]), [''])
})

t.test('a whole answer in a stream is read once, for each choice without one', async t => {
  const reader = readerFor(2)
  const whole = {
    object: 'chat.completion',
    choices: [0, 1].map(index => ({ index, message: { content: 'b' } })),
  }
  reader.read({ ...head, choices: [{ index: 0, delta: { content: 'a' } }] })
  const told = () => reader.read(whole)!.choices.map(({ delta }) => delta.content)
  t.same(told(), [undefined, 'b'])
  t.same(told(), [undefined, undefined])
})
