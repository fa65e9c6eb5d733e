import { connect } from 'node:net'
import { once } from 'node:events'
import t from 'tap'
import type { Test } from 'tap'
import { answer, gate, hold, sequence, stream } from '../fake-provider.ts'
import { freePort } from '../fake-provider/ports.ts'
import { dataOf, textOf } from './client.ts'
import type { Heard } from './client.ts'
import { checkedError, errorOf } from './error-shape.ts'
import { configText, serve, until, writeConfig } from './serve.ts'

/** A draining server closes idle connections, including new ones that have received nothing yet. */
async function persistently(ask: () => Promise<Heard>): Promise<Heard> {
  for (let left = 20; ; left--) {
    try {
      return await ask()
    } catch (error) {
      if (left === 0) throw error
    }
  }
}

async function refusesConnections(t: Test, port: number): Promise<void> {
  const socket = connect(port, '127.0.0.1')
  await t.rejects(once(socket, 'connect'), { code: 'ECONNREFUSED' })
}

t.test('a draining server finishes running requests, refuses new ones, and closes', async t => {
  const open = gate()
  const config = { port: await freePort(), drain_timeout: 30 }
  const server = await serve(t, [stream(['one ', hold(open), 'two'])], { config })
  const { port } = server
  const streaming = server.client.open().ask({ stream: true })
  const whole = server.client.ask()
  await streaming.hears('one ')
  await server.fakes[0]!.waitFor(2)
  const stopped = server.running.stop()
  for (const fields of [{}, { stream: true }]) {
    const refused = await persistently(() => server.client.ask(fields))
    t.equal(refused.status, 503)
    t.match(errorOf(t, refused), { code: 'draining' })
    t.equal(refused.headers['connection'], 'close')
  }
  for (const [path, status] of [
    ['/ready', 503],
    ['/health', 200],
  ] as const)
    t.equal((await persistently(() => server.client.get(path))).status, status)
  open.release()
  t.match(await streaming.whole(), /one [^]*two[^]*\[DONE\]/)
  t.equal(textOf(await whole), 'one two')
  await stopped
  t.strictSame(server.received, [2])
  await refusesConnections(t, port)
})

t.test('a request that does not finish in time gets an error that says so', async t => {
  const server = await serve(t, [stream(['one ', hold()])], { config: { drain_timeout: 0.05 } })
  const streaming = server.client.ask({ stream: true })
  await server.fakes[0]!.waitFor(1)
  server.fakes[0]!.script(hold())
  const approach = server.client.ask({ hulumanage_approach: 'bon' })
  const whole = server.client.ask()
  const early = server.client.ask({ stream: true })
  await server.fakes[0]!.waitFor(4)
  await server.running.stop()
  const { text } = await streaming
  t.match(checkedError(t, dataOf(text).at(-1)!), { code: 'draining' })
  t.notOk(dataOf(text).includes('[DONE]'))
  for (const heard of await Promise.all([whole, early, approach])) {
    t.equal(heard.status, 503)
    t.match(errorOf(t, heard), { code: 'draining' })
  }
  await Promise.all(server.fakes[0]!.requests.map(request => request.aborted))
})

t.test('an idle connection does not delay a shutdown', async t => {
  const server = await serve(t, [answer()], { config: { drain_timeout: 30 } })
  const idle = server.client.open()
  await once(idle.socket, 'connect')
  t.equal((await server.client.ask()).status, 200)
  await server.running.stop()
  t.equal(await idle.whole(), '')
})

t.test('a reload swaps providers under running streams and drops none', async t => {
  const open = gate()
  const server = await serve(t, [stream(['one ', hold(open), 'two']), answer('b')])
  const reload = server.reloader()
  const [a, b] = server.fakes
  const streaming = server.client.open().ask({ stream: true })
  const whole = server.client.ask()
  await streaming.hears('one ')
  await a!.waitFor(2)
  writeConfig(t, configText([b!], { entries: [{ name: 'b' }] }))
  reload()
  t.strictSame(
    (await server.providers()).map(({ name }) => name),
    ['b'],
  )
  t.equal(textOf(await server.client.ask()), 'b')
  t.equal(textOf(await server.client.ask({ stream: true })), 'b')
  open.release()
  await streaming.hears('data: [DONE]')
  t.equal(textOf(await whole), 'one two')
  await a!.disconnected()
  t.strictSame(server.received, [2, 2])
})

t.test('an invalid edit is reported, and the running configuration stays', async t => {
  const server = await serve(t, [answer('a')])
  const reload = server.reloader()
  const broken = [
    'providers: [',
    'providers: [{ nmae: a }]',
    '{ providers: [{ name: a, base_url: "${NO_SUCH_VARIABLE}" }] }',
    '{ providers: [{ name: a, base_url: "http://127.0.0.1:1" }, { name: a, base_url: "http://127.0.0.1:2" }] }',
    '{ routing: { strategy: nosuch } }',
    '{ approach: nosuch }',
    '{ steps: { bon: { n: -1 } } }',
    '{ chains: { one: two, two: one } }',
  ]
  for (const text of broken) {
    const before = server.log.length
    writeConfig(t, text)
    reload()
    t.match(server.log.slice(before).join(''), /invalid configuration; keeping the current one/, text)
    for (const fields of [{}, { stream: true }]) t.equal(textOf(await server.client.ask(fields)), 'a', text)
  }
  t.match(server.log.join(''), /did you mean/)
})

t.test('constant reloads disturb no request', async t => {
  const server = await serve(t, [answer('same'), answer('same')], {
    config: { routing: { strategy: 'round_robin' } },
  })
  const reload = server.reloader()
  const [a, b] = server.fakes
  const texts = [
    configText([a!, b!], {}),
    configText([b!], { entries: [{ name: 'b' }] }),
    configText([b!, a!], {}),
  ]
  const asked = []
  for (let n = 0; n < 60; n++) {
    writeConfig(t, texts[n % texts.length]!)
    reload()
    asked.push(
      server.client.ask({ stream: n % 2 === 0, ...(n % 10 === 0 && { hulumanage_approach: 'moa' }) }),
    )
    await new Promise(setImmediate)
  }
  const heard = await Promise.all(asked)
  t.strictSame([...new Set(heard.map(one => `${one.status} ${textOf(one)}`))], ['200 same'])
})

t.test('a request that waits for a slot survives a reload that makes room', async t => {
  const open = gate()
  const server = await serve(t, [sequence(hold(open), answer('a'))], { entries: [{ max_concurrent: 1 }] })
  const reload = server.reloader()
  const [first, second] = [server.client.ask(), server.client.ask()]
  await until(() => server.running.app.inFlight.size === 2)
  await server.fakes[0]!.waitFor(1)
  writeConfig(t, configText(server.fakes, { entries: [{ max_concurrent: 2 }] }))
  reload()
  await server.fakes[0]!.waitFor(2)
  open.release()
  t.strictSame([textOf(await first), textOf(await second)], ['a', 'a'])
})
