import t from 'tap'
import { answer, error, fakeProvider, json } from '../fake-provider.ts'
import { canaries } from './canaries.ts'
import { hello, postOf, textOf } from './client.ts'
import { checkedError, errorOf } from './error-shape.ts'
import { serve, until } from './serve.ts'

const [headPart = '', body = ''] = postOf({}, 'close').split('\r\n\r\n')
/** The head without its length. */
const bare = headPart.replace(/\r\ncontent-length: \d+/, '')
const length = `content-length: ${body.length}`

/** Requests that no client library sends, and the status they get. */
const odd: Readonly<Record<string, [string, number]>> = {
  'lines without a carriage return': [`${headPart}\r\n\r\n${body}`.replaceAll('\r\n', '\n'), 400],
  'a header over two lines': [`${bare}\r\nx-a: b\r\n  c\r\n${length}\r\n\r\n${body}`, 400],
  'a space before the colon': [`${bare}\r\nx-a : b\r\n${length}\r\n\r\n${body}`, 400],
  'a NUL in a header': [`${bare}\r\nx-a: b\0c\r\n${length}\r\n\r\n${body}`, 400],
  'an unknown transfer coding': [`${bare}\r\ntransfer-encoding: xchunked\r\n\r\n0\r\n\r\n`, 400],
  'a coding after chunked': [`${bare}\r\ntransfer-encoding: chunked, identity\r\n\r\n0\r\n\r\n`, 400],
  'a negative length': [`${bare}\r\ncontent-length: -5\r\n\r\n${body}`, 400],
  'a length in hex': [`${bare}\r\ncontent-length: 0x10\r\n\r\n${body}`, 400],
  'a chunk size that is no number': [`${bare}\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n${body}`, 400],
  'chunk extensions of 20 KiB': [
    `${bare}\r\ntransfer-encoding: chunked\r\n\r\n1;${'a'.repeat(20_000)}\r\n`,
    413,
  ],
  'chunks over the limit': [
    `${bare}\r\ntransfer-encoding: chunked\r\n\r\n${`40000\r\n${'x'.repeat(0x40000)}\r\n`.repeat(5)}0\r\n\r\n`,
    413,
  ],
  'no host': [`${headPart.replace('host: localhost\r\n', '')}\r\n\r\n${body}`, 400],
  'no content type': [`${headPart.replace('content-type: application/json\r\n', '')}\r\n\r\n${body}`, 415],
  'a version of HTTP that is none': [`${headPart.replace('HTTP/1.1', 'HTTP/3.7')}\r\n\r\n${body}`, 400],
  'the preface of HTTP/2': ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
  'a method in lower case': [`${headPart.replace('POST', 'post')}\r\n\r\n${body}`, 400],
  'an upgrade to a web socket': [
    `${headPart.replace('POST', 'GET')}\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n\r\n${body}`,
    426,
  ],
  'a path of 15 KB': [`${headPart.replace('/v1', `/${'a'.repeat(15_000)}`)}\r\n\r\n${body}`, 404],
}

for (const [name, [bytes, status]] of Object.entries(odd)) {
  t.test(`${name}: ${status}, in the right format, and no call`, async t => {
    const server = await serve(t, [answer()], { config: { limits: { body_bytes: 1024 * 1024 } } })
    const text = await server.client.open().send(bytes).whole()
    t.match(text, new RegExp(`^HTTP/1.1 ${status} `))
    t.match(text, /x-request-id: /)
    t.match(checkedError(t, text.slice(text.indexOf('\r\n\r\n') + 4)), { type: 'invalid_request_error' })
    t.equal((await server.client.ask()).status, 200, 'and the next request is answered')
    t.strictSame(server.received, [1])
  })
}

t.test('a tunnel is not opened', async t => {
  const server = await serve(t, [answer()])
  const raw = server.client.open().send('CONNECT evil.example:443 HTTP/1.1\r\nhost: evil.example\r\n\r\n')
  t.equal(await raw.whole(), '')
})

