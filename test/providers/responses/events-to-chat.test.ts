import t from 'tap'
import fc from 'fast-check'
import { collect } from '../../../src/chat/collect.ts'
import type { Chunk, Completion } from '../../../src/contract/index.ts'
import { toChatCompletion } from '../../../src/providers/responses/to-chat.ts'
import { toChatEvents } from '../../../src/providers/responses/events-to-chat.ts'
import { event } from '../../fake-messages.ts'
import { responseOf, said } from '../../fake-responses.ts'

type Json = Readonly<Record<string, unknown>>

const thought: Json = {
  id: 'rs_1',
  type: 'reasoning',
  summary: [{ type: 'summary_text', text: 'Let me think' }],
}
const oslo: Json = {
  id: 'fc_1',
  type: 'function_call',
  call_id: 'call_1',
  name: 'weather',
  arguments: '{"city":"Oslo"}',
}
const rome: Json = { ...oslo, id: 'fc_2', call_id: 'call_2', arguments: '{"city":"Rome"}' }
const output = [thought, said('Hello there'), oslo, rome]
const answer = responseOf(output)

function named(type: string, fields: Json): string {
  return event(type, { type, ...fields })
}

const created = named('response.created', { response: { ...answer, output: [] } })
const completedWith = (items: readonly Json[]) =>
  named('response.completed', { response: { ...answer, output: items } })
const completed = completedWith(output)

async function read(frames: readonly string[]): Promise<Completion> {
  const translate = toChatEvents()
  const chunks = frames
    .map(frame => translate(frame))
    .join('')
    .split('\n\n')
    .filter(frame => frame.startsWith('data: {'))
    .map(frame => JSON.parse(frame.slice(6)) as Chunk)
  return await collect(chunks[Symbol.iterator]() as unknown as AsyncIterator<Chunk>)
}

/** The pieces of a text, and the event that repeats it. */
function textEvents(kind: string, at: Json, text: string, field = 'text'): string[] {
  const half = Math.ceil(text.length / 2)
  return [
    named(`${kind}.delta`, { ...at, delta: text.slice(0, half) }),
    named(`${kind}.delta`, { ...at, delta: text.slice(half) }),
    named(`${kind}.done`, { ...at, [field]: text }),
  ]
}

/** The events of one item in order: its start, two pieces, the end of its text, and its own end. */
const items: readonly (readonly string[])[] = output.map((item, output_index) => {
  const at = { output_index, item_id: item['id'] }
  const start = { ...item, content: [], summary: [], arguments: '' }
  const texts =
    item['type'] === 'reasoning'
      ? textEvents('response.reasoning_summary_text', { ...at, summary_index: 0 }, 'Let me think')
      : item['type'] === 'message'
        ? textEvents('response.output_text', { ...at, content_index: 0 }, 'Hello there')
        : textEvents('response.function_call_arguments', at, item['arguments'] as string, 'arguments')
  return [
    named('response.output_item.added', { output_index, item: start }),
    ...texts,
    named('response.output_item.done', { output_index, item }),
  ]
})

t.test('the content of an item is emitted, however late in the stream it comes', async t => {
  const { created: _, ...whole } = toChatCompletion(answer)!
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(2), fc.boolean(), fc.boolean(), fc.boolean()), { minLength: 4, maxLength: 4 }),
      async choices => {
        const frames = choices.flatMap(([pieces, hasStart, hasEnd, hasItem], index) => {
          const [start, one, two, end, item] = items[index]!
          const isCall = index > 1
          // Pieces of a call that has not begun are ignored; no service sends them.
          const spoken = isCall && !hasStart ? [] : [one!, two!].slice(0, pieces)
          return [
            ...(hasStart ? [start!] : []),
            ...spoken,
            ...(hasEnd ? [end!] : []),
            ...(hasItem ? [item!] : []),
          ]
        })
        const { created: _time, ...streamed } = await read([created, ...frames, completed])
        t.same(callsInOrder(streamed), callsInOrder(whole))
      },
    ),
    { numRuns: 60 },
  )
})

/** Calls are emitted in the order in which they arrive. */
function callsInOrder({ choices = [], ...rest }: Partial<Completion>): object {
  const [choice] = choices
  const calls = choice?.message.tool_calls?.toSorted((one, other) => (one.id! < other.id! ? -1 : 1))
  return { ...rest, ...choice, message: { ...choice?.message, tool_calls: calls } }
}

t.test('pieces of parallel calls may alternate', async t => {
  const [, , first, second] = items
  const frames = first!.flatMap((frame, index) => [frame, second![index]!])
  const { choices } = await read([created, ...frames, completed])
  t.match(choices[0]?.message.tool_calls, [
    { id: 'call_1', function: { arguments: '{"city":"Oslo"}' } },
    { id: 'call_2', function: { arguments: '{"city":"Rome"}' } },
  ])
})

t.test('the start of a call may come after its pieces, and the end has no item', async t => {
  const [start, ...grown] = items[2]!.slice(0, 4)
  for (let at = 0; at <= grown.length; at++) {
    const { choices } = await read([created, ...grown.toSpliced(at, 0, start!), completedWith([])])
    t.match(choices[0]?.message.tool_calls, [
      { id: 'call_1', function: { name: 'weather', arguments: oslo['arguments'] } },
    ])
  }
})

t.test('the end of a call before its start, empty or before its pieces, changes nothing', async t => {
  const [start, one, two, done] = items[2]!
  const empty = named('response.function_call_arguments.done', {
    output_index: 2,
    item_id: 'fc_1',
    arguments: '',
  })
  for (const early of [
    [one, two, empty],
    [done, one, two],
  ]) {
    const { choices } = await read([created, ...(early as string[]), start!, completedWith([])])
    t.equal(choices[0]?.message.tool_calls?.[0]?.function?.arguments, oslo['arguments'])
  }
})

