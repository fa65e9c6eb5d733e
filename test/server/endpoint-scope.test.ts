// An endpoint that a provider does not serve, or not for a model, says nothing about its other endpoints.
import t from 'tap'
import type { Test } from 'tap'
import { serve } from '../clients/serve.ts'
import { answer, error, fakeProvider, json } from '../fake-provider.ts'
import type { Action } from '../fake-provider.ts'

/** A request for a model, or of a name if it has none. */
interface Asked {
  readonly path: string
  readonly body: object
}
type Endpoint = (model: string) => Asked

const messages = [{ role: 'user', content: 'hello' }]
const chat: Endpoint = model => ({ path: '/chat/completions', body: { model, messages } })
const embed: Endpoint = model => ({ path: '/embeddings', body: { model, input: 'hello' } })
const image: Endpoint = model => ({ path: '/images/generations', body: { model, prompt: 'hello' } })
const speech: Endpoint = model => ({ path: '/audio/speech', body: { model, input: 'hello' } })
const rerank: Endpoint = model => ({ path: '/rerank', body: { model, query: 'hello', documents: ['hello'] } })
const upload: Endpoint = name => ({ path: `/uploads/${name}/complete`, body: { part_ids: [] } })
const batch: Endpoint = () => ({ path: '/batches', body: { input_file_id: 'x' } })

/** Ids of several services. */
const ids = [
  'upload_0',
  'upload_1',
  '68',
  'upload_abc123',
  'file-YkR9tpAqBhRWD1Jh7pQJmV',
  '9b2e4c1a-7d3f-4e5a-8b6c-0d1e2f3a4b5c',
  'resp_68d7a0c1',
  'ftjob-AbCdEfGhIjKlMnOpQrStUvWx',
]

const refusals: Readonly<Record<string, Action>> = {
  'a 404 of a path': error(404),
  'a 404 without words': json({}, { status: 404 }),
  'a 404 that names the model': error(404, { error: { message: 'x', code: 'model_not_found' } }),
  'a 400 that names the model': error(400, { error: { message: 'Invalid model: m', type: 'invalid_model' } }),
  'a key that may not use it': error(403),
  'a key without its scope': error(401, {
    error: { message: 'Missing scopes: model.request', code: 'missing_scope' },
  }),
  'errors of its own': error(500),
  'a limit of its own': error(429, undefined, { 'retry-after': '30' }),
}

const served: Action = ({ request }) =>
  request.path === '/v1/chat/completions'
    ? answer()
    : json({ object: 'list', data: [{ object: 'embedding', index: 0, embedding: [1] }] })