t.test('unusual but legal HTTP is served, and none of it is passed on', async t => {
  const lines = [
    'expect: 100-continue',
    'expect: the-unexpected',
    'upgrade: h2c',
    'te: trailers',
    'keep-alive: 5',
    'x-a: b\r\n'.repeat(2_500).trimEnd(),
  ]
  for (const line of lines) {
    const server = await serve(t, [answer()])
    const text = await server.client.open().send(`${headPart}\r\n${line}\r\n\r\n${body}`).whole()
    t.match(text, /HTTP\/1\.1 200 [^]*"ok"/, line.slice(0, 40))
    const sent = server.fakes[0]!.requests[0]!.headers
    for (const name of ['expect', 'upgrade', 'te', 'keep-alive', 'x-a']) t.notOk(name in sent, name)
  }
})

// https://github.com/kortix-ai/suna/issues/6490
t.test('a body of 12 MB, such as of three photographs, is read without any setting', async t => {
  const server = await serve(t, [answer()])
  const content = 'a'.repeat(12_000_000)
  t.equal((await server.client.ask({ messages: [{ role: 'user', content }] })).status, 200)
  t.ok(server.fakes[0]!.requests[0]!.text.length > content.length)
})

t.test('HEAD is answered as GET without a body, and OPTIONS without CORS is refused', async t => {
  const server = await serve(t, [answer()])
  const send = async (method: string, path: string) => {
    const lines = [`${method} ${path} HTTP/1.1`, 'host: localhost', 'connection: close']
    const key = `authorization: Bearer ${canaries.client}`
    return await server.client
      .open()
      .send([...lines, key, '', ''].join('\r\n'))
      .whole()
  }
  for (const path of ['/health', '/'])
    t.match(await send('HEAD', path), /^HTTP\/1\.1 200 [^]*\r\n\r\n$/, path)
  const refused = await send('OPTIONS', '/v1/chat/completions')
  t.match(refused, /^HTTP\/1\.1 405 [^]*allow: POST/i)
  t.strictSame(server.received, [0])
})

t.test('an absolute URL is not followed elsewhere', async t => {
  const server = await serve(t, [answer()])
  const request = headPart.replace(' /v1', ' http://evil.example/v1')
  t.match(await server.client.open().send(`${request}\r\n\r\n${body}`).whole(), /^HTTP\/1\.1 200 [^]*"ok"/)
})

t.test('a client that uploads too slowly gets a 408', async t => {
  const server = await serve(t, [answer()])
  server.running.app.server.requestTimeout = 100
  const part = server.client.open().send(`${headPart}\r\n\r\n${body.slice(0, 5)}`)
  server.running.app.server.headersTimeout = 50
  const slow = server.client.open().send('POST /v1/chat')
  for (const raw of [part, slow]) {
    const text = await raw.whole()
    t.match(text, /^HTTP\/1\.1 408 /)
    t.match(checkedError(t, text.slice(text.indexOf('\r\n\r\n') + 4)), { code: 'request_timeout' })
  }
  t.strictSame(server.received, [0])
})

t.test('clients that upload slowly take no slot, and each gets the answer to what it sent', async t => {
  const server = await serve(t, [answer({ content: 'fine' })], { config: { queue: { max_concurrent: 2 } } })
  const slow = Array.from({ length: 60 }, (_, index) => {
    const raw = server.client.open()
    if (index % 2 === 0) return raw.send(`${headPart}\r\n\r\n${body.slice(0, 5)}`)
    return raw.send(`${bare}\r\ntransfer-encoding: chunked\r\n\r\n5\r\n${body.slice(0, 5)}\r\n`)
  })
  await until(() => server.running.app.inFlight.size === slow.length)
  for (let count = 0; count < 5; count++) {
    // A byte now and then, while others are served.
    for (const [index, raw] of slow.entries()) {
      const byte = body[5 + count]!
      raw.send(index % 2 === 0 ? byte : `1\r\n${byte}\r\n`)
    }
    t.equal(textOf(await server.client.ask()), 'fine')
  }
  const rest = body.slice(10)
  for (const [index, raw] of slow.entries())
    raw.send(index % 2 === 0 ? rest : `${rest.length.toString(16)}\r\n${rest}\r\n0\r\n\r\n`)
  for (const raw of slow) t.match(await raw.whole(), /^HTTP\/1.1 200 [^]*fine/)
  t.strictSame(server.received, [slow.length + 5])
})

