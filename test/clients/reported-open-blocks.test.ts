import t from 'tap'
import type { Test } from 'tap'
import { event, eventStream, messageOf } from '../fake-messages.ts'
import { fakeProvider, json } from '../fake-provider.ts'
import { chunksOf } from './chunks-of.ts'
import { serve } from './serve.ts'
import { tellAll } from './told.ts'
import type { Told } from './told.ts'

const responses = { api: 'responses' }
const anthropic = { type: 'anthropic' }

/** Each client is told this by a stream of these events. */
async function expect(
  t: Test,
  events: readonly string[],
  entry: object,
  expected: Partial<Told>,
): Promise<void> {
  for (const told of await tellAll(t, eventStream(...events), true, entry)) t.match(told, expected)
}

const response = {
  id: 'resp_1',
  object: 'response',
  created_at: 1,
  status: 'in_progress',
  model: 'm',
  output: [],
}
const usage = { input_tokens: 10, output_tokens: 5, total_tokens: 15 }
const created = event('response.created', { response })
const completed = event('response.completed', { response: { ...response, status: 'completed', usage } })

function added(place: number, item: object): string {
  return event('response.output_item.added', { output_index: place, item: { id: `item_${place}`, ...item } })
}

function pieces(place: number, kind: string, ...texts: readonly string[]): string[] {
  return texts.map(delta =>
    event(`response.${kind}.delta`, { output_index: place, item_id: `item_${place}`, delta }),
  )
}

const call = { type: 'function_call', call_id: 'call_1', name: 'f', arguments: '' }

// https://github.com/NousResearch/hermes-agent/issues/92764, https://github.com/anomalyco/opencode/issues/37159
t.test('items that a response completes without telling of their ends are whole', async t => {
  const text = [
    added(0, { type: 'message', role: 'assistant', content: [] }),
    ...pieces(0, 'output_text', 'Let me ', 'look'),
  ]
  const args = [added(1, call), ...pieces(1, 'function_call_arguments', '{"a"', ':1}')]
  await expect(t, [created, ...text, ...args, completed], responses, {
    text: 'Let me look',
    calls: ['f({"a":1})'],
    tokens: [10, 5],
  })
  await expect(t, [created, added(0, call), completed], responses, { calls: ['f({})'] })
})

// https://github.com/BerriAI/litellm/issues/21331
t.test('two calls of a response whose pieces alternate are two calls in each format', async t => {
  const other = { ...call, call_id: 'call_2' }
  const alternate = [
    ...pieces(0, 'function_call_arguments', '{"a"'),
    ...pieces(1, 'function_call_arguments', '{"a"'),
    ...pieces(0, 'function_call_arguments', ':1}'),
    ...pieces(1, 'function_call_arguments', ':2}'),
  ]
  const expected = { calls: ['f({"a":1})', 'f({"a":2})'] }
  await expect(t, [created, added(0, call), added(1, other), ...alternate, completed], responses, expected)
})

t.test('a response that completes within the arguments of a call is broken', async t => {
  const cut = [created, added(0, call), ...pieces(0, 'function_call_arguments', '{"a"'), completed]
  const [, , told] = await tellAll(t, eventStream(...cut), true, responses)
  t.match(told, /ended its answer within the arguments of a call/)
})

const start = event('message_start', { message: { ...messageOf([]), stop_reason: null } })
const ends = [
  event('message_delta', {
    delta: { stop_reason: 'end_turn', stop_sequence: null },
    usage: { output_tokens: 5 },
  }),
  event('message_stop', {}),
]

function begin(index: number, block: object): string {
  return event('content_block_start', { index, content_block: block })
}

function grow(index: number, delta: object): string {
  return event('content_block_delta', { index, delta })
}

const noText = { type: 'text', text: '' }
const noThinking = { type: 'thinking', thinking: '' }
const dash = grow(0, { type: 'text_delta', text: '- ' })
const thought = grow(0, { type: 'thinking_delta', thinking: 'Hm' })
const hello = (index: number) => grow(index, { type: 'text_delta', text: 'Hello' })

