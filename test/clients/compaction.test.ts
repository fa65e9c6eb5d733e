import OpenAI from 'openai'
import type { Test } from 'tap'
import t from 'tap'
import { answer, error, fakeProvider, json, stream } from '../fake-provider.ts'
import type { Script } from '../fake-provider.ts'
import type { Json } from '../fake-provider/content.ts'
import { messages } from '../fake-messages.ts'
import { responseOf, responses } from '../fake-responses.ts'
import { errorOf, serve } from './serve.ts'

// As Codex asks for it: https://github.com/openai/codex/pull/22809 and, before that, POST /responses/compact.

const trigger = { type: 'compaction_trigger' as const }
const f = { type: 'function' as const, name: 'f', parameters: { type: 'object' }, strict: false }
const worked: OpenAI.Responses.ResponseInputItem[] = [
  { role: 'user', content: 'Fix the test' },
  { type: 'function_call', call_id: 'call_1', name: 'f', arguments: '{}' },
  { type: 'function_call_output', call_id: 'call_1', output: 'done' },
  { role: 'assistant', content: 'It passes' },
]

async function start(t: Test, script: Script, entry: Json = {}) {
  const provider = await fakeProvider(t, script)
  const providers = [{ name: 'p', base_url: provider.url, api_key: 'k', ...entry }]
  const config = { routing: { health_check: { enabled: false } }, stream_failure: 'event', providers }
  const url = await serve(t, JSON.stringify(config))
  return { provider, openai: new OpenAI({ baseURL: `${url}/v1`, apiKey: 'sk-client', maxRetries: 0 }) }
}

/** The item that replaces a conversation, as the client got it. */
const compactionIn = (output: readonly unknown[]) =>
  (output as readonly OpenAI.Responses.ResponseInputItem[]).filter(({ type }) => type === 'compaction')

t.test(
  'at a service of another API, a model writes the summary that comes in the place of a conversation',
  async t => {
    for (const [service, entry] of [
      [answer('The test passes now.'), {}],
      [messages('The test passes now.'), { type: 'anthropic' }],
    ] as const) {
      const { openai, provider } = await start(t, service, entry)
      const body = { model: 'm', tools: [f], tool_choice: 'auto' as const }
      const { output, status } = await openai.responses.create({ ...body, input: [...worked, trigger] })
      t.equal(status, 'completed')
      t.equal(output.length, 1)
      t.match(provider.requests[0]!.text, /Fix the test.*It passes.*Write a summary/s)
      t.match(JSON.stringify(provider.requests[0]!.body['tool_choice']), /none/)
      const kept = compactionIn(output)
      t.equal(kept.length, 1)
      await openai.responses.create({ ...body, input: [...kept, { role: 'user', content: 'And now?' }] })
      const [, next] = provider.requests
      t.match(next!.text, /The test passes now\..*And now\?/s)
      t.notMatch(next!.text, /Fix the test/)
    }
  },
)

t.test('a streamed compaction is one item, whole, however the model writes it', async t => {
  const pieces = ['The test', ' passes', ' now.']
  const { openai } = await start(t, stream(pieces))
  const types: string[] = []
  let last: OpenAI.Responses.ResponseStreamEvent | undefined
  const input = [...worked, trigger]
  for await (const event of await openai.responses.create({ model: 'm', stream: true, input })) {
    types.push(event.type)
    t.equal(event.sequence_number, types.length - 1)
    last = event
  }
  t.same(types, [
    'response.created',
    'response.in_progress',
    'response.output_item.added',
    'response.output_item.done',
    'response.completed',
  ])
  t.match(last, { response: { output: [{ type: 'compaction', encrypted_content: /./ }] } })
})

const call = { id: 'call_2', type: 'function', function: { name: 'f', arguments: '{}' } }

t.test('a model that writes no summary fails, rather than lose the conversation', async t => {
  const { openai } = await start(t, answer({ content: null, tool_calls: [call] }))
  const input = [...worked, trigger]
  t.match(await errorOf(openai.responses.create({ model: 'm', input })), { status: 502, code: 'no_answer' })
  t.match(await errorOf(openai.responses.compact({ model: 'm', input: worked })), { code: 'no_answer' })
  const events = await openai.responses.create({ model: 'm', stream: true, input })
  t.match(await errorOf(events.toReadableStream().pipeTo(new WritableStream())), {
    message: /The model wrote no summary/,
  })
})

t.test('the endpoint for a compaction keeps the messages of the user in front of the summary', async t => {
  const { openai, provider } = await start(t, answer('The test passes now.'))
  const compacted = await openai.responses.compact({ model: 'm', input: worked, instructions: 'Be brief' })
  t.match(compacted, {
    id: /^resp_/,
    object: 'response.compaction',
    output: [{ role: 'user', content: 'Fix the test' }, { type: 'compaction' }],
    usage: { input_tokens: Number, output_tokens: Number, total_tokens: Number },
  })
  t.match(provider.requests[0]!.text, /Be brief.*Fix the test.*Write a summary/s)
  const input = [...(compacted.output as OpenAI.Responses.ResponseInputItem[])]
  await openai.responses.create({ model: 'm', input: [...input, { role: 'user', content: 'And now?' }] })
  t.match(provider.requests[1]!.text, /Fix the test.*The test passes now\..*And now\?/s)
  await openai.responses.compact({ model: 're2-m', input: 'Hello' })
  t.match(provider.requests[2]!.text, /Hello.*Write a summary/s, 'under an approach')
})

