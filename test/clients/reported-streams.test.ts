import t from 'tap'
import type { Test } from 'tap'
import { eventStream } from '../fake-messages.ts'
import { head as sendHead, sequence, write } from '../fake-provider.ts'
import { chunksOf } from './chunks-of.ts'
import { tellAll } from './told.ts'
import type { Told } from './told.ts'

const head = { id: 'c', object: 'chat.completion.chunk', created: 1_755_000_000, model: 'm' }
const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 }
const done = 'data: [DONE]\n\n'

function event(data: object): string {
  return `data: ${JSON.stringify(data)}\n\n`
}

function chunk(delta: object, finish: string | null = null, more: object = {}): string {
  return event({ ...head, choices: [{ index: 0, delta, finish_reason: finish }], ...more })
}

function piece(fields: object, called: object = {}): string {
  return chunk({ tool_calls: [{ ...fields, function: called }] })
}

/** Each client is told this by a stream of these events. */
async function expect(t: Test, events: readonly string[], expected: Partial<Told>): Promise<void> {
  for (const told of await tellAll(t, eventStream(...events), true)) t.match(told, expected)
}

t.test('indices are numbers, also where a service writes them as texts', async t => {
  const begun = { id: 'call_1', type: 'function' }
  const choice = (fields: object) =>
    event({ ...head, choices: [{ index: '0', finish_reason: null, ...fields }] })
  await expect(
    t,
    [
      choice({ delta: { role: 'assistant', content: 'Hello' } }),
      piece({ index: '0', ...begun }, { name: 'f', arguments: '{"a":1}' }),
      piece({ index: '1', ...begun, id: 'call_2' }, { name: 'f', arguments: '{"a"' }),
      piece({ index: '1' }, { arguments: ':2}' }),
      choice({ delta: {}, finish_reason: 'tool_calls' }),
      done,
    ],
    { text: 'Hello', calls: ['f({"a":1})', 'f({"a":2})'] },
  )
})

// https://github.com/BerriAI/litellm/issues/8964
t.test('an index of -1 counts as a missing one', async t => {
  await expect(
    t,
    [
      piece({ index: -1, id: 'call_1', type: 'function' }, { name: 'f', arguments: '{"a"' }),
      piece({ index: -1 }, { arguments: ':1}' }),
      chunk({}, 'tool_calls'),
      done,
    ],
    { calls: ['f({"a":1})'] },
  )
})

// https://github.com/vercel/ai/issues/2548
t.test('the word "None" gives no reason for an end', async t => {
  const said = ['Hel', 'lo'].map(content => chunk({ role: null, content }, 'None'))
  await expect(t, [...said, chunk({}, 'stop', { usage }), done], { text: 'Hello', tokens: [10, 5] })
  const [broken] = await tellAll(t, eventStream(...said), true)
  t.type(broken, 'string', 'a stream that breaks off after it is an error')
})

// https://github.com/vercel/ai/issues/7417
t.test('times are in seconds, also where a service counts in less', async t => {
  for (const factor of [1, 1e3, 1e6, 1e9]) {
    const created = head.created * factor
    const counted = event({ ...head, choices: undefined, created, usage })
    const text = event({ ...head, created, choices: [{ index: 0, delta: { content: 'Hi' } }] })
    const { data } = await chunksOf(t, eventStream(text, text, chunk({}, 'stop'), counted, done))
    t.same([...new Set(data.map(({ created }) => created))], [head.created])
  }
})

// https://github.com/BerriAI/litellm/pull/36700
t.test('all chunks have the id of the first, also where a service makes one up for each', async t => {
  const chunks = ['Hel', 'lo'].map((content, at) => chunk({ content }, null, { id: `id_${at}` }))
  const { data } = await chunksOf(t, eventStream(...chunks, chunk({}, 'stop', { id: 'id_2' }), done))
  t.same([...new Set(data.map(({ id }) => id))], ['id_0'])
})

// https://github.com/agno-agi/agno/pull/8880
t.test('a call whose head has the index of another, and its rest its own, is one of its own', async t => {
  await expect(
    t,
    [
      piece({ index: 0, id: 'call_1', type: 'function' }, { name: 'f', arguments: '{"a":1}' }),
      piece({ index: 0, id: 'call_2', type: 'function' }, { name: 'f', arguments: '' }),
      piece({ index: 1 }, { arguments: '{"a":' }),
      piece({ index: 1 }, { arguments: '2}' }),
      chunk({}, 'tool_calls'),
      done,
    ],
    { calls: ['f({"a":1})', 'f({"a":2})'] },
  )
})

