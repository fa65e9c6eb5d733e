import { once } from 'node:events'
import { connect } from 'node:net'
import { request as httpRequest } from 'node:http'
import type { IncomingMessage } from 'node:http'
import t from 'tap'
import {
  closedPort,
  error,
  fakeProvider,
  gate,
  head,
  hold,
  json,
  reset,
  sequence,
  write,
} from '../fake-provider.ts'
import { busy, stuck, serve } from '../clients/serve.ts'

const form = 'multipart/form-data; boundary=b'

/** A multipart body with these parts: a text, or a file. */
function multipart(parts: readonly (readonly [string, string | Buffer])[]): Buffer {
  const pieces = parts.map(([name, value]) => {
    const file = typeof value === 'string' ? '' : '; filename="a"\r\ncontent-type: audio/wav'
    const opening = `--b\r\ncontent-disposition: form-data; name="${name}"${file}\r\n\r\n`
    return Buffer.concat([Buffer.from(opening), Buffer.from(value), Buffer.from('\r\n')])
  })
  return Buffer.concat([...pieces, Buffer.from('--b--\r\n')])
}

function configFor(providers: readonly object[], more: object = {}): string {
  const named = providers.map((provider, index) => ({ name: `p${index}`, ...provider }))
  return JSON.stringify({ routing: { health_check: { enabled: false } }, providers: named, ...more })
}

/** Sends a body in chunks, so that the server does not know its length. */
async function sendChunks(url: string, chunks: readonly Buffer[], type = form): Promise<IncomingMessage> {
  const sent = httpRequest(url, { method: 'POST', headers: { 'content-type': type } })
  sent.on('error', () => {})
  for (const chunk of chunks) sent.write(chunk)
  sent.end()
  const [answer] = (await once(sent, 'response')) as [IncomingMessage]
  return answer
}

async function jsonOf(answer: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  for await (const chunk of answer) chunks.push(chunk as Buffer)
  return JSON.parse(Buffer.concat(chunks).toString('utf8'))
}

const sound = Buffer.alloc(3000, 0xfe)

t.test("the model of a form selects the provider, and gets the provider's name for it", async t => {
  const [one, two] = [await fakeProvider(t, json({})), await fakeProvider(t, json({ text: 'x' }))]
  const config = configFor([
    { base_url: one.url, models: ['other'] },
    { base_url: two.url, model_map: { whisper: 'whisper-large-v3' } },
  ])
  const url = await serve(t, config)
  const body = multipart([
    ['file', sound],
    ['model', 'whisper'],
    ['language', 'en'],
  ])
  const response = await fetch(`${url}/v1/audio/transcriptions`, {
    method: 'POST',
    headers: { 'content-type': form },
    body,
  })
  t.same(await response.json(), { text: 'x' })
  t.equal(one.requests.length, 0)
  const [request] = two.requests
  t.ok(
    request!.bytes.equals(
      multipart([
        ['file', sound],
        ['model', 'whisper-large-v3'],
        ['language', 'en'],
      ]),
    ),
  )
  t.equal(request!.headers['content-type'], form)
})

t.test('a form with two models is refused, since a service might read the other one', async t => {
  const provider = await fakeProvider(t)
  const url = await serve(t, configFor([{ base_url: provider.url }]))
  const body = multipart([
    ['model', 'a'],
    ['model', 'b'],
  ])
  const response = await fetch(`${url}/v1/audio/speech`, {
    method: 'POST',
    headers: { 'content-type': form },
    body,
  })
  t.equal(response.status, 400)
  t.match(await response.json(), { error: { code: 'invalid_value', param: 'model' } })
  t.equal(provider.requests.length, 0)
})

t.test('a slash too many around the path of a passed request is not passed on', async t => {
  const provider = await fakeProvider(t, json({ data: [] }))
  const url = await serve(t, configFor([{ base_url: provider.url }]))
  for (const path of ['//v1/files', '/v1/files/?limit=1'])
    t.equal((await fetch(`${url}${path}`)).status, 200, path)
  t.strictSame(
    provider.requests.map(({ path }) => path),
    ['/v1/files', '/v1/files?limit=1'],
  )
})

