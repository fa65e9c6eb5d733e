import { once } from 'node:events'
import { createServer } from 'node:net'
import { Readable } from 'node:stream'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import t from 'tap'
import { Pool } from 'undici'
import { client, met, path } from './client.ts'
import {
  answer,
  body,
  completion,
  delta,
  echo,
  error,
  fakeProvider,
  json,
  stream,
  write,
} from '../fake-provider.ts'

/** The data of the events of a stream, parsed except for `[DONE]`. */
async function events(response: { body: { text: () => Promise<string> } }): Promise<unknown[]> {
  const text = await response.body.text()
  return [...text.matchAll(/^data: (.*)$/gm)].map(([, data = '']) =>
    data === '[DONE]' ? data : JSON.parse(data),
  )
}

t.test('without a script it answers as requested, whole or streamed', async t => {
  const provider = await fakeProvider(t)
  const ask = client(t, provider.url)
  const whole = (await (await ask()).body.json()) as Record<string, unknown>
  t.match(whole, { object: 'chat.completion', model: 'm', choices: [{ message: { content: 'ok' } }] })
  t.match(whole['usage'], { total_tokens: 12 })
  const streamed = await events(await ask({ stream: true, stream_options: { include_usage: true } }))
  t.match(streamed, [
    { choices: [{ delta: { role: 'assistant' } }] },
    { choices: [{ delta: { content: 'ok' } }] },
    { choices: [{ finish_reason: 'stop' }] },
    { choices: [], usage: { total_tokens: 12 } },
    '[DONE]',
  ])
})

t.test('it records requests, their connections and their order', async t => {
  const [one, two] = [await fakeProvider(t), await fakeProvider(t)]
  const [askOne, askTwo] = [client(t, one.url), client(t, two.url)]
  for (const ask of [askTwo, askOne, askTwo]) await (await ask({ top_p: 0.5 })).body.dump()
  t.match(one.requests, [
    { method: 'POST', path, body: { top_p: 0.5 }, headers: { authorization: 'Bearer secret' } },
  ])
  t.strictSame(
    two.requests.map(request => request.connection),
    [1, 1],
    'the second request came over the first connection',
  )
  t.ok(two.requests[0]!.order < one.requests[0]!.order && one.requests[0]!.order < two.requests[1]!.order)
  t.equal(two.accepted, 1)
})

t.test('waitFor resolves with a request when it arrives', async t => {
  const provider = await fakeProvider(t)
  const ask = client(t, provider.url)
  const second = provider.waitFor(2)
  await (await ask({ seed: 1 })).body.dump()
  await (await ask({ seed: 2 })).body.dump()
  t.equal((await second).body['seed'], 2)
  t.equal((await provider.waitFor(1)).body['seed'], 1)
})

t.test('a body sent in chunks is received', async t => {
  const provider = await fakeProvider(t, echo())
  const pool = new Pool(new URL(provider.url).origin)
  t.teardown(() => pool.destroy())
  const response = await pool.request({
    path,
    method: 'POST',
    body: Readable.from(['{"model":', '"in pieces"}']),
  })
  const { choices } = (await response.body.json()) as { choices: [{ message: { content: string } }] }
  t.match(JSON.parse(choices[0].message.content), { path, body: { model: 'in pieces' } })
})

t.test('a list of actions serves one request each, then the default', async t => {
  const provider = await fakeProvider(t, [error(500), answer('first')])
  const ask = client(t, provider.url)
  t.equal(await met(ask), '500')
  for (const content of ['first', 'ok'])
    t.match(await (await ask()).body.json(), { choices: [{ message: { content } }] })
  provider.script(error(429, undefined, { 'retry-after': 7 }))
  const limited = await ask()
  t.match(limited, { statusCode: 429, headers: { 'retry-after': '7' } })
  t.match(await limited.body.json(), { error: { type: 'scripted_error' } })
})

t.test('a function can choose the action by the request', async t => {
  const provider = await fakeProvider(t, ({ request }) =>
    request.body['seed'] === 1 ? answer('one') : error(404),
  )
  const ask = client(t, provider.url)
  t.equal((await ask({ seed: 1 })).statusCode, 200)
  t.equal((await ask({ seed: 2 })).statusCode, 404)
})

t.test('errors thrown by a script are rethrown when the provider stops', async t => {
  const provider = await fakeProvider({ teardown() {} }, () => {
    throw new Error('a mistake in a script')
  })
  await t.rejects(client(t, provider.url)(), { code: 'UND_ERR_SOCKET' })
  await t.rejects(provider.close(), { message: 'a mistake in a script' })
})

t.test('models are listed, scripted and recorded separately', async t => {
  const provider = await fakeProvider(t)
  const pool = new Pool(new URL(provider.url).origin)
  t.teardown(() => pool.destroy())
  const get = () => pool.request({ path: '/v1/models', method: 'GET' })
  t.match(await (await get()).body.json(), { data: [{ id: 'fake-model' }] })
  provider.scriptModels(error(503))
  const refused = await get()
  t.equal(refused.statusCode, 503)
  await refused.body.dump()
  t.equal(provider.requests.length, 0)
  t.match(await provider.waitForCheck(2), { path: '/v1/models' })
})

