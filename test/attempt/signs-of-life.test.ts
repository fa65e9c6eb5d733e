// A model that thinks may say nothing for minutes. Until its first content, whatever its service sends in any API keeps it waited for.
import t from 'tap'
import type { Test } from 'tap'
import { attempt } from '../../src/attempt/attempt.ts'
import { providerSchema } from '../../src/config/schema.ts'
import { anthropicKind } from '../../src/providers/anthropic/anthropic.ts'
import { openaiKind } from '../../src/providers/openai.ts'
import { Provider } from '../../src/providers/provider.ts'
import { ask, callOf } from '../call.ts'
import { fakeProvider, head, sequence, write } from '../fake-provider.ts'
import type { Action } from '../fake-provider.ts'
import { TestClock } from '../test-clock.ts'

const event = (type: string, fields: object = {}) =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`
const chunk = (delta: object, finish: string | null = null) =>
  `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`

const chat = {
  api: 'chat completions',
  kind: openaiKind,
  rest: `${chunk({ content: 'done' })}${chunk({}, 'stop')}data: [DONE]\n\n`,
}
const started = {
  message: {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'm',
    content: [],
    stop_reason: null,
    usage: { input_tokens: 1, output_tokens: 1 },
  },
}
const messages = {
  api: 'Messages',
  kind: anthropicKind,
  rest: [
    event('message_start', started),
    event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
    event('content_block_delta', { index: 0, delta: { type: 'text_delta', text: 'done' } }),
    event('content_block_stop', { index: 0 }),
    event('message_delta', { delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 1 } }),
    event('message_stop'),
  ].join(''),
}
const response = {
  id: 'resp_1',
  object: 'response',
  created_at: 1,
  status: 'in_progress',
  model: 'm',
  output: [],
}
const message = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  status: 'completed',
  content: [{ type: 'output_text', text: 'done', annotations: [] }],
}
const responses = {
  api: 'Responses',
  kind: openaiKind,
  more: { api: 'responses' },
  rest: [
    event('response.output_item.added', {
      output_index: 0,
      item: { ...message, status: 'in_progress', content: [] },
    }),
    event('response.output_text.delta', {
      output_index: 0,
      content_index: 0,
      item_id: 'msg_1',
      delta: 'done',
    }),
    event('response.output_item.done', { output_index: 0, item: message }),
    event('response.completed', { response: { ...response, status: 'completed', output: [message] } }),
  ].join(''),
}

const signs = [
  [chat, 'a comment', ': OPENROUTER PROCESSING\n\n'],
  [chat, 'a chunk with nothing but the role', chunk({ role: 'assistant', content: '' })],
  [chat, 'a chunk without choices', 'data: {"choices":[]}\n\n'],
  [chat, 'an empty event', 'data:\n\n'],
  [chat, 'a ping', event('ping')],
  [messages, 'a ping', event('ping')],
  [messages, 'a comment', ': keep-alive\n\n'],
  [responses, 'response.in_progress', event('response.in_progress', { response })],
  [responses, 'a keepalive', event('keepalive', { sequence_number: 3 })],
  [responses, 'a comment', ': keep-alive\n\n'],
] as const

/** The text of a stream whose content comes after three signs, each as the time is up. */
async function textAfter(t: Test, [{ kind, rest, ...api }, , sign]: (typeof signs)[number], thinks: boolean) {
  const clock = TestClock.start(t)
  const late: Action = async exchange => {
    await write(sign)(exchange)
    await clock.pass(20)
  }
  const script = sequence(head(200, { 'content-type': 'text/event-stream' }), late, late, late, write(rest))
  const { url } = await fakeProvider(t, script)
  const more = 'more' in api ? api.more : {}
  const config = providerSchema.parse({ name: 'p', base_url: url, api_key: 'sk-test', ...more })
  const provider = new Provider(config, kind, 1_000)
  t.teardown(() => provider.dispatcher.destroy())
  const timeouts = { requestMs: 90_000, firstTokenMs: 20_000, idleMs: 20_000, thinks }
  const request = ask('', { stream: true })
  const reply = await attempt({
    provider,
    request,
    call: callOf(),
    timeouts,
    maxResponseBytes: 1e6,
    reason: 'test',
  })
  return (await reply.completion()).choices[0]?.message.content
}

for (const row of signs)
  t.test(`${row[1]} in ${row[0].api} is a sign of life of a model that thinks`, async t => {
    t.equal(await textAfter(t, row, true), 'done')
  })

t.test('a model that does not think has its time, whatever its service sends', async t => {
  await t.rejects(textAfter(t, signs[0], false), { code: 'upstream_timeout' })
})
