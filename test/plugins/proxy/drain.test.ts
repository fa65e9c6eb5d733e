import t from 'tap'
import { answer, gate, hold, sequence } from '../../fake-provider.ts'
import type { Heard } from '../../matrix/client.ts'
import { canaries, configText, serve, until, writeConfig } from '../../matrix/serve.ts'
import type { Served, ServeOptions } from '../../matrix/serve.ts'

const operator = { name: 'olga', key: 'operator-key-of-olga', role: 'operator' as const }
const asOperator = { authorization: `Bearer ${operator.key}` }
const config = { clients: [operator] }

/** Drains or resumes a provider as the operator. */
const tell = (server: Served, name: string, action: 'drain' | 'resume', headers = asOperator) =>
  server.client.post(`/providers/${name}/${action}`, {}, headers)

const errorIn = ({ text }: Heard) => (JSON.parse(text) as { error: { code: string; message: string } }).error

t.test('a drained provider gets no calls until it is resumed', async t => {
  const server = await serve(t, [answer('a'), answer('b')], { config })
  const drained = await tell(server, 'a', 'drain')
  t.equal(drained.status, 200)
  t.match(JSON.parse(drained.text), {
    name: 'a',
    status: 'drained',
    drained: { by: 'olga', since: /^20.*Z$/ },
  })
  await server.client.ask()
  t.same(server.received, [0, 1])
  t.match(JSON.parse((await tell(server, 'a', 'resume')).text), { status: 'healthy', drained: null })
  await server.client.ask()
  t.same(server.received, [1, 1])
})

t.test('a call under way ends as usual, also if its provider is drained meanwhile', async t => {
  const door = gate()
  const server = await serve(t, [sequence(hold(door), answer('finished'))], { config })
  const asked = server.client.ask()
  await door.reached(1)
  t.match(JSON.parse((await tell(server, 'a', 'drain')).text), { status: 'drained', active: 1 })
  door.release()
  t.match(await asked, { status: 200, text: /finished/ })
})

t.test('a call that waits for a slot gives up at once when its only provider is drained', async t => {
  const door = gate()
  const entries = [{ max_concurrent: 1 }]
  const server = await serve(t, [sequence(hold(door), answer())], { config, entries })
  const first = server.client.ask()
  await door.reached(1)
  const second = server.client.ask()
  const waiting = async () => (await server.client.get('/metrics', asOperator)).text
  await until(async () => (await waiting()).includes('\nhulumanage_queue_waiting 1\n'))
  await tell(server, 'a', 'drain')
  t.equal((await second).status, 503)
  door.release()
  t.equal((await first).status, 200)
})

t.test('a model that only a drained provider serves is an error that says so', async t => {
  const entries = [{ models: ['m'] }, { models: ['other'] }]
  const server = await serve(t, [answer(), answer()], { config, entries })
  await tell(server, 'a', 'drain')
  const refused = await server.client.ask({ model: 'm' })
  t.equal(refused.status, 503)
  t.match(errorIn(refused), {
    code: 'no_healthy_upstream',
    message:
      'The only provider for "m" is drained (a): an operator has taken it out of service. POST /providers/a/resume ends that',
  })
  t.equal(refused.headers['x-should-retry'], 'false')
  t.equal((await server.client.ask({ model: 'other' })).status, 200)
  t.equal((await server.client.ask({ model: 'nobody has it' })).status, 404)
})

t.test('weight 0 steps in for a drained provider', async t => {
  const server = await serve(t, [answer(), answer()], { config, entries: [{}, { weight: 0 }] })
  await server.client.ask()
  await tell(server, 'a', 'drain')
  t.equal((await server.client.ask()).status, 200)
  t.same(server.received, [1, 1])
})

t.test(
  '/health, the metrics and the log show a drain; a server that is drained whole is unhealthy',
  async t => {
    const server = await serve(t, [answer(), answer()], { config })
    await tell(server, 'b', 'drain')
    const health = async () => {
      const { status, text } = await server.client.get('/health')
      return { http: status, ...(JSON.parse(text) as object) }
    }
    t.match(await health(), {
      http: 200,
      status: 'healthy',
      providers: {
        status: 'healthy',
        total: 2,
        healthy: 1,
        drained: 1,
        providers: { a: 'healthy', b: 'drained' },
      },
    })
    const { text } = await server.client.get('/metrics', asOperator)
    t.match(text, '\nhulumanage_provider_drained{provider="a"} 0\n')
    t.match(text, '\nhulumanage_provider_drained{provider="b"} 1\n')
    t.match(text, '\nhulumanage_provider_up{provider="b"} 1\n', 'it works')
    await tell(server, 'b', 'drain')
    await tell(server, 'a', 'drain')
    t.match(await health(), { http: 503, status: 'unhealthy' })
    await tell(server, 'b', 'resume')
    t.match(await health(), { http: 200 })
    const said = server.log.map(line => JSON.parse(line) as { msg: string; provider?: string; by?: string })
    t.match(
      said
        .filter(({ msg }) => /^provider (?:drained|resumed)/.test(msg))
        .map(({ provider, by }) => [provider, by]),
      [
        ['b', 'olga'],
        ['a', 'olga'],
        ['b', 'olga'],
      ],
      'once for each change',
    )
  },
)

t.test('a drain outlasts reloads, even of its own provider', async t => {
  const options: ServeOptions = { config }
  const server = await serve(t, [answer(), answer()], options)
  await tell(server, 'a', 'drain')
  const reload = server.reloader()
  writeConfig(t, configText(server.fakes, { ...options, entries: [{ max_concurrent: 7 }] }))
  reload()
  t.equal(server.composition.currentConfig.value.providers[0]!.max_concurrent, 7)
  await server.client.ask()
  t.same(server.received, [0, 1])
})

t.test('only operators drain: not a key of api_keys, nor a user', async t => {
  const ann = { name: 'ann', key: 'the-key-of-ann-who-asks' }
  const plain = await serve(t, [answer()], { config: { clients: [ann] } })
  for (const key of [canaries.client, ann.key]) {
    const refused = await tell(plain, 'a', 'drain', { authorization: `Bearer ${key}` })
    t.match({ status: refused.status, code: errorIn(refused).code }, { status: 403, code: 'not_allowed' })
  }
  t.equal(await plain.status('a'), 'healthy')
})

t.test(
  'a server on this machine that asks for no key lets anyone there drain, but no page of another site',
  async t => {
    const server = await serve(t, [answer()], { config: { api_keys: [] } })
    const fromElsewhere = { authorization: '', origin: 'https://elsewhere.example' }
    t.equal((await tell(server, 'a', 'drain', fromElsewhere)).status, 403)
    t.match(JSON.parse((await tell(server, 'a', 'drain')).text), { status: 'drained', drained: { by: null } })
  },
)

t.test('what cannot be drained is an error that says why', async t => {
  const off = { name: 'off', base_url: 'https://off.example/v1', enabled: false }
  const server = await serve(t, [answer()], { config, more: [off] })
  const unknown = await tell(server, 'b', 'drain')
  t.equal(unknown.status, 404)
  t.match(errorIn(unknown), { message: 'There is no provider "b"; known are a' })
  t.match(errorIn(await tell(server, 'off', 'drain')), { message: /switched off in the configuration/ })
})
