import t from 'tap'
import { json } from '../../fake-provider.ts'
import { messageOf } from '../../fake-messages.ts'
import { world } from './world.ts'

const ask = { role: 'user', content: 'q' }
const tools = [{ name: 'ls', input_schema: { type: 'object', properties: {} } }]
const use = { type: 'tool_use', id: 'toolu_1', name: 'ls', input: {} }
const result = { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: 'a.txt' }] }
const foreign = { type: 'thinking', thinking: 'I must list.', signature: '' }
const thinking = { type: 'enabled', budget_tokens: 2000 }
const anthropic = { type: 'anthropic' }

t.test('thinking that Anthropic has not signed does not reach it with a relayed body', async t => {
  const { provider, post } = await world(t, 'anthropic', anthropic)
  const messages = [ask, { role: 'assistant', content: [foreign, use] }, result]
  const edits = [{ type: 'clear_thinking_20251015' }]
  const { status, text } = await post(
    '/v1/messages',
    {
      model: 'claude-sonnet-4-5',
      max_tokens: 4000,
      tools,
      thinking,
      messages,
      context_management: { edits },
    },
    { 'anthropic-beta': 'context-management-2025-06-27' },
  )
  t.equal(status, 200, text)
  t.same(provider.refused, [])
  const { body } = provider.requests[0]!
  t.same((body['messages'] as { content: unknown }[])[1]!.content, [use])
  t.notOk('thinking' in body || 'context_management' in body, 'this call does not think')
})

t.test('signed thinking stays, and the call thinks', async t => {
  const { provider, post } = await world(t, 'anthropic', anthropic)
  const signed = { ...foreign, signature: 'S1' }
  const body = {
    model: 'claude-sonnet-4-5',
    max_tokens: 4000,
    tools,
    thinking,
    messages: [ask, { role: 'assistant', content: [signed, use] }, result],
  }
  t.equal((await post('/v1/messages', body)).status, 200)
  t.equal(provider.requests[0]!.text, JSON.stringify(body), 'byte for byte')
})

