import t from 'tap'
import { body, completion, delta, flood, head, json, raw, sequence, stream, write } from '../fake-provider.ts'
import type { Action } from '../fake-provider.ts'
import { dataOf, textOf } from './client.ts'
import { errorOf } from './error-shape.ts'
import { serve, until } from './serve.ts'

const kinds = [{}, { stream: true }]
const event = (content: string) =>
  `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', ...delta({ content }) })}\n\n`

const choices = '"choices":[{"index":0,"message":{"role":"assistant","content":"ok"},"finish_reason":"stop"}]'
const chunkOf = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`

/** Answers that are odd but whole. Each says "ok". */
const whole: Readonly<Record<string, Action>> = {
  'a JSON body': completion(),
  'a JSON body in chunks': completion('ok', { framing: 'chunked' }),
  'a JSON body that ends with the connection': completion('ok', { framing: 'close' }),
  'a body packed with gzip that nobody asked for': completion('ok', { encoding: 'gzip' }),
  'a body packed with brotli': completion('ok', { encoding: 'br' }),
  'a body packed with deflate': completion('ok', { encoding: 'deflate' }),
  'trailers after the chunks': sequence(
    raw('HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n'),
    raw(chunkOf(`{"id":"c","object":"chat.completion","created":1,"model":"m",${choices}}`)),
    raw('0\r\nset-cookie: a=1\r\n\r\n'),
  ),
  'a 103 before the answer': sequence(
    raw('HTTP/1.1 103 Early Hints\r\nlink: </a>; rel=preload\r\n\r\n'),
    completion(),
  ),
  'JSON that calls itself text': completion('ok', { headers: { 'content-type': 'text/plain' } }),
  'an answer without usage': completion('ok', { usage: false }),
  'usage that is nonsense': completion('ok', {
    usage: { prompt_tokens: -5, completion_tokens: 'x', total_tokens: 1e300 },
  }),
  'an answer without id, model and date': json({
    choices: [{ index: 0, message: { role: 'assistant', content: 'ok' } }],
  }),
  'an answer with a key for the prototype': json(
    '{"id":"a","object":"chat.completion","created":1,"model":"m","__proto__":{"polluted":1},"choices":[{"index":0,"message":{"__proto__":{"polluted":1},"role":"assistant","content":"ok"},"finish_reason":"stop"}]}',
  ),
  'a stream': stream(['o', 'k']),
  'a stream without [DONE]': stream(['ok'], { done: false }),
  'a stream without a reason': stream(['ok'], { finish: null }),
  'a stream that ends with the connection': stream(['ok'], { framing: 'close' }),
  'a stream without the role': stream(['ok'], { role: false }),
  'a stream with comments, a mark and carriage returns': stream(['ok'], {
    comments: true,
    byteOrderMark: true,
    lineEnd: '\r\n',
  }),
  'a stream in single bytes': stream(['ok'], { pieces: 1 }),
  'words after [DONE]': sequence(stream(['ok']), write(event('more'))),
}

for (const [name, script] of Object.entries(whole)) {
  t.test(`${name} is an answer`, async t => {
    const server = await serve(t, [script])
    for (const fields of kinds) {
      const heard = await server.client.ask(fields)
      t.equal(heard.status, 200)
      t.equal(textOf(heard), 'ok')
      if (fields.stream) t.equal(dataOf(heard.text).at(-1), '[DONE]')
      else t.ok(Number.isSafeInteger(JSON.parse(heard.text).usage.total_tokens), 'the usage is a number')
    }
    t.notOk('polluted' in {})
    // The end of a body may come after the end of its stream.
    await until(async () => (await server.providers())[0]?.active === 0)
    t.match((await server.providers())[0], { failures: 0, active: 0 })
  })
}

/** Bodies without end or measure, and what is told of each. */
const endless: Readonly<Record<string, Action>> = {
  'a body without end': sequence(
    head(200, { 'content-type': 'application/json', 'transfer-encoding': 'chunked' }),
    flood('x'.repeat(10_000)),
  ),
  'a packed body that unpacks to more than may be': json(' '.repeat(3_000_000), { encoding: 'gzip' }),
  'an error page without end': sequence(
    head(500, { 'content-type': 'text/html', 'transfer-encoding': 'chunked' }),
    flood('x'.repeat(10_000)),
  ),
  'an event without end': sequence(
    head(200, { 'content-type': 'text/event-stream', 'transfer-encoding': 'chunked' }),
    flood('data: '.repeat(2_000)),
  ),
}

for (const [name, script] of Object.entries(endless)) {
  t.test(`reading ${name} is given up, and its connection closed`, async t => {
    const server = await serve(t, [script], { config: { limits: { response_bytes: 1_000_000 } } })
    for (const fields of kinds) {
      const heard = await server.client.ask(fields)
      t.equal(heard.status, 502)
      t.match(errorOf(t, heard), { type: 'upstream_error' })
    }
    if (!name.startsWith('a packed'))
      await Promise.all(server.fakes[0]!.requests.map(request => request.aborted))
  })
}

t.test('text that is not valid Unicode reaches the client as JSON', async t => {
  const bytes = Buffer.concat([
    Buffer.from('{"choices":[{"index":0,"message":{"role":"assistant","content":"a'),
    Buffer.of(0xff),
    Buffer.from('\\u0000\\ud800b"}}]}'),
  ])
  const server = await serve(t, [
    body(bytes.toString('latin1'), { headers: { 'content-type': 'application/json' } }),
  ])
  for (const fields of kinds) {
    const heard = await server.client.ask(fields)
    t.equal(heard.status, 200)
    t.match(textOf(heard), /^a.+b$/s)
  }
})