t.test('a body over limits.body_bytes is streamed, with its model if that comes first', async t => {
  const provider = await fakeProvider(t, json({ text: 'x' }))
  const mapped = { base_url: provider.url, model_map: { w: 'whisper-1' } }
  const url = await serve(t, configFor([mapped], { limits: { body_bytes: 1000 } }))
  const body = multipart([
    ['model', 'w'],
    ['file', sound],
  ])
  const expected = multipart([
    ['model', 'whisper-1'],
    ['file', sound],
  ])
  const whole = await fetch(`${url}/v1/audio/transcriptions`, {
    method: 'POST',
    headers: { 'content-type': form },
    body,
  })
  t.same(await whole.json(), { text: 'x' })
  t.equal(provider.requests[0]!.headers['content-length'], String(expected.length))
  const chunked = await sendChunks(`${url}/v1/audio/transcriptions`, [
    body.subarray(0, 1500),
    body.subarray(1500),
  ])
  t.same(await jsonOf(chunked), { text: 'x' })
  t.equal(provider.requests[1]!.headers['transfer-encoding'], 'chunked')
  for (const { bytes } of provider.requests) t.ok(bytes.equals(expected))
})

t.test('the model of a large form for audio or images may come behind the file', async t => {
  const provider = await fakeProvider(t, json({ text: 'x' }))
  const mapped = { base_url: provider.url, model_map: { w: 'whisper-1' } }
  const url = await serve(t, configFor([mapped], { limits: { body_bytes: 1000 } }))
  const post = (path: string, file: typeof sound) =>
    fetch(`${url}${path}`, {
      method: 'POST',
      headers: { 'content-type': form },
      body: multipart([
        ['file', file],
        ['model', 'w'],
      ]),
    })
  t.same(await (await post('/v1/audio/transcriptions', sound)).json(), { text: 'x' })
  t.match(provider.requests[0]!.bytes.toString('latin1'), /whisper-1/)
  const refused = await post('/v1/images/edits', Buffer.alloc(33 * 1024 * 1024))
  t.equal(refused.status, 400)
  t.match(await refused.json(), {
    error: { code: 'invalid_value', param: 'model', message: /before the file/ },
  })
  t.equal(provider.requests.length, 1)
  t.same(await stuck(url), [])
})

t.test('a streamed body can go to the next provider until sending has begun', async t => {
  const [failing, last] = [await fakeProvider(t, error(500)), await fakeProvider(t, json({ id: 'file-1' }))]
  const upload = (url: string) =>
    fetch(`${url}/v1/files`, {
      method: 'POST',
      headers: { 'content-type': form },
      body: multipart([['file', sound]]),
    })
  const limits = { limits: { body_bytes: 1000 } }
  const unreached = { base_url: await closedPort(t) }
  const reached = await upload(await serve(t, configFor([unreached, { base_url: last.url }], limits)))
  t.same(await reached.json(), { id: 'file-1' })
  const url = await serve(t, configFor([{ base_url: failing.url }, { base_url: last.url }], limits))
  t.equal((await upload(url)).status, 502)
  t.equal(last.requests.length, 1)
  t.same(await stuck(url), [])
})

t.test('a body over pass_through.body_bytes is refused, with or without a content-length', async t => {
  const provider = await fakeProvider(t, hold())
  const limits = { limits: { body_bytes: 1000 }, pass_through: { body_bytes: 2000 } }
  const url = await serve(t, configFor([{ base_url: provider.url }], limits))
  const body = multipart([['file', sound]])
  const told = await fetch(`${url}/v1/files`, { method: 'POST', headers: { 'content-type': form }, body })
  t.equal(told.status, 413)
  t.match(await told.json(), { error: { code: 'request_too_large' } })
  // Chunks may arrive one by one or all at once.
  for (const chunks of [[body.subarray(0, 1500), body.subarray(1500)], [body]])
    t.equal((await sendChunks(`${url}/v1/files`, chunks)).statusCode, 413)
  t.same(await stuck(url), [])
})

t.test(
  'an answer that breaks off never looks complete, and one nobody reads is aborted upstream',
  async t => {
    const opened = gate()
    const audio = head(200, { 'content-type': 'audio/mpeg', 'transfer-encoding': 'chunked' })
    const provider = await fakeProvider(t, [
      sequence(audio, write('sound'), hold(opened), reset()),
      sequence(audio, write('sound'), hold()),
    ])
    const url = await serve(t, configFor([{ base_url: provider.url }]))
    const speak = () =>
      fetch(`${url}/v1/audio/speech`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"model":"tts"}',
      })
    const broken = await speak()
    t.equal(broken.status, 200)
    opened.step()
    await t.rejects(broken.arrayBuffer())
    const left = await speak()
    await left.body!.cancel()
    await provider.requests[1]!.aborted
    t.same(await stuck(url), [])
  },
)

