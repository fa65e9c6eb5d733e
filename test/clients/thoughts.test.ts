import t from 'tap'
import type { Test } from 'tap'
import type { Action, FakeProvider } from '../fake-provider.ts'
import { answer, delta, stream } from '../fake-provider.ts'
import { messages } from '../fake-messages.ts'
import { responses, said as saying } from '../fake-responses.ts'
import type { Service } from '../strict/index.ts'
import { strictProvider } from '../strict/index.ts'
import { agentOf } from './agent-turns.ts'
import { providerKey } from './leaks.ts'
import { serve } from './serve.ts'

/** Starts the server over strict providers; a model named `a-...` goes to the provider `a`. */
async function world(t: Test, entries: Readonly<Record<string, readonly [Service, object, Action[]]>>) {
  const providers: Record<string, FakeProvider> = {}
  const configured = []
  for (const [name, [service, entry, script]] of Object.entries(entries)) {
    const provider = await strictProvider(t, service, script)
    providers[name] = provider
    configured.push({
      name,
      base_url: provider.url,
      api_key: providerKey(0),
      model_prefixes: [name],
      ...entry,
    })
  }
  const config = { routing: { health_check: { enabled: false } }, providers: configured }
  return { url: `${await serve(t, JSON.stringify(config))}/v1`, providers }
}

const call = { id: 'call_1', type: 'function', function: { name: 'ls', arguments: '{}' } }

const details = [
  {
    type: 'reasoning.text',
    text: 'I must list.',
    signature: 'c2ln',
    format: 'anthropic-claude-v1',
    index: 0,
  },
  { type: 'reasoning.encrypted', data: 'c2VjcmV0', id: 'call_1', format: 'google-gemini-v1', index: 1 },
]

/** OpenRouter's answer with a call, whose details stream in pieces. */
const openrouter: Action = ({ request }) => {
  if (request.body['stream'] !== true)
    return answer(
      { content: null, reasoning: 'I must list.', reasoning_details: details, tool_calls: [call] },
      { finish: 'tool_calls' },
    )
  const [text, sealed] = details
  const piece = (fields: object) => ({
    reasoning_details: [{ ...text, text: '', signature: null, ...fields }],
  })
  return stream(
    [
      delta({ reasoning: 'I must ', ...piece({ text: 'I must ' }) }),
      delta({ reasoning: 'list.', ...piece({ text: 'list.' }) }),
      delta(piece({ signature: 'c2ln' })),
      delta({ reasoning_details: [sealed], tool_calls: [{ index: 0, ...call }] }),
    ],
    { finish: 'tool_calls' },
  )
}

for (const dialect of ['messages', 'responses'] as const) {
  for (const streamed of [false, true]) {
    const how = `${dialect}, ${streamed ? 'streamed' : 'whole'}`

    t.test(`reasoning_details of OpenRouter return to it through ${how}`, async t => {
      const script = [openrouter, answer('done')]
      const { url, providers } = await world(t, { or: ['qwen', { type: 'openrouter' }, script] })
      const agent = agentOf(dialect, url, streamed)
      await agent.turn('or-claude')
      t.equal(await agent.turn('or-claude'), 'done')
      const sent = providers['or']!.requests[1]!.body['messages'] as Record<string, unknown>[]
      t.match(sent[1], { reasoning: 'I must list.', reasoning_details: details, tool_calls: [call] })
    })

    t.test(`after a switch of providers, thoughts of one do not reach the other: ${how}`, async t => {
      const { url, providers } = await world(t, {
        or: ['qwen', { type: 'openrouter' }, [openrouter]],
        claude: ['anthropic', { type: 'anthropic' }, []],
        deepseek: ['deepseek', { type: 'deepseek' }, []],
        openai: ['openai', { type: 'openai', api: 'responses' }, []],
      })
      const agent = agentOf(dialect, url, streamed)
      for (const model of ['or-claude', 'claude-sonnet-4-5', 'deepseek-reasoner', 'openai-gpt-5'])
        await agent.turn(model)
      for (const provider of Object.values(providers)) {
        t.equal(provider.requests.length, 1)
        if (provider !== providers['or']) t.notMatch(provider.requests[0]!.text, /hulumanage|c2VjcmV0|c2ln/)
      }
    })
  }
}

