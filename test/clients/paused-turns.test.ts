import OpenAI from 'openai'
import t from 'tap'
import type { Test } from 'tap'
import { eventsOf, eventStream, messageOf, messagesError, usage } from '../fake-messages.ts'
import { completion, fakeProvider, gate, hold, json } from '../fake-provider.ts'
import type { Action, FakeProvider } from '../fake-provider.ts'
import { stuck, serve } from './serve.ts'

// https://platform.claude.com/docs/en/agents-and-tools/tool-use/server-tools

type Json = Readonly<Record<string, unknown>>

const searched = [
  { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: { query: 'q' } },
  { type: 'web_search_tool_result', tool_use_id: 'srvtoolu_1', content: [] },
]
const citation = { type: 'web_search_result_location', url: 'https://x.test/', title: 'X', cited_text: 'c' }
const thought = { type: 'thinking', thinking: 'Hm.', signature: 's1' }
const first = [thought, { type: 'text', text: 'Let me search. ' }, ...searched]
const second = [{ type: 'text', text: 'More. ' }, ...searched]
const last = [{ type: 'text', text: 'It is 42.', citations: [citation] }]
const search = { type: 'web_search_20250305', name: 'web_search' }
const hi = { role: 'user' as const, content: 'Hi' }
const question = {
  model: 'claude-sonnet-4-5',
  messages: [hi],
  tools: [search as unknown as OpenAI.ChatCompletionTool],
}

/** Answers whole or as a stream, as the request says. */
function part(content: readonly Json[], stop: string, more: Json = {}): Action {
  return ({ request }) =>
    request.body['stream'] === true
      ? eventStream(...eventsOf(content, { stop }))
      : json({ ...messageOf(content, { stop }), ...more })
}

async function world(t: Test, script: readonly Action[], config: Json = {}) {
  const provider = await fakeProvider(t, script)
  const providers = [{ name: 'claude', type: 'anthropic', base_url: provider.url, api_key: 'k' }]
  const routing = { health_check: { enabled: false }, stream_recovery: 'off' }
  const url = await serve(t, JSON.stringify({ stream_failure: 'event', routing, providers, ...config }))
  return { provider, url, openai: new OpenAI({ baseURL: `${url}/v1`, apiKey: 'k', maxRetries: 0 }) }
}

const turnsOf = ({ requests }: FakeProvider, at: number) =>
  requests[at]!.body['messages'] as readonly { role: string; content: readonly Json[] }[]

t.test('a paused answer is continued with its blocks, and all parts are one answer', async t => {
  const script = [part(first, 'pause_turn'), part(second, 'pause_turn'), part(last, 'end_turn')]
  for (const stream of [false, true]) {
    const { openai, provider, url } = await world(t, script)
    const options = { include_usage: true }
    const answer = stream
      ? await openai.chat.completions.stream({ ...question, stream_options: options }).finalChatCompletion()
      : await openai.chat.completions.create(question)
    t.match(answer.choices, [
      {
        finish_reason: 'stop',
        message: {
          role: 'assistant',
          content: 'Let me search. More. It is 42.',
          reasoning_content: 'Hm.',
          annotations: [{ type: 'url_citation', url_citation: { start_index: 21, end_index: 30 } }],
        },
      },
    ])
    const prompt = usage.input_tokens + usage.cache_creation_input_tokens + usage.cache_read_input_tokens
    t.match(answer.usage, { prompt_tokens: 3 * prompt, completion_tokens: 3 * usage.output_tokens })
    t.same(
      turnsOf(provider, 2).map(({ role }) => role),
      ['user', 'assistant'],
    )
    t.same(turnsOf(provider, 1)[1]?.content, first)
    t.same(turnsOf(provider, 2)[1]?.content, [...first, ...second])
    t.same(provider.requests[2]!.body['tools'], [search])
    t.same(await stuck(url), [], 'its slot is free')
  }
})

