import t from 'tap'
import type { Test } from 'tap'
import { answer, delta, stream } from '../fake-provider.ts'
import type { Action } from '../fake-provider.ts'
import { strictProvider } from '../strict/index.ts'
import { agentOf } from './agent-turns.ts'
import { serve } from './serve.ts'

type Json = Readonly<Record<string, unknown>>

const extra = { google: { thought_signature: 'c2ln' } }
const call = {
  id: 'call_1',
  type: 'function',
  function: { name: 'ls', arguments: '{}' },
  extra_content: extra,
}

/** A text whose signature comes behind it, as in a stream of Gemini, and maybe a call. */
function signed(calls: readonly Json[]): Action {
  const message = calls.length > 0 ? { tool_calls: calls } : {}
  const options = { finish: calls.length > 0 ? 'tool_calls' : 'stop' }
  return exchange =>
    (exchange.request.body['stream'] === true
      ? stream(
          [
            delta({ content: 'One ' }),
            delta({ content: 'moment' }),
            delta({ content: '', extra_content: extra }),
            ...calls.map((each, index) => delta({ tool_calls: [{ index, ...each }] })),
          ],
          options,
        )
      : answer({ content: 'One moment', extra_content: extra, ...message }, options))(exchange)
}

async function world(t: Test, script: Action[], other: Action[] = []) {
  const gemini = await strictProvider(t, 'gemini', script)
  const deepseek = await strictProvider(t, 'deepseek', other)
  const providers = [
    { name: 'gemini', type: 'gemini', base_url: gemini.url, api_key: 'k', model_prefixes: ['gemini'] },
    {
      name: 'deepseek',
      type: 'deepseek',
      base_url: deepseek.url,
      api_key: 'k',
      model_prefixes: ['deepseek'],
    },
  ]
  const url = await serve(t, JSON.stringify({ providers, routing: { health_check: { enabled: false } } }))
  return { url: `${url}/v1`, gemini, deepseek }
}

// https://ai.google.dev/gemini-api/docs/thought-signatures, https://github.com/pydantic/pydantic-ai/issues/3481
for (const dialect of ['messages', 'responses', 'bare'] as const)
  for (const streamed of [false, true])
    t.test(`the signature of a text before a call returns: ${dialect}, stream: ${streamed}`, async t => {
      const { url, gemini } = await world(t, [signed([call]), answer('done')])
      const agent = agentOf(dialect, url, streamed)
      await agent.turn('gemini-3-pro')
      t.equal(await agent.turn('gemini-3-pro'), 'done')
      const sent = gemini.requests[1]!.body['messages'] as Json[]
      t.match(sent[1], { content: 'One moment', extra_content: extra, tool_calls: [call] })
    })

for (const [path, bodyOf] of [
  [
    'messages',
    (text: string, told: readonly Json[]) => ({
      messages: [
        { role: 'user', content: text },
        ...(told.length > 0
          ? [
              { role: 'assistant', content: told },
              { role: 'user', content: text },
            ]
          : []),
      ],
      max_tokens: 99,
    }),
  ],
  [
    'responses',
    (text: string, told: readonly Json[]) => ({
      input: [
        { role: 'user', content: text },
        ...told,
        ...(told.length > 0 ? [{ role: 'user', content: text }] : []),
      ],
    }),
  ],
] as const)
  t.test(`the signature of a text alone comes behind it, and returns to Gemini alone: ${path}`, async t => {
    const { url, gemini, deepseek } = await world(t, [signed([]), answer('done')], [answer('done')])
    const ask = async (model: string, told: readonly Json[]) => {
      const response = await fetch(`${url}/${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ model, ...bodyOf('Hi', told) }),
      })
      t.equal(response.status, 200)
      const { content, output } = (await response.json()) as { content?: Json[]; output?: Json[] }
      return content ?? output ?? []
    }
    const told = await ask('gemini-3-pro', [])
    t.match(told[0], { type: path === 'messages' ? 'text' : 'message' }, 'clients read the first block')
    await ask('gemini-3-pro', told)
    t.match((gemini.requests[1]!.body['messages'] as Json[])[1], {
      content: 'One moment',
      extra_content: extra,
    })
    await ask('deepseek-chat', told)
    t.notMatch(deepseek.requests[0]!.text, /extra_content|c2ln|hulumanage/)
  })

const user = { role: 'user', content: 'Hi' }
const tools = [{ type: 'function', function: { name: 'ls', parameters: { type: 'object', properties: {} } } }]

t.test('the signatures of calls return to Gemini, whatever blocks its client has in the content', async t => {
  const thinking = { type: 'thinking', thinking: 'Hm' }
  const bare = { id: call.id, type: 'function', function: call.function }
  const block = { type: 'tool_use', id: call.id, name: 'ls', input: {} }
  const results = {
    tool: { role: 'tool', tool_call_id: call.id, content: 'ok' },
    user: { role: 'user', content: [{ type: 'tool_result', tool_use_id: call.id, content: 'ok' }] },
  }
  for (const turns of [
    [{ role: 'assistant', content: [thinking], tool_calls: [bare] }, results.tool],
    [{ role: 'assistant', content: [block] }, results.user],
  ]) {
    const gemini = await strictProvider(t, 'gemini', [signed([call]), answer('done')])
    const own = { name: 'gemini', type: 'gemini', base_url: gemini.url, api_key: 'k' }
    const url = await serve(
      t,
      JSON.stringify({ providers: [own], routing: { health_check: { enabled: false } } }),
    )
    const ask = async (messages: readonly Json[]) => {
      const response = await fetch(`${url}/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'gemini-3-pro', messages, tools }),
      })
      t.equal(response.status, 200, await response.text())
    }
    await ask([user])
    await ask([user, ...turns])
    t.match(gemini.requests[1]!.body['messages'], [
      user,
      { tool_calls: [{ id: call.id, extra_content: extra }] },
      { role: 'tool', tool_call_id: call.id },
    ])
  }
})
