import t from 'tap'
import type { Test } from 'tap'
import { eventStream } from '../fake-messages.ts'
import { chunksOf } from './chunks-of.ts'
import { tellAll } from './told.ts'
import type { Told } from './told.ts'

const head = { id: 'c', object: 'chat.completion.chunk', created: 1_755_000_000, model: 'm' }
const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 }
const done = 'data: [DONE]\n\n'

function data(delta: object, finish: string | null = null, more: object = {}): string {
  return JSON.stringify({ ...head, choices: [{ index: 0, delta, finish_reason: finish }], ...more })
}

function chunk(delta: object, finish: string | null = null, more: object = {}): string {
  return `data: ${data(delta, finish, more)}\n\n`
}

const end = chunk({}, 'stop', { usage })

/** Each client is told this by these events, as a stream and as a whole. */
async function expect(t: Test, events: readonly string[], expected: Partial<Told>): Promise<void> {
  for (const streamed of [true, false])
    for (const told of await tellAll(t, eventStream(...events), streamed)) t.match(told, expected)
}

// https://github.com/anomalyco/opencode/issues/27365, https://github.com/rexxars/eventsource-parser/pull/31
t.test('lines of data that are JSON each are events of their own', async t => {
  const lines = [data({ content: 'Hel' }), data({ content: 'lo' }), data({}, 'stop', { usage }), '[DONE]']
  const framed = lines.map(line => `data: ${line}\n`)
  await expect(t, framed, { text: 'Hello', tokens: [10, 5] })
  await expect(t, [framed.join('')], { text: 'Hello', tokens: [10, 5] })
  const spaced = JSON.stringify(JSON.parse(data({ content: 'Hello' })), null, 1).replaceAll('\n', '\ndata: ')
  await expect(t, [`data: ${spaced}\n\n`, end, done], { text: 'Hello' })
})

// https://github.com/Wei-Shaw/sub2api/issues/1471
t.test('an error that breaks off an event is told in its own words', async t => {
  const error = JSON.stringify({ error: { message: 'stream_read_error', type: 'upstream_error' } })
  for (const name of ['', 'event: error\n']) {
    const events = [chunk({ content: 'Hel' }), `data: {"id":"c","obj\n${name}data: ${error}\n\n`]
    for (const streamed of [true, false])
      for (const told of await tellAll(t, eventStream(...events), streamed))
        t.match(told, /stream_read_error/)
  }
})

// https://github.com/openclaw/openclaw/pull/97474
t.test('data that is framed twice is read', async t => {
  const events = [data({ content: 'Hi' }), data({}, 'stop', { usage }), '[DONE]']
  await expect(
    t,
    events.map(each => `data: data: ${each}\n\n`),
    { text: 'Hi', tokens: [10, 5] },
  )
})

const begun = { index: 0, id: 'call_1', type: 'function' }

// https://github.com/agentscope-ai/QwenPaw/pull/488
t.test('a call begins with its name for clients of chat, who read it from the first piece', async t => {
  const pieces = [
    { ...begun, function: null },
    { index: 0, function: { arguments: '{"a"' } },
    { index: 0, function: { name: 'f', arguments: ':1' } },
    { index: 0, function: null },
    { index: 0, function: { arguments: '}' } },
  ]
  const events = [
    ...pieces.map(piece => chunk({ tool_calls: [piece] })),
    chunk({}, 'tool_calls', { usage }),
    done,
  ]
  await expect(t, events, { calls: ['f({"a":1})'] })
  const { data: told } = await chunksOf(t, eventStream(...events))
  const [first] = told.flatMap(({ choices }) => choices.flatMap(({ delta }) => delta.tool_calls ?? []))
  t.same(first, { ...begun, function: { name: 'f', arguments: '{"a":1' } })
})

// https://github.com/open-webui/computer/issues/224
t.test('a signature that comes before its call, and without an index, belongs to it', async t => {
  const extra_content = { google: { thought_signature: 'c2ln' } }
  const { index: _index, ...call } = { ...begun, function: { name: 'f', arguments: '{"a":1}' } }
  for (const indexed of [call, { ...call, index: 0 }]) {
    const events = [chunk({ tool_calls: [{ extra_content }] }), chunk({ tool_calls: [indexed] }), end, done]
    await expect(t, events, { calls: ['f({"a":1})'] })
    const { data: told } = await chunksOf(t, eventStream(...events))
    const pieces = told.flatMap(({ choices }) => choices.flatMap(({ delta }) => delta.tool_calls ?? []))
    t.match(pieces, [{ ...begun, extra_content, function: { name: 'f' } }])
  }
})

// https://github.com/zai-org/GLM-5/issues/91
t.test('a chunk whose fields are all empty adds nothing, and alone is a failure', async t => {
  const hollow = { id: '', object: '', created: 0, model: '', choices: null, usage: null }
  const event = `data: ${JSON.stringify(hollow)}\n\n`
  await expect(t, [chunk({ content: 'Hel' }), event, chunk({ content: 'lo' }), end, done], { text: 'Hello' })
  for (const told of await tellAll(t, eventStream(event, done), true)) t.type(told, 'string')
})
