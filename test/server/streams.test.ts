import { once } from 'node:events'
import { connect } from 'node:net'
import t from 'tap'
import { HulumanageError } from '../../src/contract/index.ts'
import type { Chunk, Reply } from '../../src/contract/index.ts'
import { CompleteReply, replyFrom, StreamReply } from '../../src/chat/reply.ts'
import { chunk, head, hello, serve, streamOf, usage } from './serve.ts'

const asked = { ...hello, stream: true }

/** The data of the events, and the comments, of a whole stream. */
async function eventsOf(response: Response) {
  const text = await response.text()
  const lines = text.split('\n')
  const data = lines.filter(line => line.startsWith('data: ')).map(line => line.slice(6))
  const comments = lines.filter(line => line.startsWith(': ')).map(line => line.slice(2))
  return { text, data, comments, last: data.at(-1) }
}

function parsed(data: readonly string[]): unknown[] {
  return data.filter(one => one !== '[DONE]').map(one => JSON.parse(one) as unknown)
}

function relayed(frames: () => AsyncIterable<string>): Reply {
  const body = { [Symbol.asyncIterator]: () => frames()[Symbol.asyncIterator]() }
  const wire = { dialect: 'chat', status: 200, headers: { 'openai-processing-ms': '5' }, body }
  return Object.assign(streamOf([]), { wire })
}

t.test("a provider's frames are passed on unchanged, and the end has the usage", async t => {
  const server = await serve(t, {
    answer: () =>
      relayed(async function* () {
        yield 'data: { "a":1 }\n\ndata: {"b":2}\n\n'
        yield 'data: [DONE]\n\n'
      }),
  })
  const response = await server.post('/v1/chat/completions', asked)
  t.match(response.headers.get('content-type'), /^text\/event-stream/)
  t.equal(response.headers.get('cache-control'), 'no-cache')
  t.equal(response.headers.get('x-accel-buffering'), 'no')
  t.equal(response.headers.get('openai-processing-ms'), '5')
  t.equal(response.headers.get('x-hulumanage-provider'), 'fake')
  t.ok(response.headers.get('x-request-id'))
  t.equal(
    await response.text(),
    'data: { "a":1 }\n\ndata: {"b":2}\n\n: hulumanage {"calls":1,"attempts":1,"provider":"fake"}\ndata: [DONE]\n\n',
  )
})

t.test('chunks of a chain are written as they arrive', async t => {
  let finish = () => {}
  const finished = new Promise<void>(resolve => (finish = resolve))
  const server = await serve(t, {
    answer: () =>
      streamOf(
        (async function* () {
          yield chunk('one')
          await finished
          yield chunk('two', 'stop')
        })(),
      ),
  })
  const response = await server.post('/v1/chat/completions', asked)
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
  t.match((await reader.read()).value, /"content":"one"/)
  finish()
  let rest = ''
  for (let part = await reader.read(); !part.done; part = await reader.read()) rest += part.value
  t.match(rest, /"content":"two"/)
  t.match(rest, /\[DONE\]\n\n$/)
})

t.test('usage comes in one chunk at the end, and only if it was requested', async t => {
  const usageChunk: Chunk = { ...chunk(''), choices: [], usage }
  const server = await serve(t, { answer: () => streamOf([chunk('a', 'stop'), usageChunk]) })
  const plain = await eventsOf(await server.post('/v1/chat/completions', asked))
  t.notMatch(plain.text, /"usage"/)
  const wanted = await eventsOf(
    await server.post('/v1/chat/completions', { ...asked, stream_options: { include_usage: true } }),
  )
  const chunks = parsed(wanted.data)
  t.equal(chunks.length, 2)
  t.match(chunks[0], { usage: null, choices: [{ delta: { content: 'a' } }] })
  const counted = { ...usage, completion_tokens_details: { reasoning_tokens: 0 } }
  t.strictSame(chunks[1], { ...head, object: 'chat.completion.chunk', choices: [], usage: counted })
})

t.test('a whole answer is streamed to a client that streams', async t => {
  const server = await serve(t, { answer: () => replyFrom('hello', 'm') })
  const { data, last } = await eventsOf(await server.post('/v1/chat/completions', asked))
  t.match(parsed(data)[0], { object: 'chat.completion.chunk', choices: [{ delta: { content: 'hello' } }] })
  t.equal(last, '[DONE]')
})

t.test('legacy completions stream the choices of all prompts', async t => {
  const server = await serve(t, {
    answer: ({ request }) => streamOf([chunk(JSON.stringify(request.messages[0]?.content), 'stop')]),
  })
  const response = await server.post('/v1/completions', { model: 'm', prompt: ['a', 'b'], stream: true })
  const { data, last } = await eventsOf(response)
  const choices = (parsed(data) as { object: string; choices: { index: number; text: string }[] }[])
    .flatMap(({ choices }) => choices)
    .map(({ index, text }) => [index, text])
  t.strictSame(
    choices.toSorted(([one], [other]) => Number(one) - Number(other)),
    [
      [0, '"a"'],
      [1, '"b"'],
    ],
  )
  t.equal(last, '[DONE]')
})

