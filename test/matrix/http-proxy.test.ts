import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, request as send } from 'node:http'
import { createServer as createSecure } from 'node:https'
import { connect } from 'node:net'
import type { AddressInfo, Server } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import type { Test } from 'tap'
import { answer, fakeProvider } from '../fake-provider.ts'
import { textOf } from './client.ts'
import { errorOf } from './error-shape.ts'
import { serve } from './serve.ts'
import { noTinyproxy, startTinyproxy } from './tinyproxy.ts'

const names = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'NO_PROXY']
const pem = join(import.meta.dirname, 'certificates', 'other.pem')

/** Sets the proxies of the environment, and no others, until the test ends. */
function useProxies(t: Test, variables: Readonly<Record<string, string>>): void {
  for (const name of names.flatMap(each => [each, each.toLowerCase()])) {
    const before = process.env[name]
    delete process.env[name]
    t.teardown(() => {
      if (before === undefined) delete process.env[name]
      else process.env[name] = before
    })
  }
  Object.assign(process.env, variables)
}

async function listen(t: Test, server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => void server.close())
  return (server.address() as AddressInfo).port
}

/** A proxy that reaches every host on this machine, and what it was asked for. */
async function startProxy(t: Test, refusal?: number | 'silence') {
  const asked: { readonly target: string; readonly authorization: string | undefined }[] = []
  const proxy = createServer((incoming, outgoing) => {
    const { url = '', headers, method } = incoming
    asked.push({ target: url, authorization: headers['proxy-authorization'] })
    if (typeof refusal === 'number') return void outgoing.writeHead(refusal).end()
    const { port, pathname } = new URL(url)
    const onward = send(
      { host: '127.0.0.1', port, path: pathname, method, headers, agent: false },
      response => {
        outgoing.writeHead(response.statusCode ?? 0, response.headers)
        response.pipe(outgoing)
      },
    )
    incoming.pipe(onward)
  })
  proxy.on('connect', ({ url = '', headers }, socket) => {
    asked.push({ target: url, authorization: headers['proxy-authorization'] })
    socket.on('error', () => {})
    t.teardown(() => void socket.destroy())
    if (refusal === 'silence') return
    if (refusal !== undefined) return void socket.end(`HTTP/1.1 ${refusal} No\r\n\r\n`)
    const onward = connect(Number(url.split(':')[1]), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      onward.pipe(socket).pipe(onward)
    })
    onward.on('error', () => socket.destroy())
    t.teardown(() => void onward.destroy())
  })
  const port = await listen(t, proxy)
  t.teardown(() => proxy.closeAllConnections())
  return { address: `127.0.0.1:${port}`, asked }
}

/** The port of a provider with a certificate for other.example. It ends each connection after some calls, if told to. */
async function startSecure(t: Test, callsEach = Infinity): Promise<number> {
  const choices = [{ index: 0, message: { role: 'assistant', content: 'secure' }, finish_reason: 'stop' }]
  const carried = new WeakMap<object, number>()
  const keys = { key: readFileSync(pem), cert: readFileSync(pem) }
  const server = createSecure(keys, ({ socket }, response) => {
    const calls = (carried.get(socket) ?? 0) + 1
    carried.set(socket, calls)
    if (calls > callsEach) return void socket.destroy()
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ choices }))
  })
  t.teardown(() => server.closeAllConnections())
  return await listen(t, server)
}

const entryFor = (port: number) => ({ name: 'z', base_url: `https://other.example:${port}/v1`, ca_file: pem })

t.test('a provider behind a proxy is reached by CONNECT, with ca_file and credentials', async t => {
  const { address, asked } = await startProxy(t)
  useProxies(t, { HTTPS_PROXY: `http://us%40er:pa%3Ass@${address}` })
  const port = await startSecure(t)
  const { client } = await serve(t, [], { more: [entryFor(port)] })
  t.equal(textOf(await client.ask()), 'secure')
  t.equal(textOf(await client.ask()), 'secure')
  const authorization = `Basic ${Buffer.from('us@er:pa:ss').toString('base64')}`
  t.same(asked[0], { target: `other.example:${port}`, authorization })
})

