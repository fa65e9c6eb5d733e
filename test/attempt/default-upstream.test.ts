import t from 'tap'
import { CurrentConfig } from '../../src/config/current.ts'
import { configSchema } from '../../src/config/schema.ts'
import { builtInKinds } from '../../src/providers/kinds.ts'
import { createDefaultUpstream } from '../../src/attempt/default-upstream.ts'
import { ask, callOf } from '../call.ts'
import { answer, blackHole, error, fakeProvider, json } from '../fake-provider.ts'
import { serve } from '../matrix/serve.ts'

const kinds = {
  get: (name: string) => builtInKinds.find(kind => kind.name === name),
  values: () => builtInKinds,
}

t.test('a reload that changes only the connect timeout reaches the default upstream', async t => {
  const base_url = await blackHole(t)
  const withConnect = (connect: number) => configSchema.parse({ base_url, timeouts: { connect } })
  const currentConfig = new CurrentConfig(withConnect(3600))
  const { upstream, close } = createDefaultUpstream(currentConfig, kinds)
  t.teardown(close)
  currentConfig.replace(withConnect(0.02))
  await t.rejects(upstream(ask(), callOf()), { code: 'upstream_timeout', message: /connect/ })
})

t.test('attempts at the default upstream are in the trace and in the debug log', async t => {
  // The provider fails one branch of the chain: the one that repeats the question.
  const fake = await fakeProvider(t, ({ request }) =>
    request.text.includes('once more') ? error(500) : answer('42'),
  )
  const served = await serve(t, [], { config: { base_url: fake.url, api_key: 'sk-test' } })
  const answered = await served.client.ask({ model: 're2|leap-gpt-4', hulumanage_trace: true })
  const { hulumanage_trace: trace } = JSON.parse(answered.text) as { hulumanage_trace: unknown }
  t.match(
    JSON.stringify(trace),
    /"attempts":\[\{"provider":"default","outcome":"upstream_error","ms":\d+\}\]/,
  )
  const logged = served.log.map(line => JSON.parse(line) as Record<string, unknown>)
  const attempts = logged.filter(({ msg }) => msg === 'attempt')
  t.equal(attempts.length, fake.requests.length, 'each attempt has a line')
  t.match(attempts, [{ level: 20, attempt: { reason: 'default upstream', provider: 'default' } }])
})

t.test('the models that the default upstream lists are those of the server', async t => {
  const fake = await fakeProvider(t)
  fake.scriptModels(json({ data: [{ id: 'llama3:8b' }, { id: 'qwen3:4b' }] }))
  const served = await serve(t, [], { config: { base_url: fake.url } })
  for (let time = 1; time <= 2; time++) {
    const { text } = await served.client.get('/v1/models')
    t.match(JSON.parse(text), { data: [{ id: 'llama3:8b', owned_by: 'default' }, { id: 'qwen3:4b' }] })
  }
  t.equal(fake.checks.length, 1, 'it is asked once')
  const { text } = await served.client.get('/v1/models/qwen3:4b')
  t.match(JSON.parse(text), { id: 'qwen3:4b' })
})

t.test('a default upstream without a list of models lists none, and answers calls', async t => {
  const fake = await fakeProvider(t)
  fake.scriptModels(error(404))
  const served = await serve(t, [], { config: { base_url: fake.url } })
  t.match(JSON.parse((await served.client.get('/v1/models')).text), { data: [] })
  t.equal((await served.client.ask({ model: 'm' })).status, 200)
})

t.test('a call keeps the limits of the configuration that its request began with', async t => {
  const { url: base_url } = await fakeProvider(t, answer('an answer of some length'))
  const began = configSchema.parse({ base_url })
  const currentConfig = new CurrentConfig(began)
  const { upstream, close } = createDefaultUpstream(currentConfig, kinds)
  t.teardown(close)
  currentConfig.replace({ ...began, limits: { ...began.limits, response_bytes: 10 } })
  const reply = await upstream(ask(), callOf('running', { config: began }))
  t.equal(await reply.text(), 'an answer of some length')
  await t.rejects(upstream(ask(), callOf('new', { config: currentConfig.value })), {
    code: 'upstream_too_large',
  })
})