/** A server that prefers a provider with refusals by path and model before one that serves all. Sends it requests. */
async function serving(t: Test, refused: (path: string, body: object) => Action | undefined) {
  const first = await fakeProvider(t, ({ request }) => refused(request.path.slice(3), request.body) ?? served)
  const entries = [first, await fakeProvider(t, served)].map(({ url }, index) => ({
    name: `p${index}`,
    base_url: url,
    api_key: 'sk-x',
  }))
  const routing = { strategy: 'failover', health_check: { enabled: false } }
  const url = await serve(t, JSON.stringify({ routing, providers: entries }))
  const post = async ({ path, body }: Asked) => {
    const response = await fetch(`${url}/v1${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    await response.arrayBuffer()
    return [response.status, response.headers.get('x-hulumanage-provider')]
  }
  return { url, first, post }
}

async function assertApart(t: Test, refused: Endpoint, asked: Endpoint): Promise<void> {
  const cases = Object.entries(refusals).map(
    ([name, refusal], index) => ({ name, refusal, model: `m${index}` }) as const,
  )
  const { post } = await serving(t, (path, body) => {
    const isRefused = ({ model }: { model: string }) =>
      refused(model).path === path && JSON.stringify(refused(model).body) === JSON.stringify(body)
    return cases.find(isRefused)?.refusal
  })
  for (const { name, model } of cases) {
    for (let count = 0; count < 4; count++) t.strictSame(await post(refused(model)), [200, 'p1'], name)
    t.strictSame(await post(asked(model)), [200, 'p0'], name)
  }
}

for (const refused of [embed, image, speech, rerank])
  t.test(`a refusal of ${refused('').path} takes no chats away from the provider`, t =>
    assertApart(t, refused, chat),
  )

for (const asked of [embed, image, rerank])
  t.test(`a refusal of chats takes no ${asked('').path} away from the provider`, t =>
    assertApart(t, chat, asked),
  )

t.test('a refusal of one other endpoint takes away no other', async t => {
  await assertApart(t, embed, rerank)
  await assertApart(t, image, speech)
  await assertApart(t, upload, batch)
})

t.test('an endpoint that fails for several models takes no chats away from the provider', async t => {
  const { post } = await serving(t, path => (path === '/embeddings' ? error(500) : undefined))
  for (const model of ['e1', 'e2', 'e3', 'e4']) t.strictSame(await post(embed(model)), [200, 'p1'])
  t.strictSame(await post(chat('m')), [200, 'p0'])
})

t.test('a 401 takes no chats away while they succeed, unless it says more than its status', async t => {
  for (const [body, provider] of [
    [{}, 'p0'],
    [{ detail: 'Unauthorized' }, 'p0'],
    [{ error: { message: 'invalid x-api-key', type: 'authentication_error' } }, 'p1'],
    [{ error: { message: 'not for this plan', code: '401' } }, 'p1'],
  ] as const) {
    const refusal = json(body, { status: 401 })
    const { post } = await serving(t, path => (path === '/embeddings' ? refusal : undefined))
    t.strictSame(await post(chat('m')), [200, 'p0'])
    t.strictSame(await post(embed('e')), [200, 'p1'])
    t.strictSame(await post(chat('m')), [200, provider], JSON.stringify(body))
  }
})

t.test('an endpoint that answers 401 while chats succeed rests, as after other failures', async t => {
  const refusal = json({ detail: 'Unauthorized' }, { status: 401 })
  const { first, post } = await serving(t, path => (path === '/embeddings' ? refusal : undefined))
  t.strictSame(await post(chat('m')), [200, 'p0'])
  for (let count = 0; count < 5; count++) t.strictSame(await post(embed('e')), [200, 'p1'])
  t.strictSame(await post(chat('m')), [200, 'p0'])
  t.equal(first.requests.length, 5)
})

t.test('a verdict on an endpoint holds for every object below it', async t => {
  for (const [refusal, calls] of [[error(500), 3] as const, [refusals['a limit of its own']!, 1] as const]) {
    const { first, post } = await serving(t, path => (path.startsWith('/uploads/') ? refusal : undefined))
    for (const id of ids) t.strictSame(await post(upload(id)), [200, 'p1'], id)
    t.equal(first.requests.length, calls)
    t.strictSame(await post(batch('')), [200, 'p0'])
  }
})

t.test('a verdict on an endpoint takes no endpoint of a similar name away', async t => {
  const names = ['txt2img', 'img2video', 'text-to-speech', 'voice-clone', 'textToVideo', 't2a_v2', 'upscale']
  const paths = names.map(name => `/async/${name}`)
  for (const refusal of [error(500), refusals['a limit of its own']!]) {
    const { post } = await serving(t, path => (path === paths[0] ? refusal : undefined))
    for (let count = 0; count < 4; count++)
      t.strictSame(await post({ path: paths[0]!, body: {} }), [200, 'p1'])
    for (const path of paths.slice(1)) t.strictSame(await post({ path, body: {} }), [200, 'p0'], path)
  }
})

t.test('an endpoint that does not serve a model is not asked for it again for a minute', async t => {
  const { url, first, post } = await serving(t, path => (path === '/embeddings' ? error(404) : undefined))
  for (let count = 0; count < 3; count++) t.strictSame(await post(embed('m')), [200, 'p1'])
  t.equal(first.requests.length, 1)
  const shown: unknown = await (await fetch(`${url}/providers`)).json()
  t.match(shown, { providers: [{ name: 'p0', resting: { reason: 'model', model: 'm (POST /embeddings)' } }] })
})