t.test('a stream that breaks off ends with an error and never looks complete', async t => {
  const broken = new HulumanageError('upstream_truncated', 'the answer broke off')
  const server = await serve(t, { answer: () => streamOf([chunk('par'), broken]) })
  const response = await server.post('/v1/chat/completions', asked)
  t.equal(response.status, 200)
  const { data, comments, text } = await eventsOf(response)
  t.notMatch(text, /\[DONE\]/)
  t.match(JSON.parse(data.at(-1)!), { error: { code: 'upstream_truncated', type: 'server_error' } })
  t.match(comments.at(-1), /^hulumanage \{/)
  t.match(
    await metricsOf(server.url),
    /failures_total\{route="\/v1\/chat\/completions",code="upstream_truncated"\} 1/,
  )
})

async function metricsOf(url: string): Promise<string> {
  return await (await fetch(`${url}/metrics`)).text()
}

t.test(
  'after stream_commit the head is sent with comments, and a failure is reported in the stream',
  async t => {
    let fail = (_error: Error) => {}
    const server = await serve(t, {
      config: { stream_commit: 0.01, heartbeat: 0.01 },
      answer: (_asked, { note }) => {
        note('thinking\nhard')
        return new Promise((_resolve, reject) => (fail = reject))
      },
    })
    const response = await server.post('/v1/chat/completions', asked)
    t.equal(response.status, 200)
    t.equal(response.headers.get('x-hulumanage-approach'), 'none')
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
    let text = ''
    while ((text.match(/: keepalive\n/g) ?? []).length < 3) text += (await reader.read()).value
    t.match(text, /^: thinking hard\n/)
    fail(new HulumanageError('no_healthy_upstream', 'all down'))
    for (let part = await reader.read(); !part.done; part = await reader.read()) text += part.value
    t.match(text, /data: \{"error":\{"message":"Connection lost, server error: all down".*\}\n\n$/)
  },
)

t.test('progress is sent as reasoning if requested, at once and under one id', async t => {
  const server = await serve(t, {
    answer: async (_asked, { note }) => {
      note('sampling')
      return streamOf([chunk('answer', 'stop')])
    },
  })
  const response = await server.post('/v1/chat/completions', { ...asked, hulumanage_progress: true })
  const { data } = await eventsOf(response)
  const chunks = parsed(data) as { id: string; choices: object[] }[]
  t.match(chunks[0]!.choices, [{ delta: { reasoning_content: 'sampling\n' } }])
  t.match(chunks[1]!.choices, [{ delta: { content: 'answer' } }])
  t.equal(chunks[0]!.id, chunks[1]!.id)
})

t.test('a late note is harmless', async t => {
  const server = await serve(t)
  await (await server.post('/v1/chat/completions', asked)).text()
  server.clients[0]!.note('too late')
  t.equal((await server.post('/v1/chat/completions', asked)).status, 200)
})

t.test('a client that disconnects midway cancels the answer', async t => {
  const cancelled = Promise.withResolvers<unknown>()
  const server = await serve(t, {
    answer: () =>
      new StreamReply(
        head,
        (async function* () {
          for (;;) {
            yield chunk('more ')
            await new Promise(setImmediate)
          }
        })(),
        cancelled.resolve,
      ),
  })
  const left = new AbortController()
  const response = await fetch(`${server.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(asked),
    signal: left.signal,
  })
  const reader = response.body!.getReader()
  await reader.read()
  left.abort()
  await cancelled.promise
  t.match(server.clients[0]!.controller.signal.reason, { code: 'client_closed' })
  t.match(await metricsOf(server.url), /requests_total\{route="\/v1\/chat\/completions",status="499"\} 1/)
})

t.test('a slow reader holds the answer back instead of filling memory', async t => {
  const big = chunk('x'.repeat(64 * 1024))
  let produced = 0
  const server = await serve(t, {
    answer: () =>
      streamOf(
        (async function* () {
          for (; produced < 2_000; produced++) yield big
          yield chunk('', 'stop')
        })(),
      ),
  })
  const socket = connect(server.port, '127.0.0.1')
  const body = JSON.stringify(asked)
  socket.pause()
  socket.write(
    `POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
  )
  // Once the buffers of the kernel are full, nothing moves.
  let before = -1
  for (let still = 0; still < 1_000;) {
    await new Promise(setImmediate)
    still = produced === before && produced > 0 ? still + 1 : 0
    before = produced
  }
  t.ok(produced < 2_000, `${produced} chunks were written ahead`)
  let received = 0
  socket.on('data', part => (received += part.length))
  socket.resume()
  await once(socket, 'close')
  t.equal(produced, 2_000)
  t.ok(received > 2_000 * 64 * 1024)
})

t.test('headers set by hooks reach a stream', async t => {
  const server = await serve(t, {
    plugin: app => {
      app.addHook('onRequest', async (_request, reply) => {
        reply.header('x-from-plugin', 'yes')
      })
    },
  })
  const response = await server.post('/v1/chat/completions', asked)
  t.equal(response.headers.get('x-from-plugin'), 'yes')
  await response.text()
})

t.test('a reply whose bytes are one JSON body is still streamed as chunks', async t => {
  const whole = new CompleteReply({
    ...head,
    object: 'chat.completion',
    choices: [{ index: 0, message: { role: 'assistant', content: 'Hi' }, finish_reason: 'stop' }],
  })
  const wire = { dialect: 'chat', status: 200, headers: {}, body: Buffer.from('{}') }
  const server = await serve(t, { answer: () => Object.assign(whole, { wire }) })
  const { data } = await eventsOf(await server.post('/v1/chat/completions', asked))
  t.match(parsed(data)[0], { choices: [{ delta: { content: 'Hi' } }] })
})
