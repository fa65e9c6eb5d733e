import t from 'tap'
import { world } from './world.ts'

const user = { role: 'user', content: 'go' }
const call = (id: string, name = 'shell') => ({ type: 'function_call', call_id: id, name, arguments: '{}' })
const output = (id: string) => ({ type: 'function_call_output', call_id: id, output: `done ${id}` })
const tools = [{ type: 'function', name: 'shell', parameters: { type: 'object', properties: {} } }]

t.test('results directly follow the turn of their calls, whatever the client put in between', async t => {
  const { provider, post } = await world(t, 'openai')
  const shapes = [
    [user, call('A'), { role: 'user', content: 'hurry up' }, output('A')],
    [user, call('A'), { role: 'developer', content: 'the sandbox has changed' }, output('A')],
    [user, call('A'), call('B'), output('A'), { role: 'user', content: 'hm' }, output('B')],
    [user, call('A'), { role: 'user', content: 'stop that' }],
    [user, output('lost'), { role: 'user', content: 'next' }],
  ]
  for (const input of shapes) {
    const { status, text } = await post('/v1/responses', { model: 'gpt-4o', input, tools })
    t.equal(status, 200, text)
  }
  t.same(provider.refused, [])
  t.match(provider.requests[0]!.body['messages'], [
    { role: 'user' },
    { role: 'assistant', tool_calls: [{ id: 'A' }] },
    { role: 'tool', tool_call_id: 'A', content: 'done A' },
    { role: 'user', content: 'hurry up' },
  ])
})

t.test('calls of functions from before there were tools reach services of other APIs', async t => {
  const called = { name: 'shell', arguments: '{"at":1}' }
  const messages = [
    { ...user, function_call: null },
    { role: 'assistant', content: null, function_call: called },
    { role: 'function', name: 'shell', content: 'done' },
    { role: 'function', name: 'other', content: 'lost' },
    { role: 'user', content: 'so?' },
  ]
  const anthropic = await world(t, 'anthropic', { type: 'anthropic' })
  const responses = await world(t, 'openai', { api: 'responses' })
  for (const { post, provider } of [anthropic, responses]) {
    const { text } = await post('/v1/chat/completions', { model: 'm', max_tokens: 9, messages })
    t.same(provider.refused, [], text)
  }
  t.match(anthropic.provider.requests[0]!.body['messages'], [
    { role: 'user' },
    { role: 'assistant', content: [{ type: 'tool_use', name: 'shell', input: { at: 1 } }] },
    { content: [{ type: 'tool_result', content: 'done' }, { text: /earlier tool call:\n*/ }, {}] },
  ])
  t.match(responses.provider.requests[0]!.body['input'], [
    { role: 'user' },
    { type: 'function_call', name: 'shell', arguments: '{"at":1}', call_id: 'function_1' },
    { type: 'function_call_output', call_id: 'function_1', output: 'done' },
    { role: 'user' },
    { role: 'user' },
  ])
})

// https://github.com/maximhq/bifrost/issues/2765
t.test('a list of calls without any is left out, as is null in its place', async t => {
  const turns = [[], null].map(calls => ({ role: 'assistant', content: 'well', tool_calls: calls }))
  const said = { role: 'assistant', content: 'well' }
  for (const service of ['deepseek', 'mistral'] as const) {
    const { provider, post } = await world(t, service, { type: service })
    for (const turn of turns) {
      const messages = [user, turn, user]
      const { status, text } = await post('/v1/chat/completions', { model: 'gpt-4o', messages })
      t.equal(status, 200, text)
    }
    t.same(provider.refused, [])
    for (const { body } of provider.requests) t.same(body['messages'], [user, said, user])
  }
})

t.test("there is one system message, at the start; later ones become part of the user's text", async t => {
  const { provider, post } = await world(t, 'qwen')
  const developer = { role: 'developer', content: 'permissions' }
  const input = [
    developer,
    user,
    { role: 'developer', content: 'one word' },
    { role: 'user', content: 'so?' },
  ]
  const { status, text } = await post('/v1/responses', { model: 'qwen', instructions: 'You code.', input })
  t.equal(status, 200, text)
  t.match(provider.requests[0]!.body['messages'], [
    { role: 'system', content: 'You code.\n\npermissions' },
    { role: 'user', content: /^go\n\n<system-reminder>\none word\n<\/system-reminder>$/ },
    { role: 'user', content: 'so?' },
  ])
})

t.test("a chat client's request to an unknown service is left alone", async t => {
  const { provider, post } = await world(t, 'openai')
  const body = { model: 'm', messages: [user, { role: 'system', content: 'now in French' }, user] }
  t.equal((await post('/v1/chat/completions', body)).status, 200)
  t.equal(provider.requests[0]!.text, JSON.stringify(body))
})

t.test('fields about tools are left out if there are no tools', async t => {
  const { provider, post } = await world(t, 'openai')
  const body = { model: 'gpt-4o', input: 'hi', tools: [], tool_choice: 'auto', parallel_tool_calls: false }
  const { status, text } = await post('/v1/responses', body)
  t.equal(status, 200, text)
  const chat = { model: 'gpt-4o', messages: [user], tools: [], tool_choice: 'auto' }
  t.equal((await post('/v1/chat/completions', chat)).status, 200)
  t.same(provider.refused, [])
})

