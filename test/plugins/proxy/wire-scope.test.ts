// The scope of a verdict, from what a provider sends to who is refused: `scope.test.ts` begins at the verdict.
import t from 'tap'
import fc from 'fast-check'
import type { ProviderState } from '../../../plugins/proxy/state/provider-state.ts'
import { ask, callOf } from '../../call.ts'
import { answer, error } from '../../fake-provider.ts'
import type { Action, FakeProvider } from '../../fake-provider.ts'
import { faults } from '../../fake-provider/faults.ts'
import { proxyOver } from './proxy.ts'

const models = ['m', 'n', 'o']
const keys = ['sk-one', 'sk-two', 'sk-three']

/** The most that an outcome may be held against; `counted`: only if it happens again. */
type Scope = 'nobody' | 'counted' | 'model' | 'key for the model' | 'key'

const said = (status: number, message: string, more: object = {}) =>
  error(status, { error: { message, ...more } })
const limited = (retryAfter: string) => error(429, undefined, { 'retry-after': retryAfter })

const outcomes: readonly (readonly [scope: Scope, action: Action])[] = [
  ...[400, 405, 413, 415, 422, 501].map(status => ['nobody', error(status)] as const),
  ['nobody', said(403, 'Your input was flagged', { code: 'content_filter' })],
  ['nobody', said(502, 'This content was flagged for possible cybersecurity risk')],
  ['nobody', said(400, "Invalid 'tools[0].name': 'API key expired' does not match")],
  ['nobody', said(402, 'You requested up to 65536 tokens, but can only afford 3000.')],
  ['nobody', said(503, 'Your request was flagged as abnormal traffic')],
  ['nobody', said(400, '您的输入“手机欠费了怎么办”包含敏感内容', { code: '1301' })],
  ['nobody', said(400, 'No models provided', { code: 400 })],
  ['nobody', said(404, 'No endpoints found that support tool use')],
  ['nobody', said(429, 'Request too large for m on tokens per min (TPM): Limit 30000, Requested 50123')],
  ...[404, 410].map(status => ['model', said(status, 'x', { code: 'model_not_found' })] as const),
  ['model', said(400, 'Model Not Exist')],
  ['model', said(403, 'Project does not have access', { code: 'model_not_found' })],
  ['model', error(529, undefined, { 'retry-after': '7200' })],
  ['model', error(503, undefined, { 'retry-after': 'Wed, 21 Oct 2099 07:28:00 GMT' })],
  ...['', 'soon', '-5', '0', '0.2', '30', '86400', 'Wed, 21 Oct 2015 07:28:00 GMT'].map(
    value => ['key for the model', limited(value)] as const,
  ),
  ['key for the model', said(429, 'Rate limit exceeded: free-models-per-day', { code: 429 })],
  ['key', error(401)],
  ['key', error(402)],
  ['key', said(400, 'API key not valid. Please pass a valid API key.', { status: 'INVALID_ARGUMENT' })],
  ['key', said(403, 'Key limit exceeded (total limit)', { code: 403 })],
  ['key', said(429, 'You exceeded your current quota', { code: 'insufficient_quota' })],
  ...[403, 407, 408, 409, 421, 424, 425, 451, 498, 499, 500, 502, 503, 504, 524, 529].map(
    status => ['counted', error(status)] as const,
  ),
  ...Object.values(faults)
    .flatMap(kind => Object.values(kind))
    .map(action => ['counted', action] as const),
]

const step = fc.record({
  model: fc.constantFrom(...models),
  caller: fc.constantFrom('ann', 'bob', 'cem'),
  outcome: fc.constantFrom(...outcomes),
})

/** The paths that have been charged so far. */
class Charges {
  readonly #models = new Set<string>()
  readonly #keys = new Set<string>()

  add(scope: Scope, key: string, model: string): void {
    if (scope === 'counted' || scope === 'model') this.#models.add(model)
    if (scope === 'key for the model') this.#keys.add(`${key} ${model}`)
    if (scope === 'key') for (const each of models) this.#keys.add(`${key} ${each}`)
  }

  /** Whether a key is left with which nothing has gone wrong for the model, which is not one of several that failed. */
  leaves(model: string): boolean {
    const isFree = keys.some(key => !this.#keys.has(`${key} ${model}`))
    return isFree && !this.#models.has(model) && this.#models.size < 2
  }
}

const keyOf = ({ headers }: FakeProvider['requests'][number]) =>
  String(headers['authorization']).replace('Bearer ', '')

const serves = (state: ProviderState, model: string) =>
  state.admits(model, performance.now()) && (state.keys?.usable(performance.now(), model) ?? 0) > 0

t.test('whatever a provider sends, nobody is refused what an untouched path could serve', async t => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), async steps => {
      const config = { routing: { health_check: { enabled: false } } }
      const { fakes, pool, send } = await proxyOver(t, [answer('ok')], config, [{ api_keys: keys }])
      const [fake] = fakes as [FakeProvider]
      const { state } = pool.get('a')!
      const charges = new Charges()
      for (const [index, { model, caller, outcome }] of steps.entries()) {
        const [scope, action] = outcome
        const before = fake.requests.length
        fake.script([action])
        await send(ask('hello', { model }), callOf(`${caller}-${index}`)).then(
          reply => reply.text(),
          () => {},
        )
        const first = fake.requests[before]
        if (first) charges.add(scope, keyOf(first), model)
        for (const asked of models) if (charges.leaves(asked) && !serves(state, asked)) return false
      }
      fake.script(answer('ok'))
      for (const model of models.filter(asked => charges.leaves(asked)))
        if ((await (await send(ask('hello', { model }))).text()) !== 'ok') return false
      // Whatever a service asks for, it is asked again within a minute, unless all of its keys are dead.
      const isDead = steps.some(({ outcome: [scope] }) => scope === 'key')
      const until = performance.now() + 60_000
      return isDead || models.every(model => state.breaker.availableAt(model) <= until)
    }),
    { numRuns: 40 },
  )
})
