import Anthropic from '@anthropic-ai/sdk'
import t from 'tap'
import type { Test } from 'tap'
import type { ConfigInput } from '../../src/config/schema.ts'
import { event, eventsOf, eventStream, messageOf, messages, messagesError } from '../fake-messages.ts'
import { answer, fakeProvider, fin, gate, hold, json, sequence, write } from '../fake-provider.ts'
import type { FakeProvider, ReceivedRequest, Script } from '../fake-provider.ts'
import { hello } from './conversation.ts'
import { stuck, clientKey, errorOf, serve } from './serve.ts'

const model = 'claude-fake'
const cached = { cache_control: { type: 'ephemeral' as const } }
const asked = {
  model,
  max_tokens: 100,
  system: [{ type: 'text' as const, text: 'Be brief.', ...cached }],
  messages: [{ role: 'user' as const, content: [{ type: 'text' as const, text: 'Hello', ...cached }] }],
}

interface World {
  readonly url: string
  readonly claude: FakeProvider
  readonly other: FakeProvider
  readonly client: Anthropic
}

type Start = (script: Script, config?: Partial<ConfigInput>, entry?: object) => Promise<World>

/** A test of the whole server between a client and a service that speak Messages, with a fallback that does not. */
function relayTest(name: string, work: (t: Test, start: Start) => Promise<void>): void {
  void t.test(name, async t => {
    let url = ''
    await work(t, async (script, config = {}, entry = {}) => {
      const claude = await fakeProvider(t, script)
      const other = await fakeProvider(t, answer('from the other'))
      const text = JSON.stringify({
        approach: 'proxy',
        routing: { health_check: { enabled: false } },
        providers: [
          { name: 'claude', type: 'anthropic', base_url: claude.url, api_key: 'sk-ant-provider', ...entry },
          { name: 'other', base_url: other.url, api_key: 'sk-other', fallback_only: true },
        ],
        ...config,
      })
      url = await serve(t, text)
      const client = new Anthropic({ baseURL: url, apiKey: clientKey, maxRetries: 0 })
      return { url, claude, other, client }
    })
    t.same(await stuck(url), [], 'no provider is busy')
  })
}

