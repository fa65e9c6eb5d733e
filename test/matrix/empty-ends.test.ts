// A finish reason that is empty ends nothing: services that have "" where OpenAI has null end a stream by the last chunk alone.
import t from 'tap'
import { eventStream } from '../fake-messages.ts'
import { answer } from '../fake-provider.ts'
import { dataOf, hello, textOf } from './client.ts'
import { serve } from './serve.ts'

const chunk = (delta: object, finish_reason = '') =>
  `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta, finish_reason }] })}\n\n`
const role = chunk({ role: 'assistant', content: '' })
const cut = role + chunk({ content: 'The answer is' })

/** The request to each API, and the part of its stream that says that the answer is whole. */
const apis = {
  '/v1/chat/completions': [hello, 'data: [DONE]'],
  '/v1/messages': [{ ...hello, max_tokens: 9 }, 'event: message_stop'],
  '/v1/responses': [{ model: 'm', input: 'Hi' }, 'event: response.completed'],
} as const

// https://github.com/sgl-project/sglang/issues/3912
for (const [path, [body, end]] of Object.entries(apis)) {
  t.test(`${path}: a stream that has said nothing but an empty reason fails over`, async t => {
    for (const stream of [true, false]) {
      const server = await serve(t, [eventStream(role), answer('from b')])
      const { status, text } = await server.client.post(path, { ...body, stream })
      t.equal(status, 200)
      t.match(text, /from/)
      t.match(text, stream ? end : 'from b')
      t.strictSame(server.received, [1, 1])
    }
  })

  t.test(`${path}: a stream that breaks off after empty reasons never looks whole`, async t => {
    const server = await serve(t, [eventStream(cut)], { config: { routing: { stream_recovery: 'off' } } })
    const { text } = await server.client.post(path, { ...body, stream: true })
    t.match(text, 'The answer is')
    t.match(text, 'broke off its stream')
    t.notMatch(text, end)
    t.match(await server.client.post(path, body), { status: 502, text: /broke off its stream/ })
  })
}

// https://github.com/aaif-goose/goose/issues/10258
t.test('an answer that breaks off after empty reasons is finished by another provider', async t => {
  const server = await serve(t, [eventStream(cut), answer('The answer is 4')])
  const { text } = await server.client.ask({ stream: true })
  t.match(textOf({ text }), /^The answer is.*4$/)
  t.equal(dataOf(text).at(-1), '[DONE]')
})

t.test('an answer whose other chunks have empty reasons is whole, and shows none of them', async t => {
  const server = await serve(t, [eventStream(cut, chunk({ content: ' 4' }, 'stop'), 'data: [DONE]\n\n')])
  const streamed = await server.client.ask({ stream: true })
  t.equal(textOf(streamed), 'The answer is 4')
  t.notMatch(streamed.text, '"finish_reason":""')
  t.equal(dataOf(streamed.text).at(-1), '[DONE]')
  t.equal(textOf(await server.client.ask()), 'The answer is 4')
})
