import { once } from 'node:events'
import { connect } from 'node:net'
import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import t from 'tap'
import { HulumanageError } from '../../../src/contract/index.ts'
import type { ErrorCode, ErrorOptions } from '../../../src/contract/index.ts'
import { chunk, hello, serve, streamOf } from '../serve.ts'
import type { Answer } from '../serve.ts'

/** A chain whose stream fails after its first content. */
function failing(code: ErrorCode, options: ErrorOptions = {}): Answer {
  return () => streamOf([chunk('par'), new HulumanageError(code, 'what\nhappened', options)])
}

/** Everything received for a request on a raw connection. */
async function bytesOf(port: number, path: string, body: object, version = '1.1'): Promise<string> {
  const text = JSON.stringify(body)
  const socket = connect(port, '127.0.0.1')
  let received = ''
  socket.setEncoding('utf8')
  socket.on('data', (part: string) => (received += part))
  socket.write(
    `POST ${path} HTTP/${version}\r\nhost: localhost:${port}\r\ncontent-type: application/json\r\nconnection: close\r\n` +
      `content-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
  )
  await once(socket, 'close')
  return received
}

const bodies = {
  '/v1/chat/completions': { ...hello, stream: true },
  '/v1/messages': { ...hello, max_tokens: 10, stream: true },
  '/v1/responses': { model: 'm', input: 'Hi', stream: true },
  '/v1/completions': { model: 'm', prompt: 'Hi', stream: true },
}

t.test('by default a stream that fails midway breaks its connection, after all earlier content', async t => {
  for (const [path, body] of Object.entries(bodies)) {
    const config = { stream_failure: 'break' } as const
    const { port } = await serve(t, { config, answer: failing('upstream_truncated') })
    const received = await bytesOf(port, path, body)
    t.match(received, /^HTTP\/1\.1 200 /, path)
    t.match(received, 'par', path)
    t.match(received, ': upstream_truncated: what happened', `${path} says why in a comment`)
    t.notMatch(received, /\r\n0\r\n\r\n$/, `${path} has no last chunk`)
    t.notMatch(received, /event: error|"error":\{|\[DONE\]|message_stop|response\.(?:completed|failed)/, path)
  }
})

t.test('SDKs raise an error for a stream that breaks', async t => {
  const { url } = await serve(t, {
    config: { stream_failure: 'break' },
    answer: failing('upstream_truncated'),
  })
  const messages = [{ role: 'user' as const, content: 'Hi' }]
  const openai = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'any', maxRetries: 0 })
  const texts: string[] = []
  await t.rejects(async () => {
    const stream = await openai.chat.completions.create({ model: 'm', messages, stream: true })
    for await (const part of stream) texts.push(part.choices[0]?.delta.content ?? '')
  })
  t.same(texts, ['par'])
  const anthropic = new Anthropic({ baseURL: url, apiKey: 'any', maxRetries: 0 })
  const stream = anthropic.messages.stream({ model: 'm', max_tokens: 10, messages })
  await t.rejects(stream.finalMessage())
})

t.test('a failure that a retry cannot fix is an event', async t => {
  const hopeless: readonly [ErrorCode, ErrorOptions?][] = [
    ['upstream_rejected'],
    ['budget_tokens'],
    ['budget_time'],
    ['deadline_exceeded'],
    ['upstream_error', { shouldRetry: false }],
  ]
  for (const [code, options] of hopeless) {
    const { port } = await serve(t, { config: { stream_failure: 'break' }, answer: failing(code, options) })
    const received = await bytesOf(port, '/v1/chat/completions', bodies['/v1/chat/completions'])
    t.match(received, `"code":"${code}"`)
    t.match(received, /\r\n0\r\n\r\n$/, `${code}: the body ends`)
    t.notMatch(received, '[DONE]')
  }
})

t.test('over HTTP/1.0, where closing the connection ends the body, a failure is an event', async t => {
  const { port } = await serve(t, { config: { stream_failure: 'break' }, answer: failing('upstream_error') })
  const received = await bytesOf(port, '/v1/chat/completions', bodies['/v1/chat/completions'], '1.0')
  t.match(received, '"code":"upstream_error"')
})