/** Fields that are refused before anything is spent: code, and the field at fault. */
const bad: readonly [fields: Record<string, unknown>, code: string, param?: string][] = [
  [{ n: 0 }, 'invalid_value', 'n'],
  [{ n: -1 }, 'invalid_value', 'n'],
  [{ n: 1.5 }, 'invalid_value', 'n'],
  [{ n: '5' }, 'invalid_value', 'n'],
  [{ n: 1_000 }, 'n_too_large', 'n'],
  [{ max_tokens: -2 }, 'invalid_value', 'max_tokens'],
  [{ max_tokens: '5' }, 'invalid_value', 'max_tokens'],
  [{ stream: 'yes' }, 'invalid_value', 'stream'],
  [{ messages: [] }, 'invalid_value', 'messages'],
  [{ messages: 'Hi' }, 'invalid_value', 'messages'],
  [{ messages: [{ content: 'Hi' }] }, 'invalid_value', 'messages[0].role'],
  [{ model: 5 }, 'invalid_value', 'model'],
  [{ model: '' }, 'invalid_value', 'model'],
  [{ model: 'a\r\nb' }, 'invalid_value', 'model'],
  [{ model: 'a\0b' }, 'invalid_value', 'model'],
  [{ model: 'm'.repeat(10_240) }, 'invalid_value', 'model'],
  [{ hulumanage_approach: 'nosuch' }, 'unknown_approach'],
  [{ model: 'bon&nosuch-m' }, 'unknown_approach'],
  [{ model: 'bon&&moa-m' }, 'invalid_chain'],
  [{ model: '((bon)-m' }, 'invalid_chain'],
  [{ hulumanage_approach: Array.from({ length: 40 }, () => 'bon').join('&') }, 'chain_too_long'],
  [{ hulumanage_approach: Array.from({ length: 40 }, () => 'bon').join('|') }, 'chain_too_long'],
  [{ hulumanage_approach: `${'('.repeat(500)}bon${')'.repeat(500)}` }, 'chain_too_long'],
  [{ hulumanage_approach: `${'('.repeat(5_000)}bon${')'.repeat(5_000)}` }, 'invalid_value'],
  [{ hulumanage_approach: 'proxy', proxy_wrap: 'proxy&(proxy' }, 'invalid_chain'],
  [{ hulumanage_approach: 'bon', best_of_n: 1_000 }, 'invalid_value'],
  [{ hulumanage_approach: 'bon', best_of_n: 'many' }, 'invalid_value'],
  [{ hulumanage_approach: 'bon&bon&bon&bon', best_of_n: 64 }, 'budget_too_small'],
  [{ hulumanage_params: { nosuch: {} } }, 'invalid_value', 'hulumanage_params.nosuch'],
]

t.test('an invalid request is refused by field, before anything is spent', async t => {
  const server = await serve(t, [answer()])
  for (const [fields, code, param] of bad) {
    for (const stream of [false, true]) {
      const heard = await server.client.ask({ stream, ...fields })
      const name = JSON.stringify(fields).slice(0, 60)
      t.equal(heard.status, 400, name)
      const told = errorOf(t, heard)
      t.equal(told.code, code, `${name}: ${told.message}`)
      if (param !== undefined) t.equal(told.param, param, name)
      t.equal(heard.headers['x-should-retry'], 'false', name)
    }
  }
  t.strictSame(server.received, [0])
})

