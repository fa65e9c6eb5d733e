import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import type { ChatCompletionChunk } from 'openai/resources'
import t from 'tap'
import type { Test } from 'tap'
import type { ConfigInput } from '../../src/config/schema.ts'
import { event, eventsOf, eventStream, messages, messagesError, usage } from '../fake-messages.ts'
import {
  answer,
  fakeProvider,
  fin,
  flood,
  gate,
  hold,
  json,
  reset,
  sequence,
  write,
} from '../fake-provider.ts'
import type { Action, FakeProvider, Script } from '../fake-provider.ts'
import { conversation, hello, textOf, toolCall, weather } from './conversation.ts'
import { stuck, clientKey, errorOf, serve } from './serve.ts'

const model = 'claude-fake'
const request = { model, messages: hello }
const streamed = { ...request, stream: true as const }
const bill = { prompt_tokens: 127, completion_tokens: 5, total_tokens: 132 }
const aCall = { type: 'tool_use', id: 'toolu_1', name: 'weather', input: { place: 'Oslo' } }

interface World {
  readonly openai: OpenAI
  readonly url: string
  readonly claude: FakeProvider
  /** A provider that speaks chat completions and is asked only when the other has failed. */
  readonly other: FakeProvider
}

/** A test of the whole server over a provider that speaks Messages, with one of OpenAI's kind as a fallback. */
function upstreamTest(
  name: string,
  work: (t: Test, start: (script: Script, more?: Partial<ConfigInput>) => Promise<World>) => Promise<void>,
): void {
  void t.test(name, async t => {
    let url = ''
    await work(t, async (script, more = {}) => {
      const claude = await fakeProvider(t, script)
      const other = await fakeProvider(t, answer('from the other'))
      const config: ConfigInput = {
        approach: 'proxy',
        // So that tests can read the error.
        stream_failure: 'event',
        routing: { health_check: { enabled: false }, stream_recovery: 'off' },
        providers: [
          { name: 'claude', type: 'anthropic', base_url: claude.url, api_key: 'sk-ant' },
          { name: 'other', base_url: other.url, api_key: 'sk-other', fallback_only: true },
        ],
        ...more,
      }
      url = await serve(t, JSON.stringify(config))
      const openai = new OpenAI({ baseURL: `${url}/v1`, apiKey: clientKey, maxRetries: 0 })
      return { openai, url, claude, other }
    })
    t.same(await stuck(url), [], 'no provider is busy')
  })
}

/** A provider that dies at a point of its stream. */
function cutAfter(events: number): Action {
  return eventStream(...eventsOf('Hello there').slice(0, events), reset())
}

/** Reads a stream to its end, however it ends. */
async function read(stream: AsyncIterable<ChatCompletionChunk>, onText: () => void = () => {}) {
  const chunks: ChatCompletionChunk[] = []
  let error: unknown
  try {
    for await (const chunk of stream) {
      chunks.push(chunk)
      if (textOf([chunk])) onText()
    }
  } catch (thrown) {
    error = thrown
  }
  return { chunks, error }
}

t.test("Anthropic's own client understands the fake provider of these tests", async t => {
  const content = [{ type: 'text', text: 'Zürich' }, aCall]
  const { url } = await fakeProvider(t, messages(content))
  const client = new Anthropic({ baseURL: new URL(url).origin, apiKey: 'sk-ant', maxRetries: 0 })
  const asked = { model, max_tokens: 10, messages: [{ role: 'user' as const, content: 'Hello' }] }
  const whole = await client.messages.create(asked)
  t.match(whole, { content, stop_reason: 'tool_use', usage })
  t.match(await client.messages.stream(asked).finalMessage(), { content, stop_reason: 'tool_use', usage })
})

upstreamTest('a chat completion comes from a provider that speaks Messages', async (t, start) => {
  const { openai, claude, other } = await start(messages('Hello there'))
  const { data, response } = await openai.chat.completions.create(request).withResponse()
  t.match(data, {
    id: 'msg_1',
    object: 'chat.completion',
    created: Number,
    model,
    choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'Hello there' } }],
    usage: { ...bill, prompt_tokens_details: { cached_tokens: 20 } },
  })
  t.equal(response.headers.get('x-hulumanage-provider'), 'claude')
  const [asked] = claude.requests
  t.equal(asked?.path, '/v1/messages')
  t.match(asked?.headers, { 'x-api-key': 'sk-ant', 'anthropic-version': '2023-06-01' })
  t.notOk(asked?.headers['authorization'])
  t.same(asked?.body, {
    model,
    max_tokens: 32_000,
    messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }],
  })
  t.same(other.requests, [])
})