t.test('paths that another server might read differently are not passed on', async t => {
  const provider = await fakeProvider(t, json({}))
  const url = await serve(t, configFor([{ base_url: provider.url }]))
  const { port } = new URL(url)
  for (const path of [
    '/v1/../admin',
    '/v1/a/%2e%2e/b',
    '/v1/a%2fb',
    '/v1/a//b',
    '/v1/a/./b',
    '/v1/a%5cb',
    '/v1/%00',
    '/v1/responses;a/resp_1',
    '/v1/responses%3ba/resp_1',
    '/v1/%2572esponses/resp_1',
  ]) {
    const sent = httpRequest({ port, path, method: 'GET' }).end()
    const [answer] = (await once(sent, 'response')) as [IncomingMessage]
    t.match(answer.statusCode, /^40[04]$/, path)
    answer.resume()
  }
  t.equal(provider.requests.length, 0)
  t.equal((await fetch(`${url}/v1/fine_tuning/jobs/ft-1/events?limit=2`)).status, 200)
  t.match(provider.requests, [{ method: 'GET', path: '/v1/fine_tuning/jobs/ft-1/events?limit=2' }])
})

t.test('pass_through.paths limits what is passed on', async t => {
  const provider = await fakeProvider(t, json({}))
  const url = await serve(
    t,
    configFor([{ base_url: provider.url }], { pass_through: { paths: ['images', 'audio/speech'] } }),
  )
  const post = async (path: string) => {
    const response = await fetch(url + path, {
      method: 'POST',
      body: 'x',
      headers: { 'content-type': 'text/plain' },
    })
    await response.text()
    return response.status
  }
  t.equal(await post('/v1/images/edits'), 200)
  t.equal(await post('/audio/speech'), 200)
  for (const path of ['/v1/audio/translations', '/v1/files', '/v1/imagesx', '/files'])
    t.equal(await post(path), 404)
  t.equal(provider.requests.length, 2)
})

t.test(
  "requests of Anthropic's clients go to providers of its API, all others to those of OpenAI's API",
  async t => {
    const [openai, anthropic] = [
      await fakeProvider(t, json({ at: 'o' })),
      await fakeProvider(t, json({ at: 'a' })),
    ]
    const url = await serve(
      t,
      configFor([
        { base_url: openai.url },
        {
          base_url: anthropic.url,
          type: 'anthropic',
          api_key: 'sk-a',
          headers: { 'anthropic-beta': 'ours' },
        },
      ]),
    )
    t.same(await (await fetch(`${url}/v1/files`)).json(), { at: 'o' })
    const headers = { 'anthropic-version': '2023-06-01', 'anthropic-beta': 'files-api-2025-04-14' }
    t.same(await (await fetch(`${url}/v1/files`, { headers })).json(), { at: 'a' })
    t.match(anthropic.requests[0]!.headers, {
      'x-api-key': 'sk-a',
      'anthropic-version': '2023-06-01',
      'anthropic-beta': 'ours,files-api-2025-04-14',
    })
  },
)

t.test('a provider selected without a model uses its first key', async t => {
  const provider = await fakeProvider(t, json({}))
  const url = await serve(t, configFor([{ base_url: provider.url, api_keys: ['sk-one', 'sk-two'] }]))
  for (let round = 0; round < 3; round++) await (await fetch(`${url}/v1/files`)).text()
  t.same(
    provider.requests.map(({ headers }) => headers['authorization']),
    ['Bearer sk-one', 'Bearer sk-one', 'Bearer sk-one'],
  )
})

t.test('an approach requested for another endpoint is refused, a default one is ignored', async t => {
  const provider = await fakeProvider(t, json({}))
  const url = await serve(t, configFor([{ base_url: provider.url }], { approach: 'proxy-bon' }))
  const post = (body: object) =>
    fetch(`${url}/v1/images/generations`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  const refused = await post({ model: 'moa-gpt-image-1' })
  t.equal(refused.status, 400)
  t.match(await refused.json(), { error: { message: /take no approach/ } })
  const passed = await post({ model: 'proxy-gpt-image-1', hulumanage_budget: { calls: 1 } })
  t.equal(passed.headers.get('x-hulumanage-approach'), 'proxy')
  t.same(
    provider.requests.map(({ body }) => body),
    [{ model: 'gpt-image-1' }],
  )
})

t.test('an empty body is not sent, whatever its content-type', async t => {
  const provider = await fakeProvider(t, json({ status: 'cancelling' }))
  const url = await serve(t, configFor([{ base_url: provider.url }]))
  for (const method of ['POST', 'DELETE']) {
    const response = await fetch(`${url}/v1/batches/b-1`, {
      method,
      headers: { 'content-type': 'application/json' },
    })
    t.same(await response.json(), { status: 'cancelling' })
  }
  t.same(
    provider.requests.map(({ method, text }) => [method, text]),
    [
      ['POST', ''],
      ['DELETE', ''],
    ],
  )
})

t.test('a simulated provider names the endpoints it does not have', async t => {
  const url = await serve(t, configFor([{ type: 'simulated' }]))
  const response = await fetch(`${url}/v1/moderations`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"input":"x"}',
  })
  t.equal(response.status, 404)
  t.match(await response.json(), { error: { message: /simulated provider has no POST/ } })
})