t.test('text and thinking are in blocks of their own, though a service sends them in one', async t => {
  const stop = event('content_block_stop', { index: 0 })
  const all = { text: '- Hello', thinking: 'Hm' }
  const streams = [
    // https://github.com/ollama/ollama/issues/17101
    [begin(0, noText), dash, begin(0, noThinking), thought, stop, begin(1, noText), hello(1)],
    // https://github.com/anthropics/claude-code/issues/63487
    [begin(0, noText), dash, thought, stop, begin(1, noText), hello(1)],
    [begin(0, noText), dash, thought, hello(0), stop],
  ]
  for (const events of streams) await expect(t, [start, ...events, ...ends], anthropic, all)
})

// https://github.com/sgl-project/sglang/issues/24293, https://github.com/musistudio/claude-code-router/issues/1725
t.test('text and thinking within the block of a call follow it in blocks of their own', async t => {
  const tool = { type: 'tool_use', id: 'toolu_1', name: 'f', input: {} }
  const json = (partial_json: string) => grow(0, { type: 'input_json_delta', partial_json })
  const stop = event('content_block_stop', { index: 0 })
  const mixed = [begin(0, tool), json('{"a"'), thought, hello(0), json(':1}'), hello(0), stop]
  const all = { text: 'HelloHello', thinking: 'Hm', calls: ['f({"a":1})'] }
  for (const last of [[], [begin(1, noText), grow(1, { type: 'text_delta', text: '' })]])
    await expect(t, [start, ...mixed, ...last, ...ends], anthropic, all)
})

// https://github.com/zed-industries/zed/issues/63825
t.test('an error without a type, in the stream of another API than chat, keeps its words', async t => {
  const error = { message: 'Azure has failed', type: null, param: null, code: 500 }
  const bare = `data: ${JSON.stringify({ error })}\n\n`
  const text = [
    added(0, { type: 'message', role: 'assistant', content: [] }),
    ...pieces(0, 'output_text', 'Hel'),
  ]
  for (const events of [[bare], [created, bare], [created, ...text, bare]])
    for (const told of await tellAll(t, eventStream(...events), true, responses))
      t.match(told, /Azure has failed/)
  for (const events of [[bare], [start, bare], [start, begin(0, noText), dash, bare]])
    for (const told of await tellAll(t, eventStream(...events), true, anthropic))
      t.match(told, /Azure has failed/)
})

// https://github.com/BenedictKing/ccx/issues/279
t.test('DeepSeek gets its own empty thoughts back', async t => {
  const provider = await fakeProvider(t, json(messageOf('fine')))
  const own = { name: 'p', base_url: provider.url, api_key: 'k', ...anthropic }
  const url = await serve(
    t,
    JSON.stringify({ providers: [own], routing: { health_check: { enabled: false } } }),
  )
  const use = { type: 'tool_use', id: 'toolu_1', name: 'f', input: {} }
  const sent = {
    model: 'deepseek-v4-flash',
    max_tokens: 4000,
    thinking: { type: 'enabled', budget_tokens: 2000 },
    tools: [{ name: 'f', input_schema: { type: 'object' } }],
    messages: [
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: [noThinking, use] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: 'x' }] },
    ],
  }
  const answer = await fetch(`${url}/v1/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(sent),
  })
  t.equal(answer.status, 200, await answer.text())
  t.same(provider.requests[0]!.body, sent)
})

// https://github.com/pydantic/pydantic-ai/issues/2499
t.test('the usual service tier has the word of OpenAI, which strict clients expect', async t => {
  const head = { id: 'c', created: 1_755_000_000, model: 'm' }
  const message = { role: 'assistant', content: 'Hi' }
  for (const [sent, told] of [
    ['on_demand', 'default'],
    ['standard', 'default'],
    ['priority', 'priority'],
    [null, null],
  ]) {
    const fields = { ...head, service_tier: sent }
    const whole = {
      ...fields,
      object: 'chat.completion',
      choices: [{ index: 0, message, finish_reason: 'stop' }],
    }
    const { text } = await chunksOf(t, json(whole), { stream: false })
    t.equal((JSON.parse(text) as { service_tier: unknown }).service_tier, told)
    const choice = (delta: object, finish: string | null) =>
      `data: ${JSON.stringify({ ...fields, object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`
    const { data } = await chunksOf(
      t,
      eventStream(choice(message, null), choice({}, 'stop'), 'data: [DONE]\n\n'),
    )
    t.same(
      data.map(chunk => chunk['service_tier']),
      [told, told],
    )
  }
})