t.test('n is honoured, ignored or rejected', async t => {
  const provider = await fakeProvider(t, answer(['a', 'b']))
  const ask = client(t, provider.url)
  const contents = async () => {
    const { choices } = (await (await ask({ n: 3 })).body.json()) as {
      choices: { message: { content: string } }[]
    }
    return choices.map(choice => choice.message.content)
  }
  t.strictSame(await contents(), ['a', 'b', 'a'])
  t.match(await events(await ask({ n: 2, stream: true })), [
    { choices: [{ index: 0, delta: { role: 'assistant' } }] },
    { choices: [{ index: 1, delta: { role: 'assistant' } }] },
    { choices: [{ index: 0, delta: { content: 'a' } }] },
    { choices: [{ index: 1, delta: { content: 'b' } }] },
    { choices: [{ index: 0, finish_reason: 'stop' }] },
    { choices: [{ index: 1, finish_reason: 'stop' }] },
    '[DONE]',
  ])
  provider.script(answer('only', { ignoreN: true }))
  t.strictSame(await contents(), ['only'])
  provider.script(answer('only', { rejectN: true }))
  for (const stream of [true, false])
    t.match(await (await ask({ n: 2, stream })).body.json(), { error: { param: 'n' } })
  t.equal((await ask({ n: 1 })).statusCode, 200)
})

t.test('messages with tool calls are answered whole and streamed', async t => {
  const call = { id: 'call_1', type: 'function', function: { name: 'look', arguments: '{}' } }
  const provider = await fakeProvider(t, answer({ content: null, tool_calls: [call] }))
  const ask = client(t, provider.url)
  t.match(await (await ask()).body.json(), {
    choices: [{ message: { role: 'assistant', tool_calls: [call] }, finish_reason: 'tool_calls' }],
  })
  t.match(await events(await ask({ stream: true })), [
    {},
    { choices: [{ delta: { tool_calls: [call] } }] },
    { choices: [{ finish_reason: 'tool_calls' }] },
    '[DONE]',
  ])
})

t.test('a stream follows its items and options', async t => {
  const provider = await fakeProvider(t)
  const ask = client(t, provider.url)
  provider.script(
    stream(['é', write(': comment\r\n\r\n'), delta({ content: 'x' }, 1), { error: { message: 'no' } }], {
      role: false,
      finish: null,
      done: false,
      usage: { total_tokens: -1 },
      lineEnd: '\r\n',
      byteOrderMark: true,
      comments: true,
      pieces: 1,
    }),
  )
  const response = await ask()
  const text = Buffer.from(await response.body.bytes()).toString()
  t.equal(response.headers['content-type'], 'text/event-stream')
  t.equal(text.charCodeAt(0), 0xfe_ff)
  const lines = text.slice(1).split('\r\n\r\n')
  t.equal(lines[0], ': waiting')
  t.match(lines[1], '"content":"é"')
  t.equal(lines[2], ': comment')
  t.match(lines[4], '"index":1')
  t.equal(lines[6], 'data: {"error":{"message":"no"}}')
  t.match(lines[8], '"usage":{"total_tokens":-1}')
  t.equal(lines.length, 10)
})

t.test('bodies can be encoded, chunked, of any type and status', async t => {
  const provider = await fakeProvider(t, [
    completion('zipped', { encoding: 'gzip' }),
    completion('chunked', { framing: 'chunked' }),
    body('<html>', { status: 201, headers: { 'content-type': 'text/html' } }),
    json('{"broken'),
    completion({ id: 'mine', choices: [] }),
  ])
  const ask = client(t, provider.url)
  t.match(gunzipSync(await (await ask()).body.bytes()).toString(), '"zipped"')
  const chunked = await ask()
  t.equal(chunked.headers['transfer-encoding'], 'chunked')
  t.match(await chunked.body.json(), { choices: [{ message: { content: 'chunked' } }] })
  const page = await ask()
  t.match([page.statusCode, await page.body.text()], [201, '<html>'])
  t.equal(await (await ask()).body.text(), '{"broken')
  t.strictSame(await (await ask()).body.json(), { id: 'mine', choices: [] })
})

t.test('a connection that is being closed is broken off, too, and no longer counts', async t => {
  const provider = await fakeProvider(t, exchange => {
    exchange.close()
    exchange.reset()
  })
  await t.rejects(client(t, provider.url)())
  await provider.disconnected()
  t.equal(provider.connections, 0)
})

t.test('a provider that starts again waits until its port is free', async t => {
  const provider = await fakeProvider(t)
  await provider.stop()
  const other = createServer().listen(provider.port, '127.0.0.1')
  await once(other, 'listening')
  const started = provider.start()
  await nextTurn()
  other.close()
  await started
  t.equal((await fetch(`${provider.url}/models`)).status, 200)
})