upstreamTest('a stream comes piece by piece, in one voice', async (t, start) => {
  const rest = gate()
  const events = eventsOf('Hello there')
  const { openai } = await start(eventStream(...events.slice(0, 4), hold(rest), ...events.slice(4)))
  const chunks: ChatCompletionChunk[] = []
  for await (const chunk of await openai.chat.completions.create(streamed)) {
    chunks.push(chunk)
    if (textOf(chunks) === 'Hello') rest.release()
  }
  t.equal(textOf(chunks), 'Hello there')
  t.equal(chunks.at(-1)?.choices[0]?.finish_reason, 'stop')
  t.same([...new Set(chunks.map(({ id, model }) => `${id} ${model}`))], ['msg_1 claude-fake'])
  t.ok(
    chunks.every(chunk => !chunk.usage && chunk.choices.length > 0),
    'nobody asked for usage',
  )
})

upstreamTest('the bill of a stream has the largest of each figure, once', async (t, start) => {
  const { openai } = await start(messages('Hello', { usage: { ...usage, output_tokens: 40 } }))
  const events = await openai.chat.completions.create({
    ...streamed,
    stream_options: { include_usage: true },
  })
  const { chunks } = await read(events)
  t.match(chunks.at(-1), {
    choices: [],
    usage: { prompt_tokens: 127, completion_tokens: 40, total_tokens: 167 },
  })
  t.ok(chunks.slice(0, -1).every(({ usage }) => usage == null))
})

for (const stream of [false, true]) {
  upstreamTest(`tools go there and back, ${stream ? 'streamed' : 'whole'}`, async (t, start) => {
    const { openai, claude } = await start([messages([aCall]), messages('Rain in Oslo')])
    const places: unknown[] = []
    const run = openai.chat.completions.runTools({
      model,
      messages: hello,
      stream,
      parallel_tool_calls: false,
      tools: [
        {
          type: 'function',
          function: {
            ...weather.function,
            parse: JSON.parse as (text: string) => object,
            function: (args: object) => {
              places.push(args)
              return 'rain'
            },
          },
        },
      ],
    } as Parameters<typeof openai.chat.completions.runTools>[0])
    t.equal(await run.finalContent(), 'Rain in Oslo')
    t.same(places, [{ place: 'Oslo' }])
    t.match(claude.requests[1]?.body, {
      tools: [{ name: 'weather', input_schema: weather.function.parameters }],
      tool_choice: { type: 'auto', disable_parallel_tool_use: true },
      messages: [
        { role: 'user', content: [{ text: 'Hello' }] },
        { role: 'assistant', content: [aCall] },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: 'rain' }] },
      ],
    })
  })
}

upstreamTest('a conversation of every kind keeps its images and calls', async (t, start) => {
  const { openai, claude } = await start(messages('42'))
  await openai.chat.completions.create({ model, messages: conversation, tools: [weather] })
  t.match(claude.requests[0]?.body, {
    system: [{ type: 'text', text: 'Be brief.' }],
    messages: [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Where is this?' },
          { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' } },
        ],
      },
      { role: 'assistant', content: [{ type: 'tool_use', id: toolCall.id, input: { place: 'Oslo' } }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: toolCall.id }] },
      { role: 'assistant', content: [{ type: 'text', text: 'Oslo, in the rain.' }] },
      { role: 'user', content: [{ type: 'text', text: 'And what is 6 times 7?' }] },
    ],
  })
})

for (const stream of [false, true]) {
  upstreamTest(`n is topped up, ${stream ? 'streamed' : 'whole'}`, async (t, start) => {
    const { openai, claude } = await start([messages('one'), messages('two'), messages('three')])
    if (stream) {
      const { chunks, error } = await read(
        await openai.chat.completions.create({ ...streamed, n: 3, stream_options: { include_usage: true } }),
      )
      t.notOk(error)
      const ends = chunks.flatMap(({ choices }) => choices.filter(choice => choice.finish_reason))
      t.same(new Set(ends.map(({ index }) => index)), new Set([0, 1, 2]))
      t.equal(ends.length, 3)
      t.match(chunks.at(-1)?.usage, { prompt_tokens: 3 * 127, completion_tokens: 15 })
    } else {
      const { choices, usage } = await openai.chat.completions.create({ ...request, n: 3 })
      const texts = choices.map(({ message }) => message.content)
      t.same(new Set(texts), new Set(['one', 'two', 'three']))
      t.match(usage, { prompt_tokens: 3 * 127, completion_tokens: 15 })
    }
    t.equal(claude.requests.length, 3)
    t.ok(claude.requests.every(({ body }) => !('n' in body)))
  })
}