t.test('a call does not think if another service took a turn in the round of tools', async t => {
  const { provider, post } = await world(t, 'anthropic', anthropic)
  const signed = { ...foreign, signature: 'S1' }
  const said = { type: 'text', text: 'Now the other folder.' }
  const later = { ...use, id: 'toolu_2' }
  const body = {
    model: 'claude-sonnet-4-5',
    max_tokens: 4000,
    tools,
    thinking,
    messages: [
      ask,
      { role: 'assistant', content: [signed, use] },
      result,
      { role: 'assistant', content: [foreign, said, later] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_2', content: 'b.txt' }] },
    ],
  }
  const { status, text } = await post('/v1/messages', body)
  t.equal(status, 200, text)
  const sent = provider.requests[0]!.body
  const turns = sent['messages'] as { content: unknown }[]
  t.same(turns[3]!.content, [said, later])
  t.notOk('thinking' in sent)
  t.same(turns[1]!.content, [use], 'nor does it have signed thoughts, which are refused then')
})

// https://github.com/BerriAI/litellm/pull/18929
t.test('thoughts of a round of tools leave with the thinking that a call cannot have', async t => {
  const { provider, post } = await world(t, 'anthropic', anthropic)
  const signed = { ...foreign, signature: 'S1' }
  const call = { id: 'toolu_1', type: 'function', function: { name: 'ls', arguments: '{}' } }
  const question = { role: 'user', content: [{ type: 'text', text: 'q' }] }
  const { status, text } = await post('/v1/chat/completions', {
    model: 'claude-sonnet-4-5',
    max_tokens: 4000,
    tools: [{ type: 'function', function: { name: 'ls', parameters: { type: 'object', properties: {} } } }],
    tool_choice: 'required',
    thinking,
    messages: [
      question,
      { role: 'assistant', content: 'Yes.', thinking_blocks: [signed] },
      question,
      { role: 'assistant', content: null, thinking_blocks: [signed], tool_calls: [call] },
      { role: 'tool', tool_call_id: 'toolu_1', content: 'a.txt' },
    ],
  })
  t.equal(status, 200, text)
  const { body } = provider.requests[0]!
  const turns = body['messages'] as { content: unknown }[]
  t.same(turns[1]!.content, [signed, { type: 'text', text: 'Yes.' }], 'earlier rounds stay')
  t.same(turns[3]!.content, [use])
  t.notOk('thinking' in body)
})

t.test('interleaved thinking of Anthropic returns to it through a chat in its original order', async t => {
  const between = [
    { type: 'thinking', thinking: 'a', signature: 'S1' },
    { type: 'text', text: 'one' },
    { type: 'thinking', thinking: 'b', signature: 'S2' },
    { type: 'tool_use', id: 'toolu_2', name: 'ls', input: {} },
  ]
  const { provider, post } = await world(t, 'anthropic', anthropic, json(messageOf(between)))
  const model = 'claude-sonnet-4-5'
  const first = await post('/v1/chat/completions', { model, messages: [ask] })
  const { choices } = JSON.parse(first.text) as { choices: { message: object }[] }
  const tool = { role: 'tool', tool_call_id: 'toolu_2', content: 'a.txt' }
  const second = await post('/v1/chat/completions', { model, messages: [ask, choices[0]!.message, tool] })
  t.equal(second.status, 200, second.text)
  t.same((provider.requests[1]!.body['messages'] as { content: unknown }[])[1]!.content, between)
})

t.test('a thinking budget leaves room for the answer, and is one the service accepts', async t => {
  const { provider, post } = await world(t, 'anthropic', anthropic)
  for (const [max_tokens, budget_tokens] of [
    [4000, 4000],
    [500, 2000],
    [4000, 10],
    [1025, 5000],
  ]) {
    const body = { model: 'claude-sonnet-4-5', max_tokens, thinking: { type: 'enabled', budget_tokens } }
    const { status, text } = await post('/v1/chat/completions', { ...body, messages: [ask], temperature: 0 })
    t.equal(status, 200, text)
  }
  t.same(provider.refused, [])
  t.same(
    provider.requests.map(({ body }) => [
      body['max_tokens'],
      (body['thinking'] as object | undefined) ?? null,
    ]),
    [
      [4000, { type: 'enabled', budget_tokens: 2000 }],
      [500, null],
      [4000, { type: 'enabled', budget_tokens: 1024 }],
      [1025, null],
    ],
    'half for the answer, and no thinking if too little is left',
  )
})

t.test('thoughts are sent back only to services that want them', async t => {
  const call = { id: 'call_1', type: 'function', function: { name: 'ls', arguments: '{}' } }
  const messages = [
    ask,
    { role: 'assistant', content: null, reasoning_content: 'I must list.', tool_calls: [call] },
    { role: 'tool', tool_call_id: 'call_1', content: 'a.txt' },
  ]
  const deepseek = await world(t, 'deepseek', { type: 'deepseek' })
  const body = { model: 'deepseek-reasoner', messages }
  t.equal((await deepseek.post('/v1/chat/completions', body)).status, 200)
  const [, { reasoning_content: _thought, ...bare }, answer] = messages as [
    object,
    Record<string, unknown>,
    object,
  ]
  const { status, text } = await deepseek.post('/v1/chat/completions', {
    ...body,
    messages: [ask, bare, answer],
  })
  t.equal(status, 200, `after a switch of provider: ${text}`)
  const mistral = await world(t, 'mistral', { type: 'mistral' })
  const asked = await mistral.post('/v1/chat/completions', { model: 'mistral-large', messages })
  t.equal(asked.status, 200, asked.text)
  t.same([...deepseek.provider.refused, ...mistral.provider.refused], [])
})

t.test('Gemini, which signs its own calls, accepts those of another service', async t => {
  const { provider, post } = await world(t, 'gemini', { type: 'gemini' })
  const call = { id: 'call_1', type: 'function', function: { name: 'ls', arguments: '{}' } }
  const messages = [
    ask,
    { role: 'assistant', content: null, tool_calls: [call] },
    { role: 'tool', tool_call_id: 'call_1', content: 'a.txt' },
  ]
  const { status, text } = await post('/v1/chat/completions', { model: 'gemini-3-pro', messages })
  t.equal(status, 200, text)
  t.same(provider.refused, [])
})

// https://github.com/deepseek-ai/DeepSeek-V3/issues/1376
t.test('DeepSeek, which thinks before no tool that is forced, does not think then', async t => {
  const tools = [
    { type: 'function', function: { name: 'ls', parameters: { type: 'object', properties: {} } } },
  ]
  const body = { model: 'deepseek-v4-flash', messages: [ask], tools, reasoning_effort: 'high' }
  const chat = await world(t, 'deepseek', { type: 'deepseek' })
  for (const choice of ['required', { type: 'function', function: { name: 'ls' } }]) {
    const { status, text } = await chat.post('/v1/chat/completions', { ...body, tool_choice: choice })
    t.equal(status, 200, text)
    t.match(chat.provider.requests.at(-1)!.body, { tool_choice: choice, thinking: { type: 'disabled' } })
  }
  t.same(chat.provider.refused, [])
  await chat.post('/v1/chat/completions', { ...body, tool_choice: 'auto' })
  t.match(chat.provider.requests.at(-1)!.body, { reasoning_effort: 'high', thinking: undefined })
  const { post, provider } = await world(t, 'anthropic', { type: 'anthropic' })
  await post('/v1/chat/completions', { ...body, tool_choice: 'required' })
  t.match(provider.requests[0]!.body, { tool_choice: { type: 'any' }, thinking: { type: 'disabled' } })
})
