// Some services ignore the case of a path, so that a request for one of our endpoints must not reach them as another endpoint.
import t from 'tap'
import type { Test } from 'tap'
import { answer, fakeProvider, json } from '../../fake-provider.ts'
import { startHost } from '../host.ts'
import { hello } from '../serve.ts'

/** A server with two clients and a provider, and a way to call it as the second client. */
async function start(t: Test, config: object = {}) {
  const provider = await fakeProvider(t, ({ request }) =>
    request.path.toLowerCase() === '/v1/chat/completions' ? answer('Hello') : json({}),
  )
  const server = await startHost(t, {
    approach: 'proxy',
    providers: [{ name: 'one', base_url: provider.url, api_key: 'sk-provider' }],
    routing: { health_check: { enabled: false } },
    clients: [
      { name: 'ann', key: 'ann-key' },
      { name: 'bob', key: 'bob-key', chains: [] },
    ],
    ...config,
  })
  const call = async (method: string, path: string, body?: object) => {
    const response = await fetch(server.url + path, {
      method,
      headers: { authorization: 'Bearer bob-key', ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    })
    await response.text()
    return response.status
  }
  return { provider, call }
}

t.test('an endpoint in another case is the same endpoint, with its rules', async t => {
  const { provider, call } = await start(t)
  const other = { ...hello, model: 'bon-gpt-4' }
  for (const path of [
    '/v1/Chat/Completions',
    '/V1/chat/completions',
    '/CHAT/completions',
    '/OpenAI/Chat/completions',
  ]) {
    t.equal(await call('POST', path, hello), 200, path)
    t.equal(await call('POST', path, other), 403, `${path} with a chain that the client may not name`)
    t.equal(await call('GET', path), 405, path)
  }
  t.equal(provider.requests.length, 4)
})

t.test('a response is not read past the check whose it is', async t => {
  const { provider, call } = await start(t)
  for (const method of ['GET', 'DELETE'])
    for (const path of ['/v1/Responses/resp_1', '/V1/responses/resp_1', '/openai/RESPONSES/resp_1'])
      t.equal(await call(method, path), 404, `${method} ${path}`)
  t.same(provider.requests, [])
})

t.test('the limit of an endpoint holds for its path in any case', async t => {
  const endpoints = { images: 1, Vector_Stores: 1 }
  const { call } = await start(t, { rate_limit: { endpoints } })
  t.equal(await call('POST', '/v1/images/edits', {}), 200)
  t.equal(await call('POST', '/V1/Images/Edits', {}), 429)
  t.equal(await call('POST', '/v1/vector_stores', {}), 200)
  t.equal(await call('POST', '/v1/Vector_stores', {}), 429)
})