t.test('whether the whole of a text or its pieces come first, it is emitted once', async t => {
  const late = items.flatMap(([start, one, two, end, item]) => [start!, end!, one!, two!, item!])
  const last = items.flatMap(([start, one, two, end, item]) => [start!, item!, end!, one!, two!])
  for (const frames of [late, last, items.flat()]) {
    const { choices } = await read([created, ...frames, completed])
    const { content, reasoning_content: thoughts, tool_calls: calls = [] } = choices[0]!.message
    t.same([content, thoughts], ['Hello there', 'Let me think'])
    t.same(
      calls.map(call => call.function?.arguments),
      ['{"city":"Oslo"}', '{"city":"Rome"}'],
    )
  }
})

t.test('arguments at the start of a call count only if the stream has no others', async t => {
  const start = (args: string) =>
    named('response.output_item.added', { output_index: 0, item: { ...oslo, arguments: args } })
  const delta = named('response.function_call_arguments.delta', { output_index: 0, delta: '{"city":"Oslo"}' })
  const end = named('response.completed', { response: { ...answer, output: [] } })
  for (const frames of [
    [start('{}'), delta],
    [start('{"city":"Oslo"}'), delta],
    [start('{"city":"Oslo"}')],
  ]) {
    const { choices } = await read([created, ...frames, end])
    t.equal(choices[0]?.message.tool_calls?.[0]?.function?.arguments, '{"city":"Oslo"}')
  }
})

t.test('an item with another id in each event is emitted once', async t => {
  const renamed = { ...answer, output: output.map((item, index) => ({ ...item, id: `other_${index}` })) }
  const end = named('response.completed', { response: renamed })
  const { choices } = await read([created, ...items.flat(), end])
  t.match(choices[0], { message: { content: 'Hello there', reasoning_content: 'Let me think' } })
  t.equal(choices[0]?.message.tool_calls?.length, 2)
})

t.test('an end without output removes nothing', async t => {
  const end = named('response.completed', { response: { ...answer, output: [] } })
  const { choices } = await read([created, ...items.flat(), end])
  t.match(choices[0], { message: { content: 'Hello there' }, finish_reason: 'tool_calls' })
})

t.test('all chunks have one id, even if the service tells its own only at the end', async t => {
  const item = named('response.output_item.done', { output_index: 0, item: said('Hello') })
  const translate = toChatEvents()
  const ids = [item, completed]
    .map(frame => translate(frame))
    .join('')
    .matchAll(/"id":"((?:chatcmpl-|resp_)[^"]*)"/g)
  t.equal(new Set([...ids].map(([, id]) => id)).size, 1)
})

// https://github.com/vllm-project/vllm/issues/45742
t.test('a text whose part has another index at the end is told once', async t => {
  const at = { output_index: 1, item_id: 'msg_1', content_index: 1 }
  const whole = await read([
    created,
    ...textEvents('response.output_text', at, 'Hello there'),
    named('response.output_item.done', { output_index: 1, item: said('Hello there') }),
    named('response.completed', { response: responseOf([thought, said('Hello there')]) }),
  ])
  t.equal(whole.choices[0]?.message.content, 'Hello there')
})

// https://github.com/vllm-project/vllm/pull/56285
t.test('a call that has other ids at the end is made once', async t => {
  const streamed = { ...oslo, id: 'a', call_id: 'call_a' }
  const whole = await read([
    created,
    named('response.output_item.added', { output_index: 1, item: { ...streamed, arguments: '' } }),
    named('response.output_item.done', { output_index: 1, item: streamed }),
    named('response.completed', { response: responseOf([thought, oslo]) }),
  ])
  t.match(whole.choices[0]?.message.tool_calls, [
    { id: 'call_a', function: { arguments: '{"city":"Oslo"}' } },
  ])
  t.equal(whole.choices[0]?.message.tool_calls?.length, 1)
})

t.test('the time for many texts that only the end has is linear', async t => {
  const texts = Array.from({ length: 40_000 }, (_, index) => `${index} `)
  const whole = await read([
    created,
    named('response.completed', {
      response: responseOf(
        texts.map(text => ({ type: 'message', content: [{ type: 'output_text', text }] })),
      ),
    }),
  ])
  t.equal(whole.choices[0]?.message.content, texts.join(''))
})

t.test('calls with the same arguments are both made', async t => {
  const again = { ...oslo, id: 'fc_2', call_id: 'call_2' }
  const whole = await read([
    created,
    named('response.output_item.added', { output_index: 0, item: { ...oslo, arguments: '' } }),
    named('response.output_item.done', { output_index: 1, item: again }),
    named('response.output_item.done', { output_index: 0, item: oslo }),
    named('response.completed', { response: responseOf([oslo, again]) }),
  ])
  const made = whole.choices[0]?.message.tool_calls?.map(({ function: called }) => called?.arguments)
  t.same(made, [oslo['arguments'], oslo['arguments']])
})

t.test('a call that only the end has is made, beside those that have other ids there', async t => {
  const streamed = { ...oslo, id: 'a', call_id: 'call_a' }
  const bergen = { ...oslo, id: 'fc_9', call_id: 'call_9', arguments: '{"city": "Bergen"}' }
  const whole = await read([
    created,
    named('response.output_item.added', { output_index: 0, item: { ...streamed, arguments: '' } }),
    named('response.output_item.done', { output_index: 0, item: streamed }),
    named('response.completed', {
      response: responseOf([bergen, { ...oslo, arguments: '{"city": "Oslo"}' }]),
    }),
  ])
  const made = whole.choices[0]?.message.tool_calls?.map(({ function: called }) => called?.arguments)
  t.same(made, [oslo['arguments'], bergen.arguments])
})