t.test('an address needs no scheme, and serves for others if it is that of ALL_PROXY', async t => {
  for (const name of ['https_proxy', 'ALL_PROXY']) {
    const { address, asked } = await startProxy(t)
    useProxies(t, { [name]: address })
    const { client } = await serve(t, [], { more: [entryFor(await startSecure(t))] })
    t.equal(textOf(await client.ask()), 'secure', name)
    t.not(asked.length, 0)
  }
})

t.test('a provider without TLS gets its calls through HTTP_PROXY', async t => {
  const { address, asked } = await startProxy(t)
  useProxies(t, { HTTP_PROXY: `http://user@${address}` })
  const provider = await fakeProvider(t, answer('plain'))
  const entry = { name: 'z', base_url: `http://models.example:${provider.port}/v1` }
  const { client } = await serve(t, [], { more: [entry] })
  for (const stream of [false, true]) t.equal(textOf(await client.ask({ stream })), 'plain')
  t.match(asked.at(-1), {
    target: `http://models.example:${provider.port}/v1/chat/completions`,
    authorization: `Basic ${Buffer.from('user:').toString('base64')}`,
  })
  t.equal(provider.requests[0]!.headers['host'], `models.example:${provider.port}`)
})

t.test('a connection that died while idle in a proxy costs another try, but fails no call', async t => {
  const { address } = await startProxy(t)
  useProxies(t, { HTTPS_PROXY: address })
  const { client } = await serve(t, [], { more: [entryFor(await startSecure(t, 1))] })
  for (let n = 0; n < 3; n++) t.equal(textOf(await client.ask()), 'secure')
})

t.test('a proxy that refuses or keeps silent is a provider that cannot be reached', async t => {
  for (const [refusal, code] of [
    [407, 'upstream_unreachable'],
    [503, 'upstream_unreachable'],
    ['silence', 'upstream_timeout'],
  ] as const) {
    const { address } = await startProxy(t, refusal)
    useProxies(t, { HTTPS_PROXY: address, HTTP_PROXY: address })
    const config = refusal === 'silence' ? { timeouts: { connect: 0.3 } } : {}
    const { client } = await serve(t, [], { more: [entryFor(1)], config })
    t.match(errorOf(t, await client.ask()), { code }, String(refusal))
    if (refusal !== 407) continue
    const plain = { name: 'z', base_url: 'http://models.example/v1' }
    const forwarded = await serve(t, [], { more: [plain], config })
    t.match(errorOf(t, await forwarded.client.ask()), { code }, 'without TLS')
  }
})

t.test(
  'a real proxy takes calls with and without TLS, and only with its login',
  { skip: noTinyproxy },
  async t => {
    const inner = await startProxy(t)
    const address = await startTinyproxy(t, { user: 'us', password: 'er', onwards: inner.address })
    const provider = await fakeProvider(t, answer('plain'))
    const plain = { name: 'z', base_url: `http://models.example:${provider.port}/v1` }
    const secure = entryFor(await startSecure(t))
    for (const [entry, text] of [
      [plain, 'plain'],
      [secure, 'secure'],
    ] as const) {
      useProxies(t, { ALL_PROXY: `http://us:er@${address}` })
      const { client } = await serve(t, [], { more: [entry] })
      t.equal(textOf(await client.ask()), text)
      useProxies(t, { ALL_PROXY: `http://${address}` })
      const stranger = await serve(t, [], { more: [entry] })
      const refused = { code: 'upstream_unreachable', message: /UND_ERR_PRX_TUNNEL/ }
      t.match(errorOf(t, await stranger.client.ask()), refused, text)
    }
    const targets = inner.asked.map(({ target }) => target)
    t.ok(
      targets.some(target => target.startsWith('http://models.example')),
      'as it is',
    )
    t.ok(
      targets.some(target => target.startsWith('other.example')),
      'through a tunnel',
    )
  },
)