// https://github.com/vercel/ai/pull/15879
t.test('arguments may come before the name of their call, and without an index', async t => {
  await expect(
    t,
    [
      piece({ id: 'call_1', type: 'function' }, { arguments: '{"a"' }),
      piece({ id: 'call_1' }, { name: 'f', arguments: '' }),
      piece({ id: 'call_1' }, { arguments: ':1}' }),
      chunk({}, 'tool_calls'),
      done,
    ],
    { calls: ['f({"a":1})'] },
  )
})

// https://github.com/decolua/9router/pull/2869
t.test('a finish reason that comes again with the usage ends nothing twice', async t => {
  const call = piece({ index: 0, id: 'call_1', type: 'function' }, { name: 'f', arguments: '{"a":1}' })
  const end = chunk({}, 'tool_calls')
  await expect(t, [call, end, chunk({}, 'tool_calls', { usage }), done], {
    calls: ['f({"a":1})'],
    tokens: [10, 5],
  })
})

// https://github.com/earendil-works/pi/issues/6226
t.test('calls end with "tool_calls" where a service ends them with [DONE] alone', async t => {
  const call = piece({ index: 0, id: 'call_1', type: 'function' }, { name: 'f', arguments: '{"a":1}' })
  await expect(t, [call, done], { calls: ['f({"a":1})'] })
  const { text } = await chunksOf(t, eventStream(call, done))
  t.match(text, /"finish_reason":"tool_calls"/)
})

// https://github.com/su-kaka/gcli2api/issues/403
t.test('a service that ends each chunk with "stop" is heard to its end', async t => {
  await expect(
    t,
    [
      chunk({ reasoning_content: 'Hm' }, 'stop'),
      chunk({ content: 'Hel' }, 'stop'),
      chunk({ content: 'lo' }, 'stop'),
      piece({ index: 0, id: 'call_1', type: 'function' }, { name: 'f', arguments: '{"a":1}' }),
      chunk({}, 'stop', { usage }),
      done,
    ],
    { thinking: 'Hm', text: 'Hello', calls: ['f({"a":1})'] },
  )
})

// https://github.com/sgl-project/sglang/issues/24293
t.test('text between calls, and between the pieces of one, is in no call', async t => {
  const begun = (index: number) =>
    piece({ index, id: `call_${index}`, type: 'function' }, { name: 'f', arguments: '{"a":' })
  const ended = (index: number) => piece({ index }, { arguments: `${index}}` })
  const text = (content: string) => chunk({ content })
  const events = [begun(0), text('One '), ended(0), text('two '), begun(1), ended(1), text('three')]
  await expect(t, [...events, chunk({}, 'tool_calls', { usage }), done], {
    text: 'One two three',
    calls: ['f({"a":0})', 'f({"a":1})'],
  })
})

// https://github.com/anomalyco/opencode/issues/43040
t.test('what says nothing after the reason for the end is not told to clients of chat', async t => {
  const empty = chunk({ role: 'assistant', content: '', reasoning_content: null })
  const events = [chunk({ role: 'assistant', content: 'Hi' }), chunk({}, 'stop'), empty, done]
  const { data } = await chunksOf(t, eventStream(...events))
  t.match(data.at(-1), { choices: [{ finish_reason: 'stop' }] })
})

// https://learn.microsoft.com/azure/ai-foundry/openai/concepts/content-streaming
t.test('findings of a filter that come after the end are told before it', async t => {
  const found = { content_filter_results: { hate: { filtered: false, severity: 'low' } } }
  const judged = event({ ...head, choices: [{ index: 0, finish_reason: null, ...found }] })
  const events = [chunk({ role: 'assistant', content: 'Hi' }), chunk({}, 'stop'), judged, done]
  const { data } = await chunksOf(t, eventStream(...events))
  t.match(data.slice(-2), [{ choices: [found] }, { choices: [{ finish_reason: 'stop' }] }])
})

// https://github.com/amd/gaia/issues/3501
t.test('an error that is framed as an event keeps its words under any status', async t => {
  const message = 'the request exceeds the available context size, try increasing it'
  const error = { code: 400, message, type: 'exceed_context_size_error' }
  for (const framed of [
    `data: ${JSON.stringify({ error })}\n\n`,
    `event: error\ndata: ${JSON.stringify({ error })}\n\n`,
    `error: ${JSON.stringify(error)}\n\n`,
  ]) {
    const headers = { 'content-type': 'text/event-stream' }
    const { status, text } = await chunksOf(t, sequence(sendHead(400, headers), write(framed)))
    t.equal(status, 400)
    t.match(JSON.parse(text), {
      error: { message: /exceeds the available context size/, code: 'context_length_exceeded' },
    })
    t.notMatch(text, /data:|error: /)
  }
})