t.test('so it is under an approach', async t => {
  for (const [path, body] of [
    ['messages', { messages: [hi], max_tokens: 99, hulumanage_approach: 're2&proxy' }],
    ['chat/completions', { messages: [hi], hulumanage_approach: 'bon' }],
  ] as const) {
    for (const stream of [false, true]) {
      const script = [part(first, 'pause_turn'), part(last, 'end_turn')]
      const { provider, url } = await world(t, [...script, ...script, ...script, ...script])
      const answer = await fetch(`${url}/v1/${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'claude-sonnet-4-5', stream, tools: [search], ...body }),
      })
      const text = await answer.text()
      t.match(text, /It is/, path)
      t.notMatch(text, /pause_turn|max_tokens"|max_output_tokens"\}|"length"/)
      t.same(turnsOf(provider, 1).at(-1)?.content.slice(-2), searched)
    }
  }
})

t.test('code continues in its container, and the rest fits the maximum', async t => {
  const container = { id: 'container_1', expires_at: '2026-01-01T00:00:00Z' }
  const { openai, provider } = await world(t, [
    part(first, 'pause_turn', { container }),
    part(last, 'end_turn'),
  ])
  await openai.chat.completions.create({ ...question, max_tokens: 50 })
  t.match(provider.requests[1]!.body, { container: 'container_1', max_tokens: 50 - usage.output_tokens })
})

t.test('a part whose connection ends late counts like any other', async t => {
  const ends = gate()
  const lateEnd = (content: readonly Json[]) =>
    eventStream(...eventsOf(content, { stop: 'pause_turn' }), hold(ends))
  const script = [lateEnd(first), lateEnd(second), part(last, 'end_turn')]
  const { openai, provider, url } = await world(t, script)
  const stream_options = { include_usage: true }
  const asked = openai.chat.completions.stream({ ...question, max_tokens: 50, stream_options })
  const answer = await asked.finalChatCompletion()
  t.equal(answer.choices[0]?.message.content, 'Let me search. More. It is 42.')
  t.equal(answer.usage?.completion_tokens, 3 * usage.output_tokens)
  t.same(
    provider.requests.map(({ body }) => body['max_tokens']),
    [50, 50 - usage.output_tokens, 50 - 2 * usage.output_tokens],
  )
  t.same(await stuck(url), [], 'its slot is free')
  ends.release()
})

t.test('a service that never stops pausing, or a budget that is used up, ends the answer as cut', async t => {
  for (const [config, calls] of [
    [{}, 9],
    [{ limits: { tokens: 140 } }, 2],
  ] as const) {
    for (const stream of [false, true]) {
      const script = Array.from({ length: 20 }, () => part(second, 'pause_turn'))
      const { openai, provider, url } = await world(t, script, config)
      const answer = stream
        ? await openai.chat.completions.stream(question).finalChatCompletion()
        : await openai.chat.completions.create(question)
      t.match(answer, { choices: [{ finish_reason: 'length' }] })
      t.equal(provider.requests.length, calls)
      t.same(await stuck(url), [])
    }
  }
})

t.test('no rest is asked for if the parts so far have used up the maximum', async t => {
  const { output_tokens: used } = usage
  for (const stream of [false, true]) {
    const script = Array.from({ length: 5 }, () => part(second, 'pause_turn'))
    const { openai, provider, url } = await world(t, script)
    const body = { ...question, max_tokens: 2 * used }
    const answer = stream
      ? await openai.chat.completions.stream(body).finalChatCompletion()
      : await openai.chat.completions.create(body)
    t.match(answer, { choices: [{ finish_reason: 'length' }] })
    t.same(
      provider.requests.map(({ body: sent }) => sent['max_tokens']),
      [2 * used, used],
    )
    t.same(await stuck(url), [])
  }
})

t.test('a rest that fails is asked of another provider, or breaks the stream', async t => {
  const failing = () => [part(first, 'pause_turn'), messagesError(500, 'api_error', 'No')]
  const other = await fakeProvider(t, completion('It is 42.'))
  const { url: backup } = other
  const broken = await world(t, failing())
  const asked = broken.openai.chat.completions.stream(question).finalChatCompletion()
  await t.rejects(asked, /500|No|api_error|failed/)
  t.same(await stuck(broken.url), [])
  const provider = await fakeProvider(t, failing())
  const providers = [
    { name: 'claude', type: 'anthropic', base_url: provider.url, api_key: 'k', weight: 1000 },
    { name: 'backup', base_url: backup, api_key: 'k' },
  ]
  const routing = { strategy: 'failover', health_check: { enabled: false } }
  const url = await serve(t, JSON.stringify({ routing, providers }))
  const openai = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'k', maxRetries: 0 })
  t.match(await openai.chat.completions.create(question), {
    choices: [{ message: { content: 'It is 42.' } }],
  })
})