const thinking = [
  { type: 'thinking', thinking: 'a', signature: 'S1' },
  { type: 'text', text: 'one' },
  { type: 'redacted_thinking', data: 'c2VjcmV0' },
  { type: 'thinking', thinking: 'b', signature: 'S2' },
  { type: 'tool_use', id: 'toolu_1', name: 'ls', input: {} },
]

for (const dialect of ['messages', 'responses', 'chat'] as const) {
  for (const streamed of [false, true]) {
    t.test(`signed thinking of Anthropic returns to it through ${dialect}, stream: ${streamed}`, async t => {
      const script = [messages(thinking), messages('done')]
      const { url, providers } = await world(t, { claude: ['anthropic', { type: 'anthropic' }, script] })
      const agent = agentOf(dialect, url, streamed)
      await agent.turn('claude-sonnet-4-5')
      t.equal(await agent.turn('claude-sonnet-4-5'), 'done')
      const sent = providers['claude']!.requests[1]!.body['messages'] as { content: unknown }[]
      t.same(sent[1]!.content, thinking)
    })
  }
}

const summary = [{ type: 'summary_text', text: 'hm' }]
const reasoned = [
  { id: 'rs_1', type: 'reasoning', summary, encrypted_content: 'c2VhbDE=' },
  { id: 'msg_1', ...saying('one moment') },
  { id: 'rs_2', type: 'reasoning', summary, encrypted_content: 'c2VhbDI=' },
  { id: 'fc_1', type: 'function_call', call_id: 'call_1', name: 'ls', arguments: '{}', status: 'completed' },
]

for (const dialect of ['messages', 'responses', 'chat'] as const) {
  for (const streamed of [false, true]) {
    t.test(
      `encrypted reasoning of Responses returns to it through ${dialect}, stream: ${streamed}`,
      async t => {
        const script = [responses(reasoned), responses('done')]
        const { url, providers } = await world(t, { gpt: ['openai', { api: 'responses' }, script] })
        const agent = agentOf(dialect, url, streamed)
        // The first turn of an approach is translated in each dialect.
        await agent.turn('none-gpt-5')
        t.equal(await agent.turn('none-gpt-5'), 'done')
        const [first, second] = providers['gpt']!.requests.map(({ body }) => body)
        t.same(first!['include'], ['reasoning.encrypted_content'])
        const input = second!['input'] as Record<string, unknown>[]
        t.match(input.slice(1, 5), [
          { type: 'reasoning', encrypted_content: 'c2VhbDE=' },
          { type: 'message' },
          { type: 'reasoning', encrypted_content: 'c2VhbDI=' },
          { type: 'function_call' },
        ])
      },
    )
  }
}

const signedCall = {
  ...call,
  extra_content: { google: { thought_signature: 'c2ln' } },
}

/** An answer with a call that has more fields than a bare client returns. */
function calling(message: object): Action {
  return ({ request }) => {
    const { tool_calls: calls = [call], ...rest } = message as { tool_calls?: object[] }
    if (request.body['stream'] !== true)
      return answer({ content: null, ...rest, tool_calls: calls }, { finish: 'tool_calls' })
    const pieces = calls.map((each, index) => delta({ tool_calls: [{ index, ...each }] }))
    return stream([delta(rest), ...pieces], { finish: 'tool_calls' })
  }
}