upstreamTest('an approach works over it as over any other', async (t, start) => {
  const { openai, claude } = await start(messages('42'))
  const { choices } = await openai.chat.completions.create({ ...request, model: `re2-${model}` })
  t.equal(choices[0]?.message.content, '42')
  t.match(JSON.stringify(claude.requests[0]?.body), /Hello.*Hello/)
})

for (const [name, script] of Object.entries({
  'a stream that is cut before its content': cutAfter(3),
  'a stream that ends before its content': eventStream(...eventsOf('Hello').slice(0, 3)),
  'an error event before the content': eventStream(
    ...eventsOf('Hello').slice(0, 2),
    event('error', { error: { type: 'overloaded_error', message: 'Overloaded' } }),
  ),
  'a 529': messagesError(529, 'overloaded_error', 'Overloaded'),
  'an error inside a 200': messagesError(200, 'api_error', 'Internal server error'),
  'a refused key': messagesError(401, 'authentication_error', 'invalid x-api-key'),
  'something that is no message': json({ hello: 'world' }),
})) {
  upstreamTest(`${name} sends the request to another provider`, async (t, start) => {
    const { openai, claude, other } = await start(script)
    const { chunks, error } = await read(await openai.chat.completions.create(streamed))
    t.notOk(error)
    t.equal(textOf(chunks), 'from the other')
    t.equal(claude.requests.length, 1)
    t.match(other.requests[0]?.body, { model, messages: hello, stream: true })
  })
}

for (const [name, script] of Object.entries({
  'a cut': reset(),
  'an end without a reason': sequence(...eventsOf('Hello there').slice(4, -2).map(write)),
  'an error event': write(event('error', { error: { type: 'overloaded_error', message: 'Overloaded' } })),
  'an event that is no JSON': write('data: {"type":\n\n'),
})) {
  upstreamTest(`${name} after content is an error in the stream`, async (t, start) => {
    const seen = gate()
    const { openai, other } = await start(
      eventStream(...eventsOf('Hello there').slice(0, 4), hold(seen), script),
    )
    const { chunks, error } = await read(await openai.chat.completions.create(streamed), () => seen.release())
    t.match(textOf(chunks), /^Hello/)
    t.ok(error instanceof OpenAI.APIError)
    t.ok(chunks.every(({ choices }) => choices.every(({ finish_reason }) => finish_reason == null)))
    t.same(other.requests, [], 'what has begun is not begun again')
  })
}

for (const [name, end] of Object.entries({
  'an end of the body': [],
  'a cut': [fin()],
  'an error event': [write(event('error', { error: { type: 'overloaded_error', message: 'Overloaded' } }))],
})) {
  upstreamTest(`${name} instead of message_stop costs nothing of the answer`, async (t, start) => {
    const seen = gate()
    const [first, last] = [eventsOf('Hello there').slice(0, 4), eventsOf('Hello there').slice(4, -1)]
    const { openai, other } = await start(
      eventStream(...first, hold(seen), sequence(...last.map(write)), ...end),
    )
    const { chunks, error } = await read(
      await openai.chat.completions.create({ ...streamed, stream_options: { include_usage: true } }),
      () => seen.release(),
    )
    t.notOk(error)
    t.equal(textOf(chunks), 'Hello there')
    t.match(chunks.at(-2)?.choices, [{ finish_reason: 'stop' }])
    t.match(chunks.at(-1)?.usage, { prompt_tokens: 127, completion_tokens: 5 })
    t.same(other.requests, [])
  })
}

upstreamTest('a reason for the end does not complete a text that lost pieces before it', async (t, start) => {
  const events = eventsOf('Hello there')
  const script = eventStream(
    ...events.slice(0, 4),
    ['data: {"a\n\n', 'data: {"b\n\n', ...events.slice(4)].join(''),
  )
  const { openai } = await start(script)
  const { chunks, error } = await read(await openai.chat.completions.create(streamed))
  t.ok(error instanceof OpenAI.APIError)
  t.ok(chunks.every(({ choices }) => choices.every(({ finish_reason }) => finish_reason == null)))
})

