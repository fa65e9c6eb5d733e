import t from 'tap'
import { eventsOf as messageEvents, eventStream, messageOf } from '../fake-messages.ts'
import { answer, fakeProvider, json } from '../fake-provider.ts'
import type { Script } from '../fake-provider.ts'
import type { Json } from '../fake-provider/content.ts'
import { call, eventsOf as responseEvents, responseOf, said } from '../fake-responses.ts'
import { serve } from './serve.ts'
import { tellAll } from './told.ts'

const anthropic = { type: 'anthropic' }
const items = { api: 'responses' }
const user = { role: 'user', content: 'Hi' }
const use = (id: string) => ({ type: 'tool_use', id, name: 'f', input: {} })
const thought = (thinking: string) => ({ type: 'thinking', thinking, signature: `signed-${thinking}` })

/** A server over one provider: posts a request, and returns the body of the answer. */
async function world(script: Script, entry: object) {
  const provider = await fakeProvider(t, script)
  const own = { name: 'p', base_url: provider.url, api_key: 'k', ...entry }
  const routing = { health_check: { enabled: false } }
  const url = await serve(t, JSON.stringify({ routing, providers: [own] }))
  const post = async (path: string, body: object) => {
    const headers = { 'content-type': 'application/json' }
    const response = await fetch(`${url}/v1${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
    const text = await response.text()
    t.equal(response.status, 200, text)
    return JSON.parse(text) as Json
  }
  return { post, provider }
}

// https://github.com/maximhq/bifrost/issues/5874, https://github.com/maximhq/bifrost/issues/6240
t.test('a comment directly before an event, or by itself, takes nothing of a stream away', async t => {
  const head = { id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm' }
  const chunks = [{ content: 'Hel' }, { content: 'lo' }, {}].map((delta, at) => {
    const choices = [{ index: 0, delta, finish_reason: at === 2 ? 'stop' : null }]
    return `data: ${JSON.stringify({ ...head, choices })}\n\n`
  })
  const streams = [
    [[...chunks, 'data: [DONE]\n\n'], {}],
    [messageEvents('Hello'), anthropic],
    [responseEvents(responseOf('Hello')), items],
  ] as const
  for (const [events, entry] of streams)
    for (const beat of [': heartbeat\n', ': heartbeat\n\n']) {
      const sent = events.flatMap(event => [beat, event])
      for (const told of await tellAll(t, eventStream(...sent), true, entry)) t.match(told, { text: 'Hello' })
    }
})

// https://github.com/maximhq/bifrost/issues/6342
t.test('thinking between calls stays in place, also behind results without content', async t => {
  const turns = [
    [user, { role: 'assistant', content: [thought('a'), { type: 'text', text: 'one' }, use('t1')] }],
    [{ role: 'user', content: [{ type: 'tool_result', tool_use_id: 't1' }] }],
    [{ role: 'assistant', content: [thought('b'), use('t2'), thought('c'), use('t3')] }],
    [{ role: 'user', content: ['t2', 't3'].map(id => ({ type: 'tool_result', tool_use_id: id })) }],
  ].flat()
  const tools = [{ name: 'f', input_schema: { type: 'object', properties: {} } }]
  const thinking = { type: 'enabled', budget_tokens: 1024 }
  const { post, provider } = await world(json(messageOf('Hi')), anthropic)
  for (const model of ['claude-x', 'none-claude-x', 'bon-claude-x'])
    await post('/messages', { model, max_tokens: 2000, thinking, messages: turns, tools })
  for (const { body } of provider.requests)
    t.match((body['messages'] as Json[]).slice(1, 5), turns.slice(1, 5))
})

// https://github.com/maximhq/bifrost/issues/5887, https://github.com/maximhq/bifrost/issues/7213
t.test('DeepSeek still thinks in a conversation, whatever its history lacks', async t => {
  const calls = [{ id: 'c1', type: 'function', function: { name: 'f', arguments: '{}' } }]
  const result = { role: 'tool', tool_call_id: 'c1', content: 'x' }
  const tools = [{ type: 'function', function: { name: 'f', parameters: { type: 'object' } } }]
  const details = { reasoning: 'Hm', reasoning_details: [{ type: 'reasoning.text', text: 'Hm' }] }
  const histories = [
    [user, { role: 'assistant', content: 'Yo' }, user],
    [user, { role: 'assistant', content: null, tool_calls: calls }, result],
    [user, { role: 'assistant', content: null, tool_calls: calls, ...details }, result],
  ]
  const { post, provider } = await world(answer('Hi'), { type: 'deepseek' })
  const thinking = { type: 'enabled' }
  for (const messages of histories)
    await post('/chat/completions', { model: 'deepseek-v4-flash', messages, tools, thinking })
  for (const { body } of provider.requests) t.match(body, { thinking })
  t.match(provider.requests.at(-1)!.body['messages'], [user, { reasoning_content: 'Hm' }, result])
})

// https://github.com/maximhq/bifrost/issues/5186
t.test('sealed reasoning comes back under its own id from a client of Messages', async t => {
  const sealed = ['rs_abc', 'rs_bare'].map(id => ({
    id,
    type: 'reasoning',
    summary: [],
    encrypted_content: `seal-of-${id}`,
  }))
  const first = json(responseOf([...sealed, { ...call, name: 'f', arguments: '{}' }]))
  const { post, provider } = await world([first, json(responseOf([said('done')]))], items)
  const body = { model: 'm', max_tokens: 99, tools: [{ name: 'f', input_schema: { type: 'object' } }] }
  const { content } = await post('/messages', { ...body, messages: [user] })
  const result = { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'call_1' }] }
  await post('/messages', { ...body, messages: [user, { role: 'assistant', content }, result] })
  t.match(provider.requests[1]!.body['input'], [{ role: 'user' }, ...sealed, { type: 'function_call' }])
})

// https://github.com/maximhq/bifrost/issues/5279
t.test('where the search for tools is left out, no tool is left to be found by it', async t => {
  const f = {
    type: 'function',
    name: 'f',
    parameters: { type: 'object', properties: {} },
    defer_loading: true,
  }
  for (const search of ['tool_search', 'tool_search_tool_regex', 'tool_search_tool_regex_20251119'])
    for (const [script, entry] of [
      [json(messageOf('Hi')), anthropic],
      [answer('Hi'), {}],
    ] as const) {
      const { post, provider } = await world(script, entry)
      await post('/responses', { model: 'm', input: 'Hi', tools: [{ type: search, name: search }, f] })
      const tools = provider.requests[0]!.body['tools'] as Json[]
      t.equal(tools.length, 1)
      t.notMatch(JSON.stringify(tools), 'defer_loading')
    }
})