for (const streamed of [false, true]) {
  const how = `a chat client that returns only ids, stream: ${streamed}`

  t.test(`signed thinking of Anthropic returns to it from ${how}`, async t => {
    const script = [messages(thinking), messages('done')]
    const { url, providers } = await world(t, { claude: ['anthropic', { type: 'anthropic' }, script] })
    const agent = agentOf('bare', url, streamed)
    await agent.turn('claude-sonnet-4-5')
    t.equal(await agent.turn('claude-sonnet-4-5'), 'done')
    const sent = providers['claude']!.requests[1]!.body['messages'] as { content: unknown }[]
    t.same(sent[1]!.content, thinking)
  })

  t.test(`encrypted reasoning of Responses returns to it from ${how}`, async t => {
    const script = [responses(reasoned), responses('done')]
    const { url, providers } = await world(t, { gpt: ['openai', { api: 'responses' }, script] })
    const agent = agentOf('bare', url, streamed)
    await agent.turn('gpt-5')
    t.equal(await agent.turn('gpt-5'), 'done')
    const input = providers['gpt']!.requests[1]!.body['input'] as Record<string, unknown>[]
    t.match(input.slice(1, 5), [
      { type: 'reasoning', encrypted_content: 'c2VhbDE=' },
      { type: 'message' },
      { type: 'reasoning', encrypted_content: 'c2VhbDI=' },
      { type: 'function_call' },
    ])
  })

  t.test(`signatures of Gemini return to it from ${how}`, async t => {
    const script = [calling({ tool_calls: [signedCall, { ...call, id: 'call_2' }] }), answer('done')]
    const { url, providers } = await world(t, { gemini: ['gemini', { type: 'gemini' }, script] })
    const agent = agentOf('bare', url, streamed)
    await agent.turn('gemini-3-pro')
    t.equal(await agent.turn('gemini-3-pro'), 'done')
    const sent = providers['gemini']!.requests[1]!.body['messages'] as Record<string, unknown>[]
    t.same(sent[1]!['tool_calls'], [signedCall, { ...call, id: 'call_2' }])
  })

  t.test(`details of OpenRouter and thoughts of DeepSeek return to them from ${how}`, async t => {
    const { url, providers } = await world(t, {
      or: ['qwen', { type: 'openrouter' }, [openrouter, answer('done')]],
      deepseek: ['deepseek', { type: 'deepseek' }, [calling({ reasoning_content: 'I must list.' })]],
    })
    for (const model of ['or-claude', 'deepseek-reasoner']) {
      const agent = agentOf('bare', url, streamed)
      await agent.turn(model)
      await agent.turn(model)
    }
    const [or, deepseek] = ['or', 'deepseek'].map(
      name => (providers[name]!.requests[1]!.body['messages'] as Record<string, unknown>[])[1],
    )
    t.match(or, { reasoning_details: details, tool_calls: [call] })
    t.match(deepseek, { reasoning_content: 'I must list.', tool_calls: [call] })
  })

  t.test(`thoughts do not reach another service, whose request stays as it is: ${how}`, async t => {
    const { url, providers } = await world(t, {
      gemini: ['gemini', { type: 'gemini' }, [calling({ tool_calls: [signedCall] })]],
      deepseek: ['deepseek', { type: 'deepseek' }, []],
      openai: ['openai', {}, []],
    })
    const agent = agentOf('bare', url, streamed)
    for (const model of ['gemini-3-pro', 'deepseek-reasoner', 'openai-gpt-4o']) await agent.turn(model)
    for (const name of ['deepseek', 'openai']) {
      t.equal(providers[name]!.requests.length, 1)
      t.notMatch(providers[name]!.requests[0]!.text, /c2ln|extra_content/)
    }
  })
}

t.test('thoughts belong to one client, and to the question that led to them', async t => {
  const script = [calling({ tool_calls: [signedCall] })]
  const { url, providers } = await world(t, { gemini: ['gemini', { type: 'gemini' }, script] })
  const tools = [
    { type: 'function', function: { name: 'ls', parameters: { type: 'object', properties: {} } } },
  ]
  const post = async (key: string, messages: readonly object[]) => {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
    const body = JSON.stringify({ model: 'gemini-2.5-pro', tools, messages })
    await (await fetch(`${url}/chat/completions`, { method: 'POST', headers, body })).text()
  }
  const turn = (question: string) => [
    { role: 'user', content: question },
    { role: 'assistant', content: null, tool_calls: [call] },
    { role: 'tool', tool_call_id: call.id, content: 'a.txt' },
  ]
  await post('ann', [{ role: 'user', content: 'one' }])
  await post('bob', turn('one'))
  await post('ann', turn('two'))
  await post('ann', [...turn('one'), { role: 'user', content: 'and now?' }])
  await post('ann', turn('one'))
  const signed = providers['gemini']!.requests.map(({ text }) => text.includes('c2ln'))
  t.same(signed, [false, false, false, false, true])
})
