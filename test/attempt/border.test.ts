import { gzipSync } from 'node:zlib'
import t from 'tap'
import type { Test } from 'tap'
import { attempt } from '../../src/attempt/attempt.ts'
import { AttemptFailure } from '../../src/attempt/failure.ts'
import { providerSchema } from '../../src/config/schema.ts'
import { isPlainChunk } from '../../src/chat/read/plain.ts'
import type { Chunk, Reply } from '../../src/contract/index.ts'
import { openaiKind } from '../../src/providers/openai.ts'
import { Provider } from '../../src/providers/provider.ts'
import { ask, callOf } from '../call.ts'
import {
  completion,
  error,
  fakeProvider,
  fin,
  head as sendHead,
  hold,
  json,
  raw,
  reset,
  sequence,
  write,
} from '../fake-provider.ts'
import type { Action } from '../fake-provider.ts'

const timeouts = { requestMs: 20_000, firstTokenMs: 20_000, idleMs: 20_000 }
const head = { id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm' }
const chunk = (delta: unknown, finish_reason: unknown = null, more: object = {}) => ({
  ...head,
  choices: [{ index: 0, delta, finish_reason, ...more }],
})
const event = (value: unknown) => `data: ${typeof value === 'string' ? value : JSON.stringify(value)}\n\n`
const hello = event(chunk({ role: 'assistant', content: 'hello' }))
const stop = event(chunk({}, 'stop'))
const done = event('[DONE]')

/** Asks a provider that answers with these bytes. */
async function askFor(
  t: Test,
  bytes: string | Buffer,
  options: { headers?: object; stream?: boolean; choice?: object } = {},
) {
  const headers = { 'content-type': 'text/event-stream', ...options.headers } as Record<string, string>
  return await askScript(t, sequence(sendHead(200, headers), write(bytes)), options)
}

/** Asks a provider that answers with this script. */
async function askScript(
  t: Test,
  script: Action,
  { stream = true, choice }: { stream?: boolean; choice?: object } = {},
  limits = timeouts,
) {
  const fake = await fakeProvider(t, script)
  const config = providerSchema.parse({ name: 'fake', base_url: fake.url, api_key: 'sk-test' })
  const provider = new Provider(config, openaiKind, 1_000)
  t.teardown(() => provider.dispatcher.destroy())
  const request = ask('hi', { stream, ...(choice && { tool_choice: choice }) })
  return await attempt({
    provider,
    request,
    call: callOf(),
    timeouts: limits,
    maxResponseBytes: 8_000_000,
    reason: 'test',
  })
}

/** The answer as seen by a client that relays it, one that reads chunks, and one that reads it whole. */
async function seenBy(t: Test, bytes: string | Buffer, headers: object = {}) {
  let relayed = ''
  for await (const frames of (await askFor(t, bytes, { headers })).wire!.body as AsyncIterable<string>)
    relayed += frames
  let text = ''
  for await (const { choices } of await askFor(t, bytes, { headers })) text += choices[0]?.delta.content ?? ''
  const whole = await (await askFor(t, bytes, { headers, stream: false })).completion()
  return { relayed, text, whole }
}

/** The failure of an attempt, or of reading its answer. */
async function failureOf(reply: Promise<Reply>): Promise<AttemptFailure> {
  try {
    for await (const _chunk of await reply);
  } catch (thrown) {
    if (thrown instanceof AttemptFailure) return thrown
    throw thrown
  }
  throw new Error('the attempt did not fail')
}

const sayHello: Record<string, string> = {
  'an event with usage alone':
    hello + stop + event({ ...head, usage: { prompt_tokens: 1, completion_tokens: 1 } }) + done,
  'choices null': event({ ...head, choices: null }) + hello + stop + done,
  'a ping': `event: ping\ndata: {"type":"ping"}\n\n${hello}${event({ type: 'ping' })}${stop}${done}`,
  'an empty object': event('{}') + hello + event('{}') + stop + done,
  'empty data': `data:\n\ndata: \n\n${hello}${stop}${done}`,
  'one event that breaks off': hello + event('{"id":') + stop + done,
  'text that is not JSON': event('keep-alive') + hello + event('OPENROUTER PROCESSING') + stop + done,
  'a choice without a delta':
    hello + event({ ...head, choices: [{ index: 0, content_filter_offsets: {} }] }) + stop + done,
  'a delta that is null': hello + event(chunk(null)) + stop + done,
  'choices that are null': hello + event({ ...head, choices: [null] }) + stop + done,
  'an end mark in other letters': `${hello}${stop}data:   [done]  \n\n`,
  'JSON over several lines': `${JSON.stringify(chunk({ content: 'hello' }), null, 1).replaceAll(/^/gm, 'data: ')}\n\n${stop}${done}`,
  'no index':
    event({ ...head, choices: [{ delta: { content: 'hello' } }] }) +
    event({ ...head, choices: [{ delta: {}, finish_reason: 'stop' }] }),
  'finish reasons that are empty':
    event(chunk({ content: 'hel' }, '')) + event(chunk({ content: 'lo' }, '')) + stop + done,
  'an index that counts up':
    [
      chunk({ content: 'hel' }),
      chunk({ content: 'l' }, null, { index: 1 }),
      chunk({ content: 'o' }, null, { index: 2 }),
      chunk({}, 'stop', { index: 3 }),
    ]
      .map(event)
      .join('') + done,
  'content in parts': event(chunk({ content: [{ type: 'text', text: 'hello' }, null] })) + stop + done,
  'error null and empty':
    event({ ...chunk({ content: 'hello' }), error: null }) +
    event({ ...chunk({}, 'stop'), error: '' }) +
    done,
}

for (const [what, bytes] of Object.entries(sayHello)) {
  t.test(`a stream with ${what} is read as if that were absent`, async t => {
    const { relayed, text, whole } = await seenBy(t, bytes)
    t.equal(text, 'hello')
    t.match(whole, {
      choices: [{ index: 0, message: { role: 'assistant', content: 'hello' }, finish_reason: 'stop' }],
    })
    t.equal(whole.choices.length, 1)
    t.ok(relayed.endsWith(done))
    const events = relayed.split('\n\n').slice(0, -2)
    const chunks = events.map(line => JSON.parse(line.slice('data: '.length)) as typeof whole)
    t.ok(chunks.every(({ choices }) => choices.every(({ index }) => index === 0)))
  })
}

const labels = [
  'application/json',
  'text/plain; charset=utf-8',
  'application/octet-stream',
  'application/x-ndjson',
]
for (const label of [...labels, 'Text/Event-Stream'])
  t.test(`events labelled ${label} are a stream`, async t => {
    const { text, whole } = await seenBy(t, hello + stop + done, { 'content-type': label })
    t.same([text, whole.choices[0]?.message.content], ['hello', 'hello'])
  })

t.test('events without a label are a stream', async t => {
  for (const stream of [true, false]) {
    const script = sequence(sendHead(200), write(hello + stop + done))
    t.equal(await (await askScript(t, script, { stream })).text(), 'hello')
  }
})

t.test('JSON labelled as a stream is a whole answer, with or without a byte order mark', async t => {
  const choices = [{ index: 0, message: { role: 'assistant', content: 'hello' }, finish_reason: 'stop' }]
  for (const mark of ['', '\uFEFF'])
    t.equal(await (await askFor(t, mark + JSON.stringify({ ...head, choices }))).text(), 'hello')
})

// https://www.rfc-editor.org/rfc/rfc9110#section-15.3
t.test('an answer with any status of success is an answer', async t => {
  const headers = { 'content-type': 'text/event-stream' }
  for (const status of [201, 203]) {
    const script = sequence(sendHead(status, headers), write(hello + stop + done))
    for (const stream of [true, false])
      t.equal(await (await askScript(t, script, { stream })).text(), 'hello', String(status))
  }
})

t.test('a stream encoded without being asked for is decoded as it arrives', async t => {
  const { text, whole } = await seenBy(t, gzipSync(hello + stop + done), { 'content-encoding': 'gzip' })
  t.same([text, whole.choices[0]?.message.content], ['hello', 'hello'])
  const cut = gzipSync(hello + stop + done).subarray(0, 40)
  t.match(await failureOf(askFor(t, cut, { headers: { 'content-encoding': 'gzip' } })), { blame: 'failing' })
})

t.test('a whole answer and an error encoded without being asked for are read', async t => {
  for (const encoding of ['gzip', 'br', 'deflate'] as const) {
    const reply = await askScript(t, completion('hello', { encoding }), { stream: false })
    t.equal(await reply.text(), 'hello', encoding)
    const said = { error: { message: 'Please try again in 9s', code: 'rate_limit_exceeded' } }
    const failure = await failureOf(askScript(t, json(said, { status: 429, encoding })))
    t.match(failure, { blame: 'limited', retryAfter: 9, upstream: said.error }, encoding)
  }
})

// https://www.rfc-editor.org/rfc/rfc9110#section-15.2, https://www.rfc-editor.org/rfc/rfc9112
t.test('an answer may be framed in every way that HTTP has', async t => {
  const text = JSON.stringify({
    ...head,
    choices: [{ index: 0, message: { role: 'assistant', content: 'hello' }, finish_reason: 'stop' }],
  })
  const type = 'content-type: application/json\r\n'
  const ways: Record<string, string> = {
    'early hints before it': `HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\nHTTP/1.1 200 OK\r\n${type}content-length: ${text.length}\r\n\r\n${text}`,
    'an end by the close': `HTTP/1.1 200 OK\r\n${type}connection: close\r\n\r\n${text}`,
    'HTTP/1.0': `HTTP/1.0 200 OK\r\n${type}\r\n${text}`,
    'a chunk with an extension': `HTTP/1.1 200 OK\r\n${type}Transfer-Encoding: Chunked\r\n\r\n${text.length.toString(16)};x=y\r\n${text}\r\n0\r\n\r\n`,
    'blank lines before it': `HTTP/1.1 200 OK\r\n${type}content-length: ${text.length + 6}\r\n\r\n\n\n\n\n\n\n${text}`,
    'no content type': `HTTP/1.1 200 OK\r\ncontent-length: ${text.length}\r\n\r\n${text}`,
    'a byte order mark': `HTTP/1.1 200 OK\r\n${type}content-length: ${text.length + 3}\r\n\r\n\uFEFF${text}`,
  }
  for (const [what, bytes] of Object.entries(ways)) {
    const script = sequence(raw(bytes), fin())
    t.equal(await (await askScript(t, script, { stream: false })).text(), 'hello', what)
  }
})

t.test('an event may be as large as an answer', async t => {
  const images = [{ type: 'image_url', image_url: { url: 'x'.repeat(2_000_000) } }]
  const { relayed } = await seenBy(t, hello + event(chunk({ images })) + stop + done)
  t.ok(relayed.length > 2_000_000)
  const endless = `${hello}data: {"x":"${'x'.repeat(9_000_000)}`
  t.match(await failureOf(askFor(t, endless)), { code: 'upstream_too_large' })
})

const empty: Record<string, string> = {
  '[DONE] alone': done,
  'a role and [DONE]': event(chunk({ role: 'assistant', content: '' })) + done,
  'usage and [DONE]':
    event({ ...head, choices: [], usage: { prompt_tokens: 1, completion_tokens: 0 } }) + done,
  'an empty finish reason and [DONE]': event(chunk({ content: '' }, '')) + done,
}
for (const [what, bytes] of Object.entries(empty))
  t.test(`a stream of ${what} is not an answer, so another provider is asked`, async t => {
    for (const stream of [true, false])
      t.match(await failureOf(askFor(t, bytes, { stream })), {
        code: 'upstream_bad_response',
        retryable: true,
      })
  })

const flowing: Record<string, unknown> = {
  'no delta': { ...head, choices: [{ index: 0, finish_reason: null }] },
  'a number for an id': { ...chunk({}), id: 7 },
  'no model': { ...chunk({}), model: null },
  'another object': { ...chunk({}), object: 'text' },
  'no time': { ...chunk({}), created: 'now' },
}
for (const [what, odd] of Object.entries(flowing))
  t.test(`an event with ${what} amid the text reaches no client as it is`, async t => {
    const { relayed, text } = await seenBy(t, hello + hello + event(odd) + hello + stop + done)
    t.equal(text, 'hellohellohello')
    const chunks = relayed.split('\n\n').slice(0, -2)
    for (const line of chunks)
      t.ok(isPlainChunk(JSON.parse(line.slice('data: '.length)), { model: 'm', choices: 1 }))
  })

t.test('an event amid the text whose part of the answer cannot be read ends the stream', async t => {
  const odd = event(chunk({ tool_calls: 'text' }))
  t.match(await failureOf(askFor(t, hello + hello + odd + hello + stop + done)), {
    code: 'upstream_bad_response',
  })
})

t.test('a stream whose tool call never got a name is broken before its end', async t => {
  const piece = (call: object) => event(chunk({ tool_calls: [{ index: 0, ...call }] }))
  const nameless = piece({ id: 'a', function: { arguments: '{}' } })
  for (const end of [event(chunk({}, 'tool_calls')) + done, done]) {
    t.match(await failureOf(askFor(t, hello + nameless + end)), { code: 'upstream_bad_response' })
    const named = nameless + piece({ function: { name: 'f' } })
    t.match(await (await askFor(t, hello + named + end)).completion(), {
      choices: [{ message: { tool_calls: [{ function: { name: 'f' } }] }, finish_reason: 'tool_calls' }],
    })
  }
})

t.test('streamed tool calls have an index, in turn, and an id, whatever the service sends', async t => {
  const called = (name: string) => ({ type: 'function', function: { name, arguments: '{"a":1}' } })
  const calls: Record<string, object[]> = {
    'neither index nor id': [{ ...called('f') }, { ...called('g') }],
    'no id': [
      { index: 0, ...called('f') },
      { index: 1, ...called('g') },
    ],
    'indices from 1': [
      { index: 1, id: 'a', ...called('f') },
      { index: 2, id: 'b', ...called('g') },
    ],
    'one id twice': [
      { index: 0, id: 'a', ...called('f') },
      { index: 1, id: 'a', ...called('g') },
    ],
  }
  for (const [what, pieces] of Object.entries(calls)) {
    const sent = pieces.map(piece => event(chunk({ tool_calls: [piece] }))).join('')
    const { relayed } = await seenBy(t, sent + event(chunk({}, 'tool_calls')) + done)
    const told = relayed.split('\n\n').slice(0, -2)
    const seen = told.flatMap(line => {
      const { choices } = JSON.parse(line.slice('data: '.length)) as Chunk
      return choices[0]?.delta.tool_calls ?? []
    })
    t.same(
      seen.map(({ index }) => index),
      [0, 1],
      what,
    )
    t.equal(new Set(seen.map(({ id }) => id)).size, 2, what)
    t.ok(
      seen.every(({ id }) => /\w/.test(id ?? '')),
      what,
    )
  }
})

const afterEnd: Record<string, Action> = {
  'a connection that breaks': reset(),
  'a cut event': sequence(write('data: {"choices":[],"usa'), reset()),
  'a cut end mark': sequence(write('data: [DO'), fin()),
  'an event that is not JSON': sequence(write('data: {oops}\n\n'), hold()),
  'an error': sequence(write(event({ error: { message: 'too late' } })), hold()),
  'a connection that stays open': hold(),
}
for (const [what, action] of Object.entries(afterEnd))
  t.test(`after the finish reason of every choice, ${what} costs nothing of the answer`, async t => {
    const headers = { 'content-type': 'text/event-stream', 'transfer-encoding': 'chunked' }
    const script = sequence(sendHead(200, headers), write(hello + stop), action)
    for (const stream of [true, false]) {
      const reply = await askScript(t, script, { stream }, { ...timeouts, idleMs: 100, requestMs: 1_000 })
      t.equal(await reply.text(), 'hello')
      t.match(await reply.done, { finish: ['stop'], error: undefined })
    }
  })

t.test('a call that begins without a name after its choice has ended is left out', async t => {
  const call = (fields: object) => event(chunk({ tool_calls: [fields] }))
  const first = call({ index: 0, id: 'a', function: { name: 'f', arguments: '{' } })
  const late = [
    call({ index: 1, function: { arguments: '{}' } }),
    call({ index: 0, function: { arguments: '}' } }),
    call({ index: 2, id: 'c', function: { name: 'g', arguments: '{"a":1}' } }),
  ]
  const { relayed, whole } = await seenBy(t, first + event(chunk({}, 'tool_calls')) + late.join('') + done)
  const calls = whole.choices[0]?.message.tool_calls?.map(({ function: called }) => called)
  t.same(calls, [
    { name: 'f', arguments: '{}' },
    { name: 'g', arguments: '{"a":1}' },
  ])
  t.same(relayed.match(/"index":\d,"(?:id|function)/g)?.length, 3)
})

t.test('after tool calls, a finish reason of stop is tool_calls, unless the call was forced', async t => {
  const call = { id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } }
  const events = event(chunk({ tool_calls: [{ index: 0, ...call }] })) + event(chunk({}, 'stop')) + done
  const { relayed, whole } = await seenBy(t, events)
  t.match(relayed, /"finish_reason":"tool_calls"\}/)
  t.notMatch(relayed, /"finish_reason":"stop"/)
  t.equal(whole.choices[0]?.finish_reason, 'tool_calls')
  const choice = { type: 'function', function: { name: 'f' } }
  const untouched = await (await askFor(t, events, { choice })).completion()
  t.equal(untouched.choices[0]?.finish_reason, 'stop')
  const text = await (await askFor(t, hello + stop + done)).completion()
  t.equal(text.choices[0]?.finish_reason, 'stop')
})

t.test('a stream with empty finish reasons that breaks off is broken', async t => {
  const cut = event(chunk({ content: 'The answer' }, '')) + event(chunk({ content: ' is' }, ''))
  t.match(await failureOf(askFor(t, cut)), { code: 'upstream_truncated' })
  t.match(await failureOf(askFor(t, cut, { stream: false })), { code: 'upstream_truncated' })
})

const unreadable: Record<string, unknown> = {
  'an index of 4294967294': chunk({ content: 'x' }, 'stop', { index: 4_294_967_294 }),
  'an index of "__proto__"': chunk({}, 'polluted', { index: '__proto__' }),
  'a tool call with an index of "__proto__"': chunk({
    tool_calls: [{ index: '__proto__', map: 1, function: { name: 'f' } }],
  }),
  'a tool call with an index of 4294967294': chunk({
    tool_calls: [{ index: 4_294_967_294, function: { name: 'f' } }],
  }),
  'tool calls that are a text': chunk({ tool_calls: 'abc' }),
  'a delta that is a text': chunk('abc'),
  'content that is a number': chunk({ content: 5 }),
  'events that break off': '{"id":\n\ndata: {"id":',
}
for (const [what, value] of Object.entries(unreadable))
  t.test(`${what} is the provider's fault, before and after content`, async t => {
    for (const stream of [true, false]) {
      t.match(await failureOf(askFor(t, event(value) + done, { stream })), { code: 'upstream_bad_response' })
      t.match(await failureOf(askFor(t, hello + event(value) + done, { stream })), {
        code: 'upstream_bad_response',
      })
    }
    t.notOk('map' in {} || Object.keys(Array.prototype).length > 0)
  })

t.test('[DONE] after content ends a stream, and each choice gets the finish reason it lacks', async t => {
  const call = { tool_calls: [{ index: 0, id: 'c', function: { name: 'f', arguments: '{"a":1}' } }] }
  for (const [bytes, reason] of [
    [hello + done, 'stop'],
    [hello + hello + hello + done, 'stop'],
    [event(chunk(call)) + done, 'tool_calls'],
    [hello + event(chunk(call)) + done, 'tool_calls'],
  ] as const) {
    const { relayed, whole } = await seenBy(t, bytes)
    t.equal(whole.choices[0]?.finish_reason, reason)
    t.match(
      relayed,
      new RegExp(`"delta":\\{\\},"finish_reason":"${reason}"\\}\\]\\}\n\ndata: \\[DONE\\]\n\n$`),
    )
  }
})

t.test('[DONE] without content is not an answer', async t => {
  for (const bytes of [done, event(chunk({ role: 'assistant', content: '' })) + done])
    t.match(await failureOf(askFor(t, bytes)), { code: 'upstream_bad_response', retryable: true })
})

t.test(
  '[DONE] within the arguments of a call breaks a stream, but not behind a text or an empty call',
  async t => {
    const call = (more: object) => event(chunk({ tool_calls: [{ index: 0, id: 'c', ...more }] }))
    const cut = call({ function: { name: 'f', arguments: '{"a":' } }) + done
    for (const stream of [true, false])
      t.match(await failureOf(askFor(t, hello + cut, { stream })), { code: 'upstream_bad_response' })
    for (const arguments_ of ['', '{}']) {
      const { whole } = await seenBy(t, call({ function: { name: 'f', arguments: arguments_ } }) + done)
      t.match(whole.choices[0], { finish_reason: 'tool_calls' })
    }
  },
)

t.test('an error in any shape ends a stream', async t => {
  for (const value of [
    { error: { message: 'x' } },
    { error: 'x' },
    { object: 'error', message: 'x' },
    { detail: 'x' },
  ])
    t.match(await failureOf(askFor(t, hello + event(value) + stop + done)), {
      code: 'upstream_error',
      upstream: { message: 'x' },
    })
})

const words: readonly (readonly [unknown, string])[] = [
  [{ detail: 'model is not loaded' }, 'model is not loaded'],
  [{ detail: [{ loc: ['body', 'tools', 0], msg: 'Field required' }] }, 'body.tools.0: Field required'],
  [
    { object: 'error', message: { detail: [{ loc: ['body', 'foo'], msg: 'Not permitted' }] } },
    'body.foo: Not permitted',
  ],
  [{ success: false, errors: [{ code: 7003, message: 'no such route' }] }, 'no such route'],
  [{ error: { error: { message: 'too long', type: 'invalid_request_error' } } }, 'too long'],
  [[{ error: { message: 'from Gemini', status: 'INVALID_ARGUMENT' } }], 'from Gemini'],
  [{ error: 'model not supported' }, 'model not supported'],
  [{ message: 'bad tool schema', code: 400 }, 'bad tool schema'],
  [{ Message: 'from AWS' }, 'from AWS'],
  ['plain words, with sk-abcdef123456', 'plain words, with [key]'],
  ['<html><head><title>Bad request</title></head><body>x</body></html>', 'Bad request'],
]
for (const [sent, message] of words)
  t.test(`an error keeps its message: ${message}`, async t => {
    const fake = await fakeProvider(t, error(422, sent as string))
    const config = providerSchema.parse({ name: 'fake', base_url: fake.url, api_key: 'sk-test' })
    const provider = new Provider(config, openaiKind, 1_000)
    t.teardown(() => provider.dispatcher.destroy())
    const work = attempt({
      provider,
      request: ask(),
      call: callOf(),
      timeouts,
      maxResponseBytes: 1_000,
      reason: 'test',
    })
    t.match(await failureOf(work), { upstream: { message } })
  })
