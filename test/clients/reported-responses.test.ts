import { createOpenAI } from '@ai-sdk/openai'
import { streamText } from 'ai'
import OpenAI from 'openai'
import t from 'tap'
import type { Test } from 'tap'
import { event, eventStream } from '../fake-messages.ts'
import { answer, fakeProvider } from '../fake-provider.ts'
import { eventsOf, responseOf, responses, said } from '../fake-responses.ts'
import { answerViolations } from '../strict/index.ts'
import { serve } from './serve.ts'

type Json = Readonly<Record<string, unknown>>

const call = { id: 'fc_1', type: 'function_call', status: 'completed', call_id: 'call_1', name: 'f' }
const oslo = { ...call, arguments: '{"a":1}' }
const thought = { id: 'rs_1', type: 'reasoning', summary: [{ type: 'summary_text', text: 'Hm' }] }

/** A server over one provider that speaks Responses and streams these events. */
async function world(t: Test, events: readonly string[]) {
  const provider = await fakeProvider(t, eventStream(...events))
  const entry = { name: 'p', api: 'responses', base_url: provider.url, api_key: 'k' }
  const url = await serve(
    t,
    JSON.stringify({
      stream_failure: 'event',
      routing: { health_check: { enabled: false }, stream_recovery: 'off' },
      providers: [entry],
    }),
  )
  return { url, openai: new OpenAI({ baseURL: `${url}/v1`, apiKey: 'k', maxRetries: 0 }) }
}

/** The final response that OpenAI's helper makes of these events, all of which are valid. */
async function helped(t: Test, events: readonly string[]) {
  const { url, openai } = await world(t, events)
  const body = { model: 'm', input: 'Hi', stream: true }
  const response = await fetch(`${url}/v1/responses`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const text = await response.text()
  t.strictSame(answerViolations('responses', text), [])
  const stream = openai.responses.stream({ model: 'm', input: 'Hi' })
  let streamed = ''
  stream.on('response.output_text.delta', ({ delta }) => void (streamed += delta))
  const final = await stream.finalResponse()
  return { text, streamed, final }
}

const changed = (events: readonly string[], change: (data: Json) => Json | undefined) =>
  events.flatMap(each => {
    const { type, ...fields } = JSON.parse(/^data: (.*)$/m.exec(each)![1]!) as Json & { type: string }
    const data = change({ type, ...fields })
    return data === undefined ? [] : [event(type, data)]
  })

// https://github.com/vllm-project/vllm/issues/45742
t.test('parts are numbered in their item, also where a service counts those of all items', async t => {
  const events = changed(eventsOf(responseOf([thought, said('Hello there')])), data =>
    'content_index' in data ? { ...data, content_index: 1 } : data,
  )
  const { streamed, final, text } = await helped(t, events)
  t.equal(streamed, 'Hello there')
  t.equal(final.output_text, 'Hello there')
  t.notMatch(text, /"content_index":1/)
})

// https://github.com/BerriAI/litellm/issues/30071, https://github.com/BerriAI/litellm/issues/19125
t.test('an item has one id, also where a service makes one up for each event', async t => {
  let count = 0
  const other = () => `opaque_${count++}`
  const renamed = (item: unknown) => ({ ...(item as Json), id: other() })
  const events = changed(eventsOf(responseOf([thought, said('Hello there')])), data => ({
    ...data,
    ...('item_id' in data ? { item_id: other() } : {}),
    ...('item' in data ? { item: renamed(data['item']) } : {}),
    ...(data['type'] === 'response.completed'
      ? { response: { ...responseOf([thought, said('Hello there')].map(renamed)) } }
      : {}),
  }))
  const { final, text } = await helped(t, events)
  t.equal(final.output_text, 'Hello there')
  t.same(new Set([...text.matchAll(/"opaque_\d+"/g)].map(([id]) => id)).size, 2)
  const { url } = await world(t, events)
  const model = createOpenAI({ baseURL: `${url}/v1`, apiKey: 'k' }).responses('m')
  const errors: unknown[] = []
  const result = streamText({ model, prompt: 'Hi', onError: ({ error }) => void errors.push(error) })
  t.equal(await result.text, 'Hello there')
  t.same(errors, [])
})

// https://github.com/vllm-project/vllm/pull/56285
t.test('items keep at the end the ids under which they were streamed', async t => {
  const response = responseOf([thought, oslo])
  const events = eventsOf(response)
  const output = response.output.map((item, at) => ({
    ...item,
    id: `other_${at}`,
    call_id: `call_other_${at}`,
  }))
  const end = event('response.completed', {
    response: { ...response, output },
    sequence_number: events.length - 1,
  })
  const { final } = await helped(t, events.with(events.length - 1, end))
  t.match(final.output, [{ id: 'rs_1' }, { id: 'fc_1', call_id: 'call_1' }])
})

// https://github.com/openai/openai-python/pull/3126
t.test('an item that is null begins nothing', async t => {
  const [created, ...rest] = eventsOf(responseOf('Hello there'))
  const nothing = event('response.output_item.added', { output_index: 7, item: null })
  const { final } = await helped(t, [created!, nothing, ...rest, nothing])
  t.equal(final.output_text, 'Hello there')
})

// https://github.com/lemonade-sdk/lemonade/issues/3607, https://github.com/NousResearch/hermes-agent/issues/119758
t.test('events without indices, and texts whose part was not added, are told in their places', async t => {
  const events = changed(
    eventsOf(responseOf([thought, said('Hello there'), oslo])),
    ({ output_index: _output, content_index: _content, ...data }) =>
      String(data['type']).startsWith('response.content_part') ? undefined : data,
  )
  const { streamed, final } = await helped(t, events)
  t.equal(streamed, 'Hello there')
  t.match(final.output.at(-1), { type: 'function_call', arguments: '{"a":1}' })
})

// https://github.com/teabranch/open-responses-server/pull/63
t.test(
  'a call has an index of its own, also where a service gives it that of the text before it',
  async t => {
    const events = changed(eventsOf(responseOf([said('Hello there'), oslo])), data =>
      'output_index' in data ? { ...data, output_index: 0 } : data,
    )
    const { final, text } = await helped(t, events)
    t.equal(final.output_text, 'Hello there')
    t.match(final.output.at(-1), { type: 'function_call', arguments: '{"a":1}' })
    t.match(text, /"output_index":1/)
  },
)

/** The messages that a chat service gets for this input. */
async function sentFor(t: Test, input: readonly Json[], more: Json = {}, entry: Json = {}) {
  const provider = await fakeProvider(t, entry['api'] === 'responses' ? responses() : answer('Hi'))
  const own = { name: 'p', base_url: provider.url, api_key: 'k', ...entry }
  const url = await serve(
    t,
    JSON.stringify({ routing: { health_check: { enabled: false } }, providers: [own] }),
  )
  const response = await fetch(`${url}/v1/responses`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'm', input, ...more }),
  })
  t.equal(response.status, 200, await response.text())
  return provider.requests[0]!.body
}

