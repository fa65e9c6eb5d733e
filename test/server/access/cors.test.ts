import t from 'tap'
import { chunk, configOf, hello, serve, streamOf } from '../serve.ts'

const page = 'https://app.example'
const asked = { 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' }

t.test('no page is allowed unless the configuration names its origin', async t => {
  const server = await serve(t, { config: { api_keys: ['key'] } })
  const answer = await server.post('/v1/chat/completions', hello, { origin: page, 'x-api-key': 'key' })
  t.equal(answer.status, 200)
  t.equal(answer.headers.get('access-control-allow-origin'), null)
  const preflight = await fetch(`${server.url}/v1/chat/completions`, {
    method: 'OPTIONS',
    headers: { origin: page, ...asked },
  })
  t.equal(preflight.status, 401)
})

t.test('a preflight is answered without a key, for plugin routes as well', async t => {
  const plugin: Parameters<typeof serve>[1] = { plugin: app => void app.delete('/own', () => 'gone') }
  const server = await serve(t, { config: { api_keys: ['key'], cors_origins: [page] }, ...plugin })
  const preflight = (path: string, origin: string) =>
    fetch(server.url + path, { method: 'OPTIONS', headers: { origin, ...asked } })
  for (const path of ['/v1/chat/completions', '/own']) {
    const { status, headers } = await preflight(path, page)
    t.equal(status, 204, path)
    t.equal(headers.get('access-control-allow-origin'), page)
    t.equal(headers.get('access-control-allow-headers'), 'authorization')
    t.match(headers.get('access-control-allow-methods'), /POST.*DELETE/)
    t.match(headers.get('vary'), /origin/i)
  }
  t.equal((await preflight('/own', 'https://app.example.evil.example')).status, 401)
  const plain = await fetch(`${server.url}/v1/chat/completions`, {
    method: 'OPTIONS',
    headers: { origin: page, 'x-api-key': 'key' },
  })
  t.equal(plain.status, 405)
  const nowhere = await fetch(`${server.url}/nowhere`, {
    method: 'OPTIONS',
    headers: { 'x-api-key': 'key' },
  })
  t.match([nowhere.status, await nowhere.json()], [404, { error: { code: 'unknown_url' } }])
})

t.test('an allowed page may read answers, streams and errors with all their headers', async t => {
  const answer = () => streamOf([chunk('a'), chunk('', 'stop')])
  const server = await serve(t, { config: { cors_origins: [page] }, answer })
  for (const body of [hello, { ...hello, stream: true }, { ...hello, messages: 'none' }]) {
    const { status, headers } = await server.post('/v1/chat/completions', body, { origin: page })
    t.equal(status, body.messages === 'none' ? 400 : 200)
    t.equal(headers.get('access-control-allow-origin'), page)
    t.equal(headers.get('access-control-expose-headers'), '*')
    t.equal(headers.get('access-control-allow-credentials'), null)
    t.ok(headers.get('x-request-id'))
  }
})

t.test('a server without keys allows only the configured pages, also after a reload', async t => {
  const server = await serve(t, { config: { cors_origins: [page] } })
  const statusFrom = async (origin: string) =>
    (await server.post('/v1/chat/completions', hello, { origin })).status
  t.equal(await statusFrom(page), 200)
  t.equal(await statusFrom('https://evil.example'), 403)
  server.currentConfig.replace(configOf({ cors_origins: ['https://other.example'] }))
  t.equal(await statusFrom(page), 403)
  t.equal(await statusFrom('https://other.example'), 200)
})

t.test('* allows every page, but never credentials', async t => {
  const server = await serve(t, { config: { cors_origins: ['*'] } })
  const { status, headers } = await server.post('/v1/chat/completions', hello, { origin: page })
  t.equal(status, 200)
  t.equal(headers.get('access-control-allow-origin'), '*')
  t.equal(headers.get('access-control-allow-credentials'), null)
})

t.test('a value that is not an origin is refused in the configuration', async t => {
  for (const origin of ['app.example', 'https://app.example/', 'https://app.example/x', '', 'https://*/']) {
    t.throws(() => configOf({ cors_origins: [origin] }), origin)
  }
  t.same(configOf({ cors_origins: ['https://App.Example:8443', '*'] }).cors_origins, [
    'https://app.example:8443',
    '*',
  ])
})
