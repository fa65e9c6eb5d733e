import { hash } from 'node:crypto'
import t from 'tap'
import type { ConfigInput } from '../../src/config/schema.ts'
import { answer, error, json, stream } from '../fake-provider.ts'
import type { Action } from '../fake-provider.ts'
import { canaries, serve } from './serve.ts'
import type { Served } from './serve.ts'

type Clients = NonNullable<ConfigInput['clients']>

const ann = 'key-of-ann-0123456789'
const bob = 'key-of-bob-0123456789'

async function serveTo(t: Parameters<typeof serve>[0], clients: Clients, more: ConfigInput = {}) {
  return await serve(t, [[answer()]], { config: { ...more, clients } })
}

/** Sends a request with the key of a named client; the status, and the code of the error. */
async function send(server: Served, key: string, path: string, body?: object) {
  const response = await fetch(`http://127.0.0.1:${server.port}${path}`, {
    ...(body && { method: 'POST', body: JSON.stringify(body) }),
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
  })
  const text = await response.text()
  const { error } = (text.startsWith('{') ? JSON.parse(text) : {}) as {
    error?: { code: string; message: string }
  }
  return {
    status: response.status,
    code: error?.code,
    message: error?.message,
    text,
    headers: response.headers,
  }
}

const chat = (model: string, more: object = {}) => ({
  model,
  messages: [{ role: 'user', content: 'hi' }],
  ...more,
})

async function ask(server: Served, key: string, model: string, more: object = {}) {
  return await send(server, key, '/v1/chat/completions', chat(model, more))
}

t.test('a client is known by its key or by the hash of it, and the log names it', async t => {
  const server = await serveTo(t, [
    { name: 'ann', key: ann },
    { name: 'bob', key: `sha256:${hash('sha256', bob)}` },
  ])
  t.equal((await ask(server, ann, 'm')).status, 200)
  t.equal((await ask(server, bob, 'm')).status, 200)
  t.equal((await ask(server, `sha256:${hash('sha256', bob)}`, 'm')).status, 401, 'the hash is no key')
  const names = () =>
    server.log.flatMap(line => (JSON.parse(line) as { msg: string; client?: string }).client ?? [])
  while (names().length < 2) await new Promise(setImmediate)
  t.same(names(), ['ann', 'bob'])
  t.notOk(server.log.some(line => line.includes(ann) || line.includes(bob)))
})

t.test('the previous key of a client is accepted until its end, and is the same client', async t => {
  const [old, older] = ['old-key-of-ann-01234', 'old-key-of-bob-01234']
  const server = await serveTo(t, [
    { name: 'ann', key: ann, previous_key: old, rate_limit: { requests: 2, window: 60 } },
    { name: 'bob', key: bob, previous_key: `sha256:${hash('sha256', older)}`, previous_until: '2020-01-31' },
  ])
  t.equal((await ask(server, old, 'm')).status, 200)
  t.equal((await ask(server, ann, 'm')).status, 200)
  t.equal((await ask(server, old, 'm')).status, 429, 'one client has one limit')
  t.equal((await ask(server, bob, 'm')).status, 200)
  t.match(await ask(server, older, 'm'), { status: 401, message: /"bob" was replaced by a newer one/ })
})

t.test('a client with models may name no other', async t => {
  const server = await serveTo(t, [{ name: 'ann', key: ann, models: ['gpt-*', 'own'] }])
  t.equal((await ask(server, ann, 'gpt-5')).status, 200)
  t.equal((await ask(server, ann, 'bon-own')).status, 200)
  t.match(await ask(server, ann, 'other'), { status: 403, code: 'not_allowed', message: /"ann".*"other"/ })
  t.match(await ask(server, ann, 'cascade-own>other'), { status: 403, code: 'not_allowed' })
  t.equal((await ask(server, ann, 'cascade-own>gpt-5')).status, 200)
  t.match(await send(server, ann, '/v1/files'), { status: 403, code: 'not_allowed' })
})