upstreamTest('a reason for the end does not complete a call whose arguments were cut', async (t, start) => {
  const seen = gate()
  const { openai } = await start(
    eventStream(
      ...eventsOf('Hello there').slice(0, 4),
      hold(seen),
      event('content_block_start', { index: 1, content_block: { ...aCall, input: {} } }),
      event('content_block_delta', { index: 1, delta: { type: 'input_json_delta', partial_json: '{"pl' } }),
      ...eventsOf([aCall]).slice(-2, -1),
      fin(),
    ),
  )
  const { chunks, error } = await read(await openai.chat.completions.create(streamed), () => seen.release())
  t.ok(error instanceof OpenAI.APIError)
  t.ok(chunks.every(({ choices }) => choices.every(({ finish_reason }) => finish_reason == null)))
})

upstreamTest('pings keep nothing alive: a silent stream is given up', async (t, start) => {
  const silent = eventStream(...eventsOf('Hello there').slice(0, 4), flood(event('ping', {})))
  const { openai } = await start(silent, { timeouts: { idle: 0.05 } })
  const { chunks, error } = await read(await openai.chat.completions.create(streamed))
  t.equal(textOf(chunks), 'Hello')
  t.match(error, { code: 'upstream_timeout' })
})

upstreamTest('a client that leaves ends the call', async (t, start) => {
  const { openai, claude } = await start(eventStream(...eventsOf('Hello there').slice(0, 4), hold()))
  const stream = await openai.chat.completions.create(streamed)
  for await (const chunk of stream) if (textOf([chunk])) break
  await claude.requests[0]?.aborted
  await claude.disconnected()
  t.pass('the provider sees it')
})

upstreamTest(
  'a request that the service refuses is told in its words, and goes nowhere else',
  async (t, start) => {
    const { openai, other } = await start(messagesError(400, 'invalid_request_error', 'max_tokens: too many'))
    const thrown = await errorOf(openai.chat.completions.create(request))
    t.ok(thrown instanceof OpenAI.BadRequestError)
    t.match(thrown, { message: /max_tokens: too many/, type: 'invalid_request_error' })
    t.same(other.requests, [])
  },
)

upstreamTest('what Messages has no words for goes to a provider that has them', async (t, start) => {
  const { openai, url, claude, other } = await start(messages())
  for (const _ of Array.from({ length: 5 })) {
    const { choices } = await openai.chat.completions.create({ ...request, logprobs: true })
    t.equal(choices[0]?.message.content, 'from the other')
  }
  t.match(other.requests[0]?.body, { logprobs: true })
  t.same(claude.requests, [], 'nothing was sent')
  const { providers } = (await (await fetch(`${url}/providers`)).json()) as { providers: object[] }
  t.match(providers[0], { name: 'claude', status: 'healthy' })
})

upstreamTest(
  'where none has them it is a 400 that names the field, or the field is left out',
  async (t, start) => {
    const claude = await fakeProvider(t, messages())
    const entry = { name: 'claude', type: 'anthropic', base_url: claude.url, api_key: 'sk-ant' }
    const strict = await start(messages(), { providers: [entry] })
    const thrown = await errorOf(strict.openai.chat.completions.create({ ...request, seed: 1 }))
    t.ok(thrown instanceof OpenAI.BadRequestError)
    t.match(thrown, { param: 'seed', code: 'upstream_rejected', message: /drop_unsupported/ })
    t.same(claude.requests, [])
    const lax = await start(messages(), { providers: [{ ...entry, drop_unsupported: true }] })
    await lax.openai.chat.completions.create({ ...request, seed: 1 })
    t.notOk('seed' in claude.requests[0]!.body)
  },
)

upstreamTest('thinking is told beside the answer', async (t, start) => {
  const thought = { type: 'thinking', thinking: 'Let me see', signature: 'sig' }
  const content = [thought, { type: 'text', text: '42' }]
  const { openai } = await start([messages(content), messages(content)])
  const { choices } = await openai.chat.completions.create(request)
  t.match(choices[0]?.message, { content: '42', reasoning_content: 'Let me see', thinking_blocks: [thought] })
  const { chunks } = await read(await openai.chat.completions.create(streamed))
  const told = chunks.map(({ choices: [choice] }) => choice?.delta as { reasoning_content?: string })
  t.equal(told.map(delta => delta.reasoning_content ?? '').join(''), 'Let me see')
  t.equal(textOf(chunks), '42')
})

upstreamTest('health is asked with its own key and version', async (t, start) => {
  const { claude } = await start(messages(), { routing: { health_check: { enabled: true, interval: 0.05 } } })
  const { path, headers } = await claude.waitForCheck(1)
  t.equal(path, '/v1/models')
  t.match(headers, { 'x-api-key': 'sk-ant', 'anthropic-version': '2023-06-01' })
})