t.test('ids that a service refuses are renamed with their results', async t => {
  const long = 'x'.repeat(60)
  const called = (id: string) => ({ id, type: 'function', function: { name: 'shell', arguments: '{}' } })
  const round = (id: string) => [
    user,
    { role: 'assistant', content: null, tool_calls: [called(id)] },
    { role: 'tool', tool_call_id: id, content: 'done' },
  ]
  const chat = { tools: tools.map(({ type, ...rest }) => ({ type, function: rest })) }
  for (const [service, type] of [
    ['mistral', 'mistral'],
    ['openai', 'azure'],
    ['deepseek', 'deepseek'],
  ] as const) {
    const { provider, post } = await world(t, service, { type })
    const messages = [...round('call_0'), ...round('call_0'), ...round(long)]
    const { status, text } = await post('/v1/chat/completions', { model: 'm', messages, ...chat })
    t.equal(status, 200, text)
    t.same(provider.refused, [], service)
  }
  const claude = await world(t, 'anthropic', { type: 'anthropic' })
  const messages = [...round('call_0'), ...round('call_0')]
  const { status, text } = await claude.post('/v1/chat/completions', { model: 'claude-x', messages, ...chat })
  t.equal(status, 200, text)
  t.same(claude.provider.refused, [])
})

t.test('arguments of earlier calls become the JSON of an object, whatever the model wrote', async t => {
  const written = ['null', null, '', { city: 'Oslo' }, '{"city": "Os', '[1]', '{"city":"Rome"}']
  const inputs = [{}, {}, {}, { city: 'Oslo' }, { input: '{"city": "Os' }, { input: '[1]' }, { city: 'Rome' }]
  const called = written.map((args, at) => ({
    id: `call_${at}`,
    type: 'function',
    function: { name: 'shell', arguments: args },
  }))
  const results = called.map(({ id }) => ({ role: 'tool', tool_call_id: id, content: 'done' }))
  const messages = [user, { role: 'assistant', content: null, tool_calls: called }, ...results]
  const chat = { messages, tools: tools.map(({ type, ...rest }) => ({ type, function: rest })) }
  const claude = await world(t, 'anthropic', { type: 'anthropic' })
  const { status, text } = await claude.post('/v1/chat/completions', { model: 'claude-x', ...chat })
  t.equal(status, 200, text)
  const { content } = (
    claude.provider.requests[0]!.body['messages'] as { content: { input: object }[] }[]
  )[1]!
  t.same(
    content.map(({ input }) => input),
    inputs,
  )
  const qwen = await world(t, 'qwen', { type: 'qwen' })
  t.equal((await qwen.post('/v1/chat/completions', { model: 'qwen', ...chat })).status, 200)
})

const asks = (id: string) => ({
  role: 'assistant',
  content: null,
  tool_calls: [{ id, type: 'function', function: { name: 'shell', arguments: '{}' } }],
})
const says = (content: string) => ({ role: 'assistant', content })
const result = (id: string) => ({ role: 'tool', tool_call_id: id, content: `done ${id}` })

t.test('text of the model between a call and its result belongs to the turn of the call', async t => {
  const { provider, post } = await world(t, 'mistral', { type: 'mistral' })
  const messages = [user, asks('aaaaaaaa1'), says('one moment'), result('aaaaaaaa1')]
  const { status, text } = await post('/v1/chat/completions', { model: 'm', messages })
  t.equal(status, 200, text)
  t.same(provider.requests[0]!.body['messages'], [
    user,
    { ...asks('aaaaaaaa1'), content: 'one moment' },
    result('aaaaaaaa1'),
  ])
})

t.test('a result that comes after the model has answered the user stays in place', async t => {
  const { provider, post } = await world(t, 'qwen', { type: 'qwen' })
  const messages = [user, asks('A'), { role: 'user', content: 'and?' }, says('It runs.'), result('A')]
  const { status, text } = await post('/v1/chat/completions', { model: 'm', messages })
  t.equal(status, 200, text)
  t.match(provider.requests[0]!.body['messages'], [
    user,
    { role: 'assistant' },
    { role: 'tool', tool_call_id: 'A', content: /^No result/ },
    { role: 'user', content: 'and?' },
    says('It runs.'),
    { role: 'user', content: /^Result of an earlier tool call:\s+done A$/ },
  ])
})

t.test('empty turns are left out, and a conversation without a user gets a line of ours', async t => {
  for (const [service, type] of [
    ['mistral', 'mistral'],
    ['qwen', 'qwen'],
    ['openai', 'azure'],
  ] as const) {
    const { provider, post } = await world(t, service, { type })
    const silent = [{ role: 'assistant', content: null }, says(''), { role: 'user', content: [] }]
    for (const messages of [[user, ...silent, user], [{ role: 'system', content: 'Say hello.' }]]) {
      const { status, text } = await post('/v1/chat/completions', { model: 'gpt-4o', messages })
      t.equal(status, 200, text)
    }
    t.same(provider.refused, [], service)
  }
})

t.test('for a service that reads only text, images in a history become a note', async t => {
  const { provider, post } = await world(t, 'deepseek', { type: 'deepseek' })
  const image = { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } }
  const shown = { role: 'user', content: [{ type: 'text', text: 'Look:' }, image] }
  const earlier = { model: 'm', messages: [shown, says('Nice.'), user] }
  const { status, text } = await post('/v1/chat/completions', earlier)
  t.equal(status, 200, text)
  t.match(provider.requests[0]!.body['messages'], [
    { role: 'user', content: 'Look:\n\n[an image that this model cannot read]' },
    says('Nice.'),
    user,
  ])
  const now = await post('/v1/chat/completions', { model: 'm', messages: [shown] })
  t.equal(now.status, 400, 'what is shown right now is refused by the service')
})