async function post(url: string, text: string): Promise<Response> {
  return await fetch(`${url}/v1/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: text,
  })
}

const textIn = (request: ReceivedRequest | undefined) => request?.text

relayTest('bodies go both ways as they came', async (t, start) => {
  const whole = { ...messageOf('42'), container: null, new_field: { of: 'the service' } }
  const { url, claude } = await start(json(whole))
  const text = JSON.stringify({ ...asked, metadata: { user_id: 'u' } }, null, 1)
  const response = await post(url, text)
  t.equal(textIn(claude.requests[0]), text)
  t.strictSame(await response.json(), whole)
  t.equal(response.headers.get('x-hulumanage-provider'), 'claude')
  t.match(await (await fetch(`${url}/stats`)).json(), { tokens: { prompt: 127, completion: 5 } })
})

relayTest('the events of a stream go on as they came, as the model writes', async (t, start) => {
  const citation = event('content_block_delta', {
    index: 0,
    delta: { type: 'citations_delta', citation: {} },
  })
  const events = eventsOf('Hello there')
  const seen = gate()
  const before = [...events.slice(0, 4), citation]
  const { url, client, claude } = await start([
    eventStream(...before, ...events.slice(4)),
    eventStream(...before, hold(seen), ...events.slice(4)),
  ])
  const response = await post(url, JSON.stringify({ ...asked, stream: true }))
  const told = (await response.text()).replace(/^: hulumanage .*\n/m, '')
  t.equal(told, [...before, ...events.slice(4)].join(''))
  let text = ''
  const stream = client.messages.stream(asked).on('text', piece => {
    text += piece
    seen.release()
  })
  t.match(await stream.finalMessage(), { usage: { cache_read_input_tokens: 20 }, stop_reason: 'end_turn' })
  t.equal(text, 'Hello there')
  t.match(claude.requests[1]?.body, asked)
})

relayTest(
  'a tool of Anthropic that the request forces is asked of Anthropic, and of nobody else',
  async (t, start) => {
    const search = { type: 'web_search_20250305' as const, name: 'web_search' as const }
    const used = { type: 'server_tool_use', id: 's1', name: 'web_search', input: { query: 'x' } }
    const { client, claude, other } = await start([
      messages([used, { type: 'text', text: 'found' }]),
      messagesError(529, 'overloaded_error', 'Overloaded'),
    ])
    const message = await client.messages.create({ ...asked, tools: [search] })
    t.match(message.content, [used, { type: 'text', text: 'found' }])
    t.match(claude.requests[0]?.body, { tools: [search], ...asked })
    const forced = { tools: [search], tool_choice: { type: 'tool' as const, name: 'web_search' } }
    const thrown = await errorOf(client.messages.create({ ...asked, ...forced }))
    t.ok(thrown instanceof Anthropic.APIError)
    t.same(other.requests, [])
  },
)

relayTest('it is a 400 if no provider speaks Messages, and under an approach', async (t, start) => {
  const search = { type: 'web_search_20250305' as const, name: 'web_search' as const }
  const forced = { tools: [search], tool_choice: { type: 'tool' as const, name: 'web_search' } }
  const { client, claude, other } = await start(messages(), {}, { models: ['another'] })
  for (const named of [model, `re2-${model}`]) {
    const thrown = await errorOf(client.messages.create({ ...asked, ...forced, model: named }))
    t.ok(thrown instanceof Anthropic.BadRequestError)
    t.match((thrown as Error).message, /tool_choice: .* runs on Anthropic's servers/)
  }
  t.same([...claude.requests, ...other.requests], [])
})

relayTest('a prefix, a field of ours and a mapped model leave the rest as it is', async (t, start) => {
  const { client, claude } = await start(messages('42'), { approach: 'auto' }, { model_map: { mine: model } })
  await client.messages.create({ ...asked, model: 'proxy-mine' })
  t.strictSame(claude.requests[0]?.body, asked)
  const own = { ...asked, model: 'mine', hulumanage_approach: 'proxy' }
  await client.messages.create(own)
  t.strictSame(claude.requests[1]?.body, asked)
})

relayTest('an approach is asked in a chat, and its calls are translated', async (t, start) => {
  const { client, claude } = await start(messages('42'))
  const message = await client.messages.create({ ...asked, model: `re2-${model}` })
  t.match(message.content, [{ type: 'text', text: '42' }])
  t.match(claude.requests[0]?.text, /Hello.*Hello/)
})

relayTest('a failure before the content goes to another provider, translated', async (t, start) => {
  const { client, other } = await start(messagesError(529, 'overloaded_error', 'Overloaded'))
  const message = await client.messages.stream(asked).finalMessage()
  t.match(message.content, [{ type: 'text', text: 'from the other' }])
  t.match(other.requests[0]?.body, {
    messages: [{ role: 'system', content: 'Be brief.' }, ...hello],
    stream: true,
  })
})

relayTest('a failure after content is told once, in an error event', async (t, start) => {
  const seen = gate()
  const broken = event('error', { error: { type: 'overloaded_error', message: 'Overloaded' } })
  const { url } = await start(
    eventStream(...eventsOf('Hello there').slice(0, 4), hold(seen), sequence(write(broken))),
    { stream_failure: 'event' },
  )
  const response = await post(url, JSON.stringify({ ...asked, stream: true }))
  let text = ''
  const decoder = new TextDecoder()
  for await (const bytes of response.body!) {
    text += decoder.decode(bytes, { stream: true })
    if (text.includes('Hello')) seen.release()
  }
  t.equal(text.match(/^event: error$/gm)?.length, 1)
  t.notMatch(text, /message_stop/)
})

relayTest(
  'a message whose reason for the end was relayed ends, even if its service breaks off',
  async (t, start) => {
    const { url } = await start(eventStream(...eventsOf('Hello there').slice(0, -1), fin()))
    const text = await (await post(url, JSON.stringify({ ...asked, stream: true }))).text()
    t.match(text, /"stop_reason":"end_turn"[^]*\n\nevent: message_stop\ndata: \{"type":"message_stop"/)
  },
)

relayTest('a cached stream is an answer to both who ask', async (t, start) => {
  const { client, claude } = await start(messages('Hello there'), { cache: { enabled: true } })
  for (const _ of ['miss', 'hit']) {
    const message = await client.messages.stream(asked).finalMessage()
    t.match(message.content, [{ type: 'text', text: 'Hello there' }])
  }
  t.equal(claude.requests.length, 1)
})

relayTest('signed thinking goes back to who signed it, and to no other kind', async (t, start) => {
  const thought = { type: 'thinking' as const, thinking: 'Let me see', signature: 'sig' }
  const turns = [
    { role: 'user' as const, content: 'Hello' },
    { role: 'assistant' as const, content: [thought, { type: 'text' as const, text: '42' }] },
    { role: 'user' as const, content: 'Sure?' },
  ]
  const { client, claude, other } = await start(messagesError(529, 'overloaded_error', 'Overloaded'))
  await client.messages.create({ ...asked, messages: turns })
  t.match(claude.requests[0]?.body, { messages: turns })
  t.strictSame((other.requests[0]!.body['messages'] as object[])[2], { role: 'assistant', content: '42' })
})

// https://github.com/NousResearch/hermes-agent/issues/16748
relayTest(
  'thinking that nobody signed goes back to a model that does not sign, and not to Claude',
  async (t, start) => {
    const { url, claude } = await start(messages('ok'))
    const thinking = { type: 'thinking', thinking: 'I must look.', signature: '' }
    const use = { type: 'tool_use', id: 'toolu_1', name: 'look', input: {} }
    const result = { type: 'tool_result', tool_use_id: 'toolu_1', content: 'seen' }
    for (const [named, kept] of [
      ['deepseek-v4-pro', [thinking, use]],
      ['kimi-k2.5', [thinking, use]],
      ['claude-sonnet-4-5', [use]],
      ['my-model', [use]],
    ] as const) {
      const turns = [
        { role: 'user', content: 'Look' },
        { role: 'assistant', content: [thinking, use] },
        { role: 'user', content: [result] },
      ]
      const body = { model: named, max_tokens: 99, messages: turns }
      for (const more of [{}, { hulumanage_approach: 're2&proxy' }]) {
        t.equal((await post(url, JSON.stringify({ ...body, ...more }))).status, 200)
        const sent = claude.requests.at(-1)!.body['messages'] as readonly { content: unknown }[]
        t.same(sent[1]?.content, kept, named)
      }
    }
  },
)

relayTest('it does so from clients of chat, too', async (t, start) => {
  const { url, claude } = await start(messages('ok'))
  const call = { id: 'call_1', type: 'function', function: { name: 'look', arguments: '{}' } }
  const thinking = { type: 'thinking', thinking: 'I must look.', signature: '' }
  const chat = [
    { role: 'user', content: 'Look' },
    { role: 'assistant', content: null, reasoning_content: 'I must look.', tool_calls: [call] },
    { role: 'tool', tool_call_id: 'call_1', content: 'seen' },
  ]
  const tools = [{ type: 'function', function: { name: 'look', parameters: { type: 'object' } } }]
  for (const [named, first] of [
    ['deepseek-v4-pro', thinking],
    ['claude-sonnet-4-5', { type: 'tool_use', id: 'call_1', name: 'look', input: {} }],
  ] as const) {
    const response = await fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: named, messages: chat, tools }),
    })
    t.equal(response.status, 200, await response.text())
    const sent = claude.requests.at(-1)!.body['messages'] as readonly { content: readonly unknown[] }[]
    t.same(sent[1]?.content[0], first, named)
  }
})