t.test('names that a client makes up are cut wherever an error repeats them', async t => {
  const server = await serve(t, [answer()])
  const long = 'x'.repeat(100_000)
  const wrong: readonly Record<string, unknown>[] = [
    { hulumanage_approach: long },
    { hulumanage_approach: `bon|${long}` },
    { hulumanage_params: { [long]: {} } },
    { hulumanage_approach: 'bon', hulumanage_params: { bon: { [long]: 1 } } },
    { [`hulumanage_${long}`]: 1 },
  ]
  for (const fields of wrong) {
    const heard = await server.client.ask(fields)
    t.equal(heard.status, 400)
    t.ok(heard.text.length < 1_500, `${heard.text.length} ${heard.text.slice(0, 300)}`)
  }
  t.strictSame(server.received, [0])
})

t.test('odd text passes unchanged', async t => {
  const server = await serve(t, [answer()])
  for (const content of ['\u0000', '\ud800', '😀'.repeat(1_000), '\u2028', '__proto__', '</script>']) {
    for (const fields of [{}, { stream: true }, { hulumanage_approach: 're2' }]) {
      t.equal((await server.client.ask({ ...fields, messages: [{ role: 'user', content }] })).status, 200)
      const sent = server.fakes[0]!.requests.at(-1)!.body['messages'] as [{ content: string }]
      t.ok(sent[0].content.includes(content))
    }
  }
})

t.test('names invented by clients create no metrics and lead to no other path', async t => {
  const azure = await fakeProvider(t)
  const base_url = new URL(azure.url).origin
  const server = await serve(t, [], { more: [{ name: 'z', type: 'azure', base_url, api_key: 'key' }] })
  for (let n = 0; n < 120; n++)
    t.equal((await server.client.ask({ model: `../../${n}"}\\ x?#` })).status, 200)
  const { text } = await server.client.get('/metrics')
  const series = text.match(/^hulumanage_upstream_attempts_total\{/gm) ?? []
  t.ok(series.length > 1 && series.length <= 101, `${series.length} series`)
  t.ok(
    azure.requests.every(({ path }) =>
      /^\/openai\/deployments\/[^/?#]+\/chat\/completions\?api-version=[^?#]+$/.test(path),
    ),
  )
  await server.running.stop()
  await azure.close()
})

t.test('texts made to slow down a pattern are read in time', async t => {
  const traps = [
    '<thinking>',
    '<output>',
    '</thinking><output>',
    '\\boxed{',
    '1',
    '[',
    '```',
    ' ',
    '\n- ',
  ].map(part => part.repeat(Math.ceil(200_000 / part.length)))
  for (const trap of traps) {
    const server = await serve(t, [answer(trap, { ignoreN: true })])
    for (const hulumanage_approach of ['cot_reflection', 'self_consistency', 'bon', 'moa', 're2']) {
      const heard = await server.client.ask({ hulumanage_approach })
      t.ok([200, 502].includes(heard.status), `${trap.slice(0, 20)} ${hulumanage_approach} ${heard.status}`)
    }
  }
})

t.test("the message of a provider's error is cut and sanitized", async t => {
  for (const said of ['x'.repeat(100_000), '<html><script>alert(1)</script>', { nested: 1 }, 5, null]) {
    const server = await serve(t, [json({ error: said }, { status: 400 })])
    const heard = await server.client.ask()
    t.equal(heard.status, 400)
    t.ok(JSON.parse(heard.text).error.message.length < 700)
  }
  const page = await serve(t, [error(400, '<html>secret page</html>')])
  t.notMatch((await page.client.ask()).text, 'secret page')
})

t.test('one connection carries good and bad requests alike', async t => {
  const server = await serve(t, [answer()])
  const raw = server.client.open()
  raw.send(postOf({ n: 0 }) + postOf() + postOf({ messages: [] }) + postOf({ stream: true }, 'close'))
  const text = await raw.whole()
  t.strictSame(
    [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status),
    ['400', '200', '400', '200'],
  )
  await until(() => server.received[0] === 2)
  t.equal(textOf(await server.client.ask({ messages: hello.messages })), 'ok')
})