t.test('a compaction is followed by a later one, and by previous_response_id', async t => {
  const { openai, provider } = await start(t, answer('The test passes now.'))
  const { id, output } = await openai.responses.create({ model: 'm', input: [...worked, trigger] })
  await openai.responses.create({ model: 'm', input: [...compactionIn(output), ...worked, trigger] })
  t.match(provider.requests[1]!.text, /The test passes now\..*Fix the test.*Write a summary/s)
  const next = await openai.responses.create({ model: 'm', previous_response_id: id, input: 'And now?' })
  t.equal(next.output_text, 'The test passes now.', 'which is no compaction again')
  t.match(provider.requests[2]!.text, /The test passes now\..*And now\?/s)
  t.notMatch(provider.requests[2]!.text, /Fix the test|Write a summary/)
  const again = { previous_response_id: next.id, input: 'And then?' }
  t.equal((await openai.responses.create({ model: 'm', ...again })).output_text, 'The test passes now.')
  t.notMatch(provider.requests[3]!.text, /Fix the test|Write a summary/)
})

t.test('a trigger counts at the end of the input alone', async t => {
  const { openai, provider } = await start(t, answer('Yes.'))
  const input = [...worked, trigger, { role: 'user' as const, content: 'And now?' }]
  t.equal((await openai.responses.create({ model: 'm', input })).output_text, 'Yes.')
  t.notMatch(provider.requests[0]!.text, /Write a summary/)
})

t.test(
  'a summary that was cut off, or is nothing but thinking, takes the place of no conversation',
  async t => {
    for (const service of [
      answer('Half of', { finish: 'length' }),
      answer('Half of', { finish: 'content_filter' }),
      answer({ content: 'I look', tool_calls: [call] }),
      answer('<think>Hm</think>'),
    ]) {
      const { openai } = await start(t, service)
      const input = [...worked, trigger]
      const failed = { status: 502, code: 'no_answer' }
      t.match(await errorOf(openai.responses.create({ model: 'm', input })), failed)
      t.match(await errorOf(openai.responses.compact({ model: 'm', input: worked })), failed)
      const types: string[] = []
      const events = await openai.responses.create({ model: 'm', stream: true, input })
      const reading = async () => {
        for await (const { type } of events) types.push(type)
      }
      await reading().catch(() => types.push('thrown'))
      t.notOk(
        types.some(type => /output_item|completed|incomplete/.test(type)),
        types.join(' '),
      )
    }
  },
)

t.test('the thinking in front of a summary is not a part of it', async t => {
  const { openai, provider } = await start(t, answer('<think>Hm</think>The test passes now.'))
  const { output } = await openai.responses.create({ model: 'm', input: [...worked, trigger] })
  await openai.responses.create({ model: 'm', input: [...compactionIn(output)] })
  t.match(provider.requests[1]!.text, /The test passes now\./)
  t.notMatch(provider.requests[1]!.text, /Hm/)
})

t.test('a service of Responses writes its own, and gets ours as text', async t => {
  const own = { id: 'cmp_1', type: 'compaction', encrypted_content: 'sealed' }
  const compacted = { id: 'resp_1', object: 'response.compaction', created_at: 1, output: [own], usage: null }
  const { openai, provider } = await start(
    t,
    [json(compacted), json({ ...responseOf(''), output: [own] }), responses('ok')],
    { api: 'responses' },
  )
  t.match(await openai.responses.compact({ model: 'm', input: worked }), compacted)
  t.equal(provider.requests[0]!.path, '/v1/responses/compact')
  const input = [...worked, trigger]
  t.match(await openai.responses.create({ model: 'm', input }), { output: [own] })
  t.match(provider.requests[1], { path: '/v1/responses', body: { input } })
  const chat = await start(t, answer('The test passes now.'))
  const { output } = await chat.openai.responses.create({ model: 'm', input })
  await openai.responses.create({ model: 'm', input: compactionIn(output) })
  t.match(provider.requests[2]!.body['input'], [
    { type: 'message', role: 'user', content: [{ type: 'input_text', text: /The test passes now\./ }] },
  ])
})

t.test('a service of Responses without the endpoint writes a summary', async t => {
  const { openai, provider } = await start(t, [error(404), responses('The test passes now.')], {
    api: 'responses',
  })
  t.match(await openai.responses.compact({ model: 'm', input: worked }), {
    output: [{ role: 'user' }, { type: 'compaction' }],
  })
  t.same(
    provider.requests.map(({ path }) => path),
    ['/v1/responses/compact', '/v1/responses'],
  )
})
