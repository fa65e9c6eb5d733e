import OpenAI from 'openai'
import t from 'tap'
import type { Test } from 'tap'
import { serve } from '../../clients/serve.ts'
import { event, eventStream } from '../../fake-messages.ts'
import { fakeProvider } from '../../fake-provider.ts'
import { call, responseOf, said } from '../../fake-responses.ts'

type Json = Readonly<Record<string, unknown>>

const message = said('Hello')
const created = event('response.created', { response: { ...responseOf([]), status: 'in_progress' } })

function ended(items: readonly Json[]): string {
  return event('response.completed', { response: responseOf(items) })
}

/** The response that OpenAI's SDK makes of a relayed stream, and the types of its events. */
async function relayed(t: Test, ...events: readonly string[]) {
  const provider = await fakeProvider(t, eventStream(created, ...events))
  const own = { name: 'only', base_url: provider.url, api_key: 'k', api: 'responses' }
  const url = await serve(
    t,
    JSON.stringify({ providers: [own], routing: { health_check: { enabled: false } } }),
  )
  const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'k', maxRetries: 0 })
  const stream = client.responses.stream({ model: 'm', input: 'Hi' })
  const types: string[] = []
  for await (const { type } of stream) types.push(type)
  return { response: await stream.finalResponse(), types }
}

// https://github.com/BerriAI/litellm/pull/36375
t.test('the item of a text is added where a service leaves it out', async t => {
  const at = { item_id: 'msg_9', output_index: 0, content_index: 0 }
  for (const place of [at, {}]) {
    const pieces = ['Hel', 'lo'].map(delta => event('response.output_text.delta', { ...place, delta }))
    const { response, types } = await relayed(t, ...pieces, ended([message]))
    t.equal(response.output_text, 'Hello')
    t.same(types.slice(1, 4), [
      'response.output_item.added',
      'response.content_part.added',
      'response.output_text.delta',
    ])
    t.equal(response.output[0]!.id, 'item_id' in place ? 'msg_9' : 'item_0', 'the item keeps its id')
  }
})

t.test('the item of a thought is added as well', async t => {
  const at = { item_id: 'rs_1', output_index: 0, summary_index: 0 }
  const thought = { id: 'rs_1', type: 'reasoning', summary: [{ type: 'summary_text', text: 'Hm' }] }
  const { types } = await relayed(
    t,
    event('response.reasoning_summary_text.delta', { ...at, delta: 'Hm' }),
    event('response.output_item.added', { output_index: 1, item: { ...message, content: [] } }),
    event('response.output_text.delta', {
      item_id: 'msg_1',
      output_index: 1,
      content_index: 0,
      delta: 'Hello',
    }),
    ended([thought, message]),
  )
  t.same(types.slice(1, 4), [
    'response.output_item.added',
    'response.reasoning_summary_part.added',
    'response.reasoning_summary_text.delta',
  ])
})

// https://github.com/promptfoo/promptfoo/pull/10109
t.test('a text that comes whole, without a place, is in the answer', async t => {
  const { response } = await relayed(t, event('response.output_text.done', { text: 'Hello' }), ended([]))
  t.equal(response.output_text, 'Hello')
})

t.test('a call has its arguments, though they come whole and the item does not end', async t => {
  const { response } = await relayed(
    t,
    event('response.output_item.added', { output_index: 0, item: { ...call, arguments: '' } }),
    event('response.function_call_arguments.done', {
      item_id: call.id,
      output_index: 0,
      arguments: '{"a":1}',
    }),
    ended([]),
  )
  t.match(response.output, [{ type: 'function_call', arguments: '{"a":1}' }])
})

t.test('a text after a thought, both without a place, is an item of its own', async t => {
  const { response, types } = await relayed(
    t,
    event('response.reasoning_text.delta', { delta: 'Hm' }),
    event('response.output_text.delta', { delta: 'Hel' }),
    event('response.output_text.delta', { delta: 'lo' }),
    event('response.reasoning_text.done', { text: 'Hm' }),
    ended([]),
  )
  t.equal(types.filter(type => type === 'response.output_item.added').length, 2)
  t.match(response.output, [
    { type: 'reasoning', content: [{ type: 'reasoning_text', text: 'Hm' }] },
    { type: 'message', content: [{ type: 'output_text', text: 'Hello' }] },
  ])
})

t.test('each part of a summary is added before it grows', async t => {
  const piece = (summary_index: number, delta: string) =>
    event('response.reasoning_summary_text.delta', { item_id: 'rs_1', output_index: 0, summary_index, delta })
  const { response, types } = await relayed(
    t,
    piece(0, 'Hm'),
    piece(0, '!'),
    piece(1, 'Ah'),
    event('response.output_text.delta', { delta: 'Hello' }),
    ended([]),
  )
  t.equal(types.filter(type => type === 'response.reasoning_summary_part.added').length, 2)
  t.match(response.output, [
    {
      type: 'reasoning',
      summary: [
        { type: 'summary_text', text: 'Hm!' },
        { type: 'summary_text', text: 'Ah' },
      ],
    },
    { type: 'message', content: [{ text: 'Hello' }] },
  ])
})
