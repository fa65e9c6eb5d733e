import fastifyPlugin from 'fastify-plugin'
import t from 'tap'
import { CurrentConfig } from '../../src/config/current.ts'
import { configSchema } from '../../src/config/schema.ts'
import { register, rehearse } from '../../src/registry/boot.ts'
import type { App } from '../../src/registry/host.ts'
import { newHost } from './host.ts'

const limit = 5000

t.test('a plugin may finish at once, with a promise or with a callback', async t => {
  const app = newHost(t)
  await register(app, (inner: App) => void inner.get('/once', () => '1'), limit)
  await register(app, async (inner: App) => void inner.get('/promise', () => '2'), limit)
  await register(
    app,
    (inner, _options, done) => {
      inner.get('/callback', () => '3')
      process.nextTick(done)
    },
    limit,
  )
  const bodies = ['/once', '/promise', '/callback'].map(async url => (await app.inject(url)).body)
  t.same(await Promise.all(bodies), ['1', '2', '3'])
})

t.test('a plugin made with fastify-plugin affects all routes; any other only its own', async t => {
  const app = newHost(t)
  app.get('/', () => 'ok')
  await register(app, fastifyPlugin(stamp('x-all')), limit)
  await register(app, stamp('x-own'), limit)
  const { headers } = await app.inject('/')
  t.equal(headers['x-all'], 'yes')
  t.notOk(headers['x-own'])
})

t.test('a rehearsal sees what earlier plugins have added', async t => {
  const app = newHost(t)
  await register(
    app,
    fastifyPlugin(async (inner: App) => void inner.decorate('earlier', 42), { name: 'earlier' }),
    limit,
  )
  let seen: unknown
  const later = fastifyPlugin(
    async (inner: App) => {
      seen = Reflect.get(inner, 'earlier')
    },
    { name: 'later', dependencies: ['earlier'], decorators: { fastify: ['earlier', 'steps'] } },
  )
  await rehearse(app, later, limit)
  t.equal(seen, 42)
})

t.test('a rehearsal leaves nothing on the server and closes what it opened', async t => {
  const currentConfig = new CurrentConfig(configSchema.parse({}))
  const app = newHost(t, currentConfig)
  const calls: string[] = []
  const plugin = async (inner: App): Promise<void> => {
    inner.get('/rehearsed', () => '')
    inner.healthSections.set('rehearsed', () => 1)
    inner.currentConfig.subscribe(() => calls.push('reload'))
    inner.addHook('onReady', async () => void calls.push('ready'))
    inner.addHook('onClose', async () => void calls.push('close'))
  }
  await rehearse(app, plugin, limit)
  currentConfig.replace(currentConfig.value)
  t.same(calls, ['ready', 'close'])
  t.same([...app.healthSections.keys()], [])
  t.equal((await app.inject('/rehearsed')).statusCode, 404)
})

t.test('a failed registration does not end the boot, even inside another plugin', async t => {
  const app = newHost(t)
  app.register(async inner => {
    await register(inner, twice, limit)
    await t.rejects(register(inner, twice, limit), { code: 'FST_ERR_DUPLICATED_ROUTE' })
  })
  t.equal((await app.inject('/twice')).body, 'first')
})

async function twice(app: App): Promise<void> {
  app.get('/twice', () => 'first')
}

function stamp(header: string) {
  return async (app: App): Promise<void> => {
    app.addHook('onSend', async (_request, reply) => void reply.header(header, 'yes'))
  }
}