t.test('a client with models may name no other in a request that is passed on', async t => {
  const server = await serve(t, [[json({})]], {
    config: { clients: [{ name: 'ann', key: ann, models: ['own'] }] },
  })
  const named = { model: 'own' }
  const refused: readonly (readonly [string, object])[] = [
    ['/v1/publishers/google/models/other:generateContent', named],
    ['/v1/projects/p/models/org/other:predict', named],
    ['/v1/deployments/other/chat/completions', named],
    ['/v1/other:generateContent', named],
    ['/v1/publishers/google/models/own:8b:generateContent', named],
    ['/v1/images/generations?model=other', named],
    ['/v1/messages/batches', { ...named, requests: [{ custom_id: 'a', params: { model: 'other' } }] }],
    ['/v1/images/generations', { ...named, Model: 'other' }],
    ['/v1/moderations', { ...named, models: ['own', 'other'] }],
    ['/v1/batches', { ...named, input_file_id: 'file-1' }],
    ['/v1/Batches', { ...named, input_file_id: 'file-1' }],
    ['/v1/b%61tches', { ...named, input_file_id: 'file-1' }],
    ['/v1/batches', { ...named, input_blob: 'https://blob/a.jsonl' }],
    ['/v1/batches', { ...named, requests: [], Input_file_id: 'file-1' }],
    ['/v1/batches?input_file_id=file-1', named],
  ]
  for (const [path, body] of refused)
    t.match(await send(server, ann, path, body), { status: 403, code: 'not_allowed' }, path)
  const allowed: readonly (readonly [string, object])[] = [
    ['/v1/publishers/google/models/own:generateContent', named],
    ['/v1/deployments/own/images/generations', named],
    ['/v1/moderations', { ...named, input: 'x' }],
    ['/v1/messages/batches', { ...named, requests: [{ custom_id: 'a', params: named }] }],
  ]
  for (const [path, body] of allowed) t.equal((await send(server, ann, path, body)).status, 200, path)
  t.equal(server.fakes[0]!.requests.length, allowed.length)
})

t.test('a provider reads no other model in the body of a client with models than this server', async t => {
  const server = await serveTo(t, [{ name: 'ann', key: ann, models: ['own'] }])
  t.match(await ask(server, ann, 'own', { Model: 'other' }), { status: 403, code: 'not_allowed' })
  const twice = '{"model":"other","model":"own","messages":[{"role":"user","content":"hi"}],"input":"x"}'
  for (const path of ['/v1/chat/completions', '/v1/moderations']) {
    await fetch(`http://127.0.0.1:${server.port}${path}`, {
      method: 'POST',
      body: twice,
      headers: { authorization: `Bearer ${ann}`, 'content-type': 'application/json' },
    })
    t.notMatch(server.fakes[0]!.requests.at(-1)!.text, /other/)
  }
})

t.test('a client with models may not name others for the provider to fall back on', async t => {
  const server = await serveTo(t, [{ name: 'ann', key: ann, models: ['own'] }])
  t.match(await ask(server, ann, 'own', { models: ['own', 'other'] }), { status: 403, code: 'not_allowed' })
  t.match(await ask(server, ann, 'own', { models: [{ toString: 1 }] }), { status: 403, code: 'not_allowed' })
  t.equal((await ask(server, ann, 'own', { models: ['own'] })).status, 200)
})

t.test('no step calls a model that its client may not use', async t => {
  const server = await serveTo(t, [
    { name: 'ann', key: ann, models: ['own'] },
    { name: 'bob', key: bob },
  ])
  const hulumanage_params = { fusion: { analysis_models: ['own', 'other'] } }
  const asked = async (key: string) => {
    const before = server.received[0]
    t.equal((await ask(server, key, 'fusion-own', { hulumanage_params })).status, 200)
    return new Set(server.fakes[0]!.requests.slice(before).map(({ body }) => body['model']))
  }
  t.same(await asked(ann), new Set(['own']))
  t.same(await asked(bob), new Set(['own', 'other']))
})

t.test('no fallback is called that its client may not use', async t => {
  const clients: Clients = [
    { name: 'ann', key: ann, models: ['own'] },
    { name: 'bob', key: bob, models: ['own', 'other'] },
  ]
  const serveWith = async (first: Action, second: Action) =>
    await serve(t, [Array.from({ length: 8 }, () => first), [second]], {
      entries: [{ models: ['own'] }, { models: ['other'] }],
      config: { clients, fallbacks: { any: { own: ['other'] } }, routing: { strategy: 'failover' } },
    })
  const failing = await serveWith(error(500), answer())
  t.equal((await ask(failing, ann, 'own')).status, 502)
  t.equal(failing.received[1], 0)
  t.equal((await ask(failing, bob, 'own')).status, 200)
  t.equal(failing.received[1], 1)

  const cut = stream(['one '], { finish: null, done: false })
  const breaking = await serveWith(cut, stream(['one ', 'two']))
  t.notMatch((await ask(breaking, ann, 'own', { stream: true })).text, /two/)
  t.equal(breaking.received[1], 0)
  t.match((await ask(breaking, bob, 'own', { stream: true })).text, /two/)
})

