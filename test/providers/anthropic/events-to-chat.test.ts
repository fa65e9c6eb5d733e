import { isDeepStrictEqual } from 'node:util'
import t from 'tap'
import fc from 'fast-check'
import type { Chunk } from '../../../src/contract/index.ts'
import { toChatCompletion } from '../../../src/providers/anthropic/to-chat.ts'
import { toChatEvents } from '../../../src/providers/anthropic/events-to-chat.ts'
import { collect } from '../../../src/chat/collect.ts'
import { event, eventsOf, messageOf } from '../../fake-messages.ts'

const thinking = { type: 'thinking', thinking: 'Let me think', signature: 'sig' }
const hidden = { type: 'redacted_thinking', data: 'xyz' }
const text = { type: 'text', text: 'Zürich, or Oslo 🌧?' }
const call = { type: 'tool_use', id: 'toolu_1', name: 'weather', input: { place: 'Oslo' } }
const bare = { type: 'tool_use', id: 'toolu_2', name: 'now', input: {} }
const all = [thinking, hidden, text, call, bare]

/** The data of the translated stream, including `[DONE]`. */
function translated(...pieces: string[]): string[] {
  const translate = toChatEvents()
  return pieces
    .map(piece => translate(piece))
    .join('')
    .split('\n\n')
    .filter(frame => frame !== '')
    .map(frame => frame.replace(/^data: /, ''))
}

function chunks(...pieces: string[]): Chunk[] {
  return translated(...pieces)
    .filter(data => data !== '[DONE]')
    .map(data => JSON.parse(data) as Chunk)
}

async function* each(items: Chunk[]): AsyncGenerator<Chunk> {
  yield* items
}

t.test('a reassembled stream is the whole answer', async t => {
  for (const content of [[text], [call], [thinking, text], all]) {
    const { created: _, ...whole } = toChatCompletion(messageOf(content))!
    const { created, ...streamed } = await collect(each(chunks(...eventsOf(content))))
    t.same(streamed, whole)
    t.type(created, 'number')
  }
})

t.test('a stream may be cut anywhere', async t => {
  const whole = eventsOf(all).join('')
  const now = (data: string) => data.replace(/"created":\d+/, '')
  const expected = translated(whole).map(now)
  fc.assert(
    fc.property(fc.array(fc.nat(whole.length)), cuts => {
      const at = [0, ...cuts.toSorted((one, other) => one - other), whole.length]
      const pieces = at.slice(1).map((end, index) => whole.slice(at[index], end))
      return isDeepStrictEqual(translated(...pieces).map(now), expected)
    }),
  )
  t.equal(expected.at(-1), '[DONE]')
})

t.test('the role comes first, the end only with a reason, and the usage with message_stop', async t => {
  const events = eventsOf('Hello')
  const open = chunks(...events.slice(0, -2))
  t.same(open[0]?.choices, [{ index: 0, delta: { role: 'assistant' }, finish_reason: null }])
  t.ok(open.every(({ choices, usage }) => choices[0]?.finish_reason === null && !usage))
  const whole = translated(...events)
  t.equal(whole.at(-1), '[DONE]')
  t.match(JSON.parse(whole.at(-2)!), { choices: [], usage: { prompt_tokens: 127, completion_tokens: 5 } })
  t.match(JSON.parse(whole.at(-3)!), { choices: [{ delta: {}, finish_reason: 'stop' }] })
})

t.test('growing counts are not added up, and counts missing later are kept', async t => {
  const cumulative = {
    input_tokens: 9,
    cache_creation_input_tokens: 100,
    cache_read_input_tokens: 20,
    output_tokens: 40,
  }
  const last = (usage: Record<string, unknown>) => chunks(...eventsOf('Hello', { usage })).at(-1)?.usage
  t.match(last(cumulative), { prompt_tokens: 129, completion_tokens: 40, total_tokens: 169 })
  const thought = { output_tokens: 9, input_tokens: null, output_tokens_details: { thinking_tokens: 4 } }
  t.match(last(thought), { prompt_tokens: 127, completion_tokens_details: { reasoning_tokens: 4 } })
  t.match(last({ output_tokens: 3, input_tokens: 0 }), { prompt_tokens: 127, completion_tokens: 3 })
})

t.test('pings, unknown events and unknown blocks produce nothing', async t => {
  const noise = [
    event('ping', {}),
    event('brand_new', { x: 1 }),
    event('content_block_start', { index: 7, content_block: { type: 'server_tool_use', input: {} } }),
    event('content_block_delta', { index: 7, delta: { type: 'input_json_delta', partial_json: '{"q":1}' } }),
    event('content_block_stop', { index: 7 }),
    ': a comment\n\n',
  ]
  t.same(translated(...noise), [])
})

t.test('a piece of a block whose start was lost is an error: more than the piece is missing', async t => {
  const piece = event('content_block_delta', { index: 8, delta: { type: 'text_delta', text: 'of no block' } })
  t.throws(() => translated(piece), { name: 'UnreadableAnswer' })
})

t.test('a call that starts with all its arguments keeps them', async t => {
  const whole = { ...call, id: 'x' }
  const [start, stop] = [
    event('content_block_start', { index: 0, content_block: whole }),
    event('content_block_stop', { index: 0 }),
  ]
  const calls = chunks(start, stop).flatMap(({ choices }) => choices[0]?.delta.tool_calls ?? [])
  t.match(calls, [
    { index: 0, id: 'x', function: { name: 'weather', arguments: '' } },
    { index: 0, function: { arguments: '{"place":"Oslo"}' } },
  ])
})

t.test('an error is an error, and text that is not JSON stays as it is', async t => {
  const error = { type: 'overloaded_error', message: 'Overloaded' }
  t.same(translated(event('error', { error })), [JSON.stringify({ error })])
  t.match(translated(event('error', {})), [/"error":\{"message"/])
  t.same(translated('data: {"broken\n\n'), ['{"broken'])
  t.same(translated('data: null\n\n'), [])
  t.throws(() => toChatEvents({ maxEventLength: 1_000 })(`data: ${'x'.repeat(1_024)}`), {
    code: 'upstream_too_large',
  })
})

t.test('a message that ends within a tool call is truncated', async t => {
  const whole = eventsOf([call]).filter(one => !/content_block_stop/.test(one))
  const last = whole.findLastIndex(one => /input_json_delta/.test(one))
  t.throws(() => translated(...whole.toSpliced(last, 1)), { code: 'upstream_truncated' })
  t.equal(translated(...whole).at(-1), '[DONE]', 'a call that is whole lacks nothing')
})

t.test('all chunks have one id, wherever the message starts', async t => {
  const [start, ...rest] = eventsOf([text])
  const ids = new Set(chunks(...rest.toSpliced(2, 0, start!)).map(({ id }) => id))
  t.equal(ids.size, 1)
})

t.test('the end mark of chat ends no message', async t => {
  const [start, ...rest] = eventsOf([text])
  const marked = translated(start!, 'data: [DONE]\n\n', ...rest)
  t.same(
    marked.filter(data => data === '[DONE]'),
    marked.slice(-1),
  )
})