t.test('without a provider of the right API the endpoint does not exist', async t => {
  const url = await serve(t, configFor([{ type: 'anthropic', base_url: 'http://127.0.0.1:1/v1' }]))
  const response = await fetch(`${url}/v1/files`)
  t.equal(response.status, 404)
  t.match(await response.json(), { error: { code: 'unknown_url', message: 'No provider offers GET /files' } })
})

t.test('a client that breaks off its request is to blame itself', async t => {
  const provider = await fakeProvider(t)
  const url = await serve(t, configFor([{ base_url: provider.url }], { limits: { body_bytes: 1000 } }))
  const metrics = async () => await (await fetch(`${url}/metrics`)).text()
  const until = async (pattern: RegExp) => {
    while (!pattern.test(await metrics()));
  }
  // One that is read into memory first, and one that is streamed. The request for metrics is in flight, too.
  for (const bytes of [500, 1500]) {
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    const lines = [
      'POST /v1/files HTTP/1.1',
      'host: localhost',
      `content-type: ${form}`,
      'content-length: 2000',
    ]
    socket.write(`${lines.join('\r\n')}\r\n\r\n${'x'.repeat(bytes)}`)
    await until(/requests_in_flight 2/)
    while (bytes > 1000 && (await busy(url)).length === 0);
    socket.destroy()
    await until(/requests_in_flight 1/)
  }
  await until(/failures_total\{route="\/v1\/files",code="client_closed"\} 2/)
  t.notMatch(await metrics(), /internal_error.* [1-9]/)
  t.match(await (await fetch(`${url}/providers`)).json(), { providers: [{ failures: 0, active: 0 }] })
})

t.test('a provider that the client names is found beside a base_url', async t => {
  const [upstream, provider] = [
    await fakeProvider(t, json({ at: 'u' })),
    await fakeProvider(t, json({ at: 'p' })),
  ]
  const url = await serve(t, configFor([{ base_url: provider.url }], { base_url: upstream.url }))
  t.same(await (await fetch(`${url}/v1/files`)).json(), { at: 'u' })
  const headers = { 'x-hulumanage-provider': 'p0' }
  t.same(await (await fetch(`${url}/v1/files`, { headers })).json(), { at: 'p' })
  const unknown = await fetch(`${url}/v1/files`, { headers: { 'x-hulumanage-provider': 'p7' } })
  t.equal(unknown.status, 404)
  const alone = await serve(t, configFor([], { base_url: upstream.url }))
  t.equal((await fetch(`${alone}/v1/files`, { headers })).status, 404)
})

t.test('Azure gets the path of a deployment if a model is named', async t => {
  const provider = await fakeProvider(t, json({}))
  const address = provider.url.replace(/\/v1$/, '')
  const azure = { type: 'azure', model_map: { image: 'my image' }, api_version: '2025-04-01' }
  const url = await serve(t, configFor([{ ...azure, base_url: address }]))
  const newer = await serve(t, configFor([{ ...azure, base_url: `${address}/openai/v1` }]))
  const withQuery = await serve(t, configFor([{ ...azure, base_url: `${address}/openai/v1?k=v` }]))
  const headers = { 'content-type': 'application/json' }
  for (const server of [url, newer, withQuery]) {
    const body = JSON.stringify({ model: 'image', prompt: 'x' })
    await (await fetch(`${server}/v1/images/generations?a=b`, { method: 'POST', headers, body })).text()
    await (await fetch(`${server}/v1/files`)).text()
  }
  t.same(
    provider.requests.map(({ path }) => path),
    [
      '/openai/deployments/my%20image/images/generations?api-version=2025-04-01&a=b',
      '/openai/files?api-version=2025-04-01',
      '/openai/v1/images/generations?a=b',
      '/openai/v1/files',
      '/openai/v1/images/generations?a=b&k=v',
      '/openai/v1/files?k=v',
    ],
  )
})
