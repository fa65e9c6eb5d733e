import Anthropic from '@anthropic-ai/sdk'
import t from 'tap'
import type { Test } from 'tap'
import { event, eventsOf, eventStream, messageOf } from '../fake-messages.ts'
import { fakeProvider, json } from '../fake-provider.ts'
import type { Action } from '../fake-provider.ts'
import { responseOf, said } from '../fake-responses.ts'
import { serve } from './serve.ts'
import { tellAll } from './told.ts'

const anthropic = { type: 'anthropic' }
const use = { type: 'tool_use', id: 'toolu_1', name: 'f', input: { a: 1 } }
const search = [
  { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: { query: 'q' } },
  { type: 'web_search_tool_result', tool_use_id: 'srvtoolu_1', content: [] },
]

/** The reason why a message ends for a client of Messages, and its text, through Anthropic's SDK. */
async function ended(t: Test, action: Action, stream: boolean): Promise<(string | null)[]> {
  const provider = await fakeProvider(t, action)
  const entry = { name: 'p', base_url: provider.url, api_key: 'k', ...anthropic }
  const url = await serve(t, JSON.stringify({ costs: { in_answers: 'always' }, providers: [entry] }))
  const client = new Anthropic({ baseURL: url, apiKey: 'k', maxRetries: 0 })
  const body = { model: 'm', max_tokens: 9, messages: [{ role: 'user' as const, content: 'Hi' }] }
  const { content, stop_reason: reason } = await (stream
    ? client.messages.stream(body).finalMessage()
    : client.messages.create(body))
  return [reason, content.map(block => (block.type === 'text' ? block.text : block.type)).join(' ')]
}

// https://platform.claude.com/docs/en/build-with-claude/handling-stop-reasons
t.test(
  'an answer that its service paused is told as such, or as cut where there is no word for it',
  async t => {
    const paused = [{ type: 'text', text: 'Let me search' }, ...search]
    for (const stream of [false, true]) {
      const action = stream
        ? eventStream(...eventsOf(paused, { stop: 'pause_turn' }))
        : json(messageOf(paused, { stop: 'pause_turn' }))
      const expected = 'Let me search server_tool_use web_search_tool_result'
      t.same(await ended(t, action, stream), ['pause_turn', expected])
      const provider = await fakeProvider(t, action)
      const entry = { name: 'p', base_url: provider.url, api_key: 'k', ...anthropic }
      const url = await serve(t, JSON.stringify({ providers: [entry] }))
      const messages = [{ role: 'user', content: 'Hi' }]
      for (const [path, body, cut] of [
        ['chat/completions', { messages }, /"finish_reason":"length"/],
        ['responses', { input: 'Hi' }, /"incomplete_details":\{"reason":"max_output_tokens"\}/],
        [
          'messages',
          { messages, max_tokens: 9, hulumanage_approach: 're2&proxy' },
          /"stop_reason":"max_tokens"/,
        ],
      ] as const) {
        const answer = await fetch(`${url}/v1/${path}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ model: 'm', stream, ...body }),
        })
        t.match(await answer.text(), cut, path)
      }
    }
  },
)

t.test('reasons of an end are in the words of Messages, and fit the calls before them', async t => {
  const cases = [
    ['stop', 'Hi', 'end_turn'],
    ['length', 'Hi', 'max_tokens'],
    ['content_filter', 'Hi', 'refusal'],
    ['tool_calls', [use], 'tool_use'],
    ['end_turn', [use], 'tool_use'],
    ['tool_use', 'Hi', 'end_turn'],
    ['max_tokens', [use], 'max_tokens'],
  ] as const
  for (const [stop, content, reason] of cases) {
    t.equal((await ended(t, json(messageOf(content, { stop })), false))[0], reason, stop)
    t.equal((await ended(t, eventStream(...eventsOf(content, { stop })), true))[0], reason, stop)
  }
})

t.test('figures in the middle of a message do not end it, and two ends are one', async t => {
  const [start, ping, begin, ...rest] = eventsOf('Hello') as [string, string, string, ...string[]]
  const figures = event('message_delta', {
    delta: { stop_reason: null },
    usage: { input_tokens: 40, output_tokens: 2 },
  })
  const early = eventStream(
    start,
    figures,
    ping,
    begin,
    figures,
    ...rest.slice(0, 1),
    figures,
    ...rest.slice(1),
  )
  t.same(await ended(t, early, true), ['end_turn', 'Hello'])
  const end = rest.at(-2)!
  t.same(await ended(t, eventStream(start, begin, ...rest.slice(0, -2), end, end, rest.at(-1)!), true), [
    'end_turn',
    'Hello',
  ])
  for (const told of await tellAll(t, early, true, anthropic)) t.match(told, { text: 'Hello' })
})

t.test('a response without output at its end has the items that were streamed', async t => {
  const item = said('Hello')
  const response = { ...responseOf([item]), output: [] }
  const at = { output_index: 0, item_id: item['id'], content_index: 0 }
  const events = eventStream(
    event('response.created', { response: { ...response, status: 'in_progress' } }),
    event('response.output_item.added', { output_index: 0, item: { ...item, content: [] } }),
    event('response.content_part.added', { ...at, part: { type: 'output_text', text: '', annotations: [] } }),
    event('response.output_text.delta', { ...at, delta: 'Hello' }),
    event('response.output_item.done', { output_index: 0, item }),
    event('response.completed', { response }),
  )
  for (const told of await tellAll(t, events, true, { api: 'responses' })) t.match(told, { text: 'Hello' })
})

// https://github.com/anomalyco/opencode/pull/38733
t.test('what the start of a block has is told, whether or not pieces follow', async t => {
  const [start] = eventsOf('') as [string]
  const whole = [{ type: 'thinking', thinking: 'Hm', signature: 'sig' }, { type: 'text', text: 'Hello' }, use]
  const blocks = whole.flatMap((block, index) => [
    event('content_block_start', { index, content_block: block }),
    event('content_block_stop', { index }),
  ])
  const end = eventsOf([use]).slice(-2)
  const told = await tellAll(t, eventStream(start, ...blocks, ...end), true, anthropic)
  for (const each of told) t.match(each, { text: 'Hello', thinking: 'Hm', calls: ['f({"a":1})'] })
})

// https://github.com/sgl-project/sglang/issues/39752
t.test('thinking that begins without a signature has an empty one', async t => {
  const [start, , , ...rest] = eventsOf([
    { type: 'thinking', thinking: 'Hm', signature: '' },
    { type: 'text', text: 'Hello' },
  ])
  const unsigned = event('content_block_start', {
    index: 0,
    content_block: { type: 'thinking', thinking: '' },
  })
  const events = eventStream(start!, unsigned, ...rest.filter(each => !each.includes('signature_delta')))
  const told = await tellAll(t, events, true, anthropic)
  for (const each of told) t.match(each, { text: 'Hello', thinking: 'Hm' })
})

// https://github.com/anthropics/anthropic-sdk-python/pull/1145
t.test('blocks are numbered as they begin, also where a service begins with the second', async t => {
  const content = [{ type: 'text', text: 'Hello' }, use]
  const [start, ping, ...rest] = eventsOf(content) as [string, string, ...string[]]
  const swapped = rest.map(each =>
    each.replace(/"index":([01])/, (_, at: string) => `"index":${1 - Number(at)}`),
  )
  const told = await tellAll(t, eventStream(start, ping, ...swapped), true, anthropic)
  for (const each of told) t.match(each, { text: 'Hello', calls: ['f({"a":1})'] })
})