const user = { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Hi' }] }

// https://github.com/ollama/ollama/issues/18286
t.test('what an agent of Codex tells another reaches the model', async t => {
  const told = (part: Json) => ({
    type: 'agent_message',
    id: 'amsg_1',
    author: '/root',
    recipient: '/root/child',
    content: [{ type: 'input_text', text: 'New task' }, part],
  })
  const plain = await sentFor(t, [
    user,
    told({ type: 'encrypted_content', encrypted_content: 'Count the files.' }),
  ])
  const [, message] = plain['messages'] as readonly Json[]
  t.same(message, {
    role: 'user',
    content: 'Message from /root to /root/child:\nNew task\nCount the files.',
  })
  const sealed = 'gAAAAABo'.repeat(20)
  const { messages } = await sentFor(t, [
    user,
    told({ type: 'encrypted_content', encrypted_content: sealed }),
  ])
  t.notMatch(JSON.stringify(messages), /gAAAA/)
})

// https://github.com/can1357/oh-my-pi/issues/10956
t.test('a message or a result whose content is null says nothing', async t => {
  const result = { type: 'function_call_output', call_id: 'call_1', output: null }
  const asked = { type: 'function_call', call_id: 'call_1', name: 'f', arguments: '{}' }
  const { messages } = await sentFor(t, [
    user,
    { ...user, role: 'assistant', content: null },
    user,
    asked,
    result,
  ])
  t.match(messages, [
    { role: 'user' },
    { role: 'user' },
    { role: 'assistant' },
    { role: 'tool', content: '' },
  ])
})

// https://github.com/openai/codex/issues/12114
t.test('what an item of reasoning lacks is absent for other services than OpenAI', async t => {
  const reasoning = { type: 'reasoning', summary: [], content: null, encrypted_content: 'sealed' }
  for (const [model, kept] of [
    ['qwen3', { type: 'reasoning', summary: [], encrypted_content: 'sealed' }],
    ['gpt-5.1', reasoning],
  ] as const) {
    const { input } = await sentFor(t, [user, reasoning, user], { model }, { api: 'responses' })
    t.same((input as readonly Json[])[1], kept)
  }
})

// https://github.com/musistudio/claude-code-router/issues/1783
t.test('OpenAI gets no text of the reasoning of another service', async t => {
  const content = [{ type: 'reasoning_text', text: 'Hm' }]
  const open = { type: 'reasoning', id: 'rs_1', summary: [], content, encrypted_content: null }
  const sealed = { type: 'reasoning', id: 'rs_2', summary: [], content, encrypted_content: 'sealed' }
  const { input } = await sentFor(
    t,
    [user, open, sealed, user],
    { model: 'gpt-5.6-luna' },
    { api: 'responses' },
  )
  t.same((input as readonly Json[]).slice(1, -1), [
    { type: 'reasoning', id: 'rs_2', summary: [], encrypted_content: 'sealed' },
  ])
  for (const model of ['gpt-oss-120b', 'marco-o1']) {
    const other = await sentFor(t, [user, sealed, user], { model }, { api: 'responses' })
    t.match((other['input'] as readonly Json[])[1], { content }, model)
  }
})

// https://github.com/SaladDay/cc-switch-cli/issues/466, https://github.com/NVIDIA-NeMo/Switchyard/pull/516
t.test('tools that Codex declares in the input alone are offered', async t => {
  const exec = { type: 'custom', name: 'exec', description: 'Runs JavaScript.' }
  const wait = { type: 'function', name: 'wait', parameters: { type: 'object', properties: {} } }
  const declared = {
    type: 'additional_tools',
    role: 'developer',
    tools: [{ type: 'namespace', name: 'functions', tools: [exec] }, wait],
  }
  const { tools, messages } = await sentFor(t, [declared, user])
  t.equal((tools as readonly Json[]).length, 2)
  t.match(JSON.stringify(tools), /exec.*Runs JavaScript|Runs JavaScript.*exec/)
  t.equal((messages as readonly Json[]).length, 1, 'and are no message')
})
