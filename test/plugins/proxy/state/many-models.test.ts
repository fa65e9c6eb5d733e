import t from 'tap'
import { Breaker } from '../../../../plugins/proxy/state/breaker.ts'
import { ModelCircuits } from '../../../../plugins/proxy/state/model-circuits.ts'
import { AttemptFailure } from '../../../../src/attempt/failure.ts'

/** Models that a breaker may remember: clients can ask for any name. */
const most = 1_000
const names = Array.from({ length: 5 * most }, (_, index) => `made-up-${index}`)

for (const blame of ['model', 'limited'] as const) {
  t.test(`of thousands of models that fail, few are remembered, the latest among them: ${blame}`, async t => {
    const breaker = new Breaker({ threshold: 3, cooldownMs: 5_000, maxCooldownMs: 20_000, slowStartMs: 0 })
    const failure = new AttemptFailure('upstream_error', 'failed', {
      provider: 'p',
      blame,
      upstreamStatus: blame === 'limited' ? 429 : 404,
      retryAfter: 30,
    })
    for (const [index, model] of names.entries())
      breaker.failed(failure, { requestId: `r${index}`, model, target: model, probe: false }, index)
    const now = names.length
    const out = names.filter(model => breaker.availableAt(model) > now)
    t.ok(out.length > 0 && out.length <= most, `${out.length} are out`)
    t.ok(out.includes(names.at(-1)!))
  })
}

t.test('of thousands of models that are out for failures, few are remembered, the latest too', async t => {
  const pauses = { firstMs: 60_000, longestMs: 60_000 }
  const [own, told] = [new ModelCircuits(), new ModelCircuits()]
  for (const [index, model] of names.entries()) {
    // Failures of one request alone are not conclusive.
    for (const requestId of [`a${index}`, `b${index}`])
      own.failed({ requestId, model, target: model, probe: false }, 2, pauses, index)
  }
  const [notice] = Object.values(own.notice(names.length))
  for (const model of names) told.adopt({ [model]: notice! }, names.length)
  for (const circuits of [own, told]) {
    const out = names.filter(model => circuits.openUntil(model) > names.length)
    t.ok(out.length > 0 && out.length <= most, `${out.length} are out`)
    t.ok(out.includes(names.at(-1)!))
  }
})

for (const blame of ['model', 'limited', 'failing'] as const) {
  t.test(`thousands of endpoints that fail do not end the rest of a model: ${blame}`, async t => {
    const breaker = new Breaker({ threshold: 3, cooldownMs: 5_000, maxCooldownMs: 20_000, slowStartMs: 0 })
    const failure = new AttemptFailure('upstream_error', 'failed', { provider: 'p', blame, retryAfter: 30 })
    let count = 0
    const fail = (target: string, endpoint?: string) =>
      breaker.failed(failure, { requestId: `r${count++}`, model: 'm', target, endpoint, probe: false }, 0)
    for (let failed = 0; failed < 3; failed++) fail('m')
    for (const name of names) fail(`GET /uploads/${name}`, `GET /uploads/${name}`)
    for (const name of names) fail(`${name} (POST /embeddings)`, 'POST /embeddings')
    const { models, rests } = breaker.notice(1)
    t.ok(blame === 'failing' ? models['m']?.cause : rests['m'])
    const all = Object.keys(blame === 'failing' ? models : rests)
    t.ok(all.length <= most, `${all.length} are remembered`)
  })
}