t.test('a client with chains may name these and run the default one', async t => {
  const more = { chains: { fast: 're2&re2' }, model: 'm' }
  const server = await serveTo(t, [{ name: 'ann', key: ann, chains: ['fast', 'bon'] }], more)
  for (const model of ['m', 'bon-m', 'fast-m', 're2&re2-m'])
    t.equal((await ask(server, ann, model)).status, 200, model)
  for (const model of ['re2-m', 'bon&re2-m', 'moa-m'])
    t.match(await ask(server, ann, model), { status: 403, code: 'not_allowed', message: /fast, bon/ }, model)
  t.match(await ask(server, ann, 'm', { hulumanage_approach: 'moa' }), { code: 'not_allowed' })
})

t.test('a client with chains may ask for embeddings, to which no chain applies', async t => {
  const server = await serve(
    t,
    [
      [
        json({
          data: [{ index: 0, embedding: [1] }],
          model: 'm',
          usage: { prompt_tokens: 1, total_tokens: 1 },
        }),
      ],
    ],
    {
      config: { clients: [{ name: 'ann', key: ann, chains: [] }], approach: 'bon' },
    },
  )
  t.equal((await send(server, ann, '/v1/embeddings', { model: 'm', input: 'hi' })).status, 200)
  t.match(await ask(server, ann, 'none-m'), { code: 'not_allowed', message: /only the default one/ })
})

t.test('the list of models has those that the client may use', async t => {
  const more = { chains: { fast: 're2' }, model: 'own' }
  const clients: Clients = [{ name: 'ann', key: ann, models: ['gpt-*'], chains: [] }]
  const server = await serveTo(t, clients, more)
  const { text } = await send(server, ann, '/v1/models')
  const { data } = JSON.parse(text) as { data: { id: string }[] }
  t.same(data, [])
  t.equal((await send(server, ann, '/v1/models/own')).status, 404)
})

t.test(
  'an operator reads about requests and makes none; a user makes them, and reads nothing of others',
  async t => {
    const server = await serveTo(t, [
      { name: 'ann', key: ann },
      { name: 'bob', key: bob, role: 'operator' },
    ])
    for (const path of ['/metrics', '/stats', '/providers']) {
      t.equal((await send(server, bob, path)).status, 200, path)
      t.match(await send(server, ann, path), { status: 403, code: 'not_allowed' }, path)
    }
    t.match(await ask(server, bob, 'm'), { status: 403, code: 'not_allowed', message: /"bob" is "operator"/ })
    t.equal((await send(server, bob, '/v1/models')).status, 403)
    for (const key of [ann, bob]) t.equal((await send(server, key, '/')).status, 200)
    t.match(await send(server, bob, '/nothing'), { status: 404, code: 'unknown_url' })
    t.same(server.received, [0])
  },
)

t.test('a plain key reads about requests until a client is named as the operator', async t => {
  const plain = canaries.client
  const operatorPages = ['/metrics', '/stats', '/providers', '/requests', '/requests/x', '/usage']
  const read = async (clients: Clients, path: string) => await send(await serveTo(t, clients), plain, path)
  for (const path of operatorPages) {
    t.not((await read([{ name: 'ann', key: ann }], path)).status, 403, path)
    t.match(
      await read([{ name: 'bob', key: bob, role: 'operator' }], path),
      { status: 403, code: 'not_allowed', message: /`clients` names/ },
      path,
    )
  }
  const server = await serveTo(t, [{ name: 'bob', key: bob, role: 'operator' }])
  t.equal((await ask(server, plain, 'm')).status, 200)
})

t.test('a key that has expired is refused, and says so', async t => {
  const server = await serveTo(t, [
    { name: 'ann', key: ann, expires: '2020-01-31' },
    { name: 'bob', key: bob, expires: '2999-01-31T12:00:00+02:00' },
  ])
  t.match(await ask(server, ann, 'm'), {
    status: 401,
    code: 'invalid_api_key',
    message: /"ann" has expired \(2020-01-31\)/,
  })
  t.equal((await ask(server, bob, 'm')).status, 200)
})

t.test('a client has its own rate limit, if it has one', async t => {
  const clients: Clients = [
    { name: 'ann', key: ann, rate_limit: { requests: 1 } },
    { name: 'bob', key: bob },
  ]
  const server = await serveTo(t, clients, { rate_limit: { requests: 2 } })
  for (const [key, statuses] of [
    [ann, [200, 429]],
    [bob, [200, 200, 429]],
  ] as const)
    for (const status of statuses) t.equal((await ask(server, key, 'm')).status, status)
})
