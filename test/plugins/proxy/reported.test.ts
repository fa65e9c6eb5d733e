// Reports about the routing of other servers, each tried on this one.
import t from 'tap'
import { Breaker } from '../../../plugins/proxy/state/breaker.ts'
import { AttemptFailure } from '../../../src/attempt/failure.ts'
import type { Blame } from '../../../src/attempt/failure.ts'
import { ask } from '../../call.ts'
import { answer, error, reset, stream } from '../../fake-provider.ts'
import type { Action } from '../../fake-provider.ts'
import { eventsOf as messageEvents, eventStream } from '../../fake-messages.ts'
import { eventsOf as responseEvents, responseOf, said } from '../../fake-responses.ts'
import { serve } from '../../matrix/serve.ts'
import { proxyOver, received } from './proxy.ts'
import { cut, readFrom } from './recovery/broken.ts'

const inOrder = { routing: { strategy: 'failover' } } as const

// https://github.com/vava-nessa/free-coding-models/issues/148, https://github.com/0xNatoshi/jev-codex-router/issues/7,
// https://github.com/agentgateway/agentgateway/issues/1500 (no header says how long to wait)
for (const status of [402, 408, 409, 425, 429, 529]) {
  t.test(`${status} of one provider is not the answer while another has one`, async t => {
    const { fakes, send } = await proxyOver(t, [error(status), answer('from b')], inOrder)
    t.equal(await (await send()).text(), 'from b')
    t.strictSame(received(fakes), [1, 1])
  })
}

// https://github.com/BerriAI/litellm/pull/42450, https://github.com/BerriAI/litellm/issues/3274
t.test('nobody waits while another provider can take over, whatever the first asks for', async t => {
  const pauses: number[] = []
  const pacing = { random: () => 0, pause: async (milliseconds: number) => void pauses.push(milliseconds) }
  const limited = error(429, undefined, { 'retry-after': '47' })
  const { fakes, send } = await proxyOver(t, [limited, error(503), answer('from c')], inOrder, [], pacing)
  t.equal(await (await send()).text(), 'from c')
  t.strictSame(pauses, [])
  t.strictSame(received(fakes), [1, 1, 1])
})

// https://github.com/voidmind-io/voidllm/pull/185
t.test('a probe that ends with a limit neither proves a provider well nor locks it out', t => {
  const breaker = new Breaker({ threshold: 3, cooldownMs: 5_000, maxCooldownMs: 20_000, slowStartMs: 0 })
  const fail = (blame: Blame, now: number, probe: boolean) => {
    const status = blame === 'limited' ? 429 : 500
    const failure = new AttemptFailure('upstream_error', 'x', {
      provider: 'p',
      blame,
      upstreamStatus: status,
      retryAfter: 1,
    })
    breaker.failed(failure, { requestId: `r${now}`, model: 'm', target: 'm', probe }, now)
  }
  for (const now of [0, 1, 2]) fail('failing', now, false)
  t.equal(breaker.admits('m', 3), 'no')
  const due = breaker.availableAt('m')
  t.equal(breaker.admits('m', due), 'probe')
  breaker.beginProbe('m')
  fail('limited', due, true)
  const later = Math.max(breaker.availableAt('m'), due + 1_000)
  t.equal(breaker.admits('m', later), 'probe', 'it is tried again, as a provider in doubt')
  t.end()
})

// https://github.com/BerriAI/litellm/issues/29808
t.test(
  'a stream that breaks amid the text is finished by its own provider if it is the only one',
  async t => {
    const whole = ['one ', 'two ', 'three']
    const { text, error: broken, fakes } = await readFrom(t, [[cut('one ', 'two '), stream(whole)]])
    t.equal(broken, undefined)
    t.equal(text, whole.join(''))
    t.strictSame(received(fakes), [2])
  },
)

// https://github.com/QuantumNous/new-api/issues/4544, https://github.com/Kong/kong/issues/8948
t.test('a session whose provider fails goes to another one in the same request, and stays there', async t => {
  const routing = { affinity: 'user' } as const
  const { fakes, send } = await proxyOver(t, [answer('ok'), answer('ok'), answer('ok')], { routing })
  const session = ask('x', { user: 'olga' })
  await (await send(session)).text()
  const own = received(fakes).indexOf(1)
  fakes[own]!.script(error(401))
  for (let turn = 0; turn < 4; turn += 1) t.equal(await (await send(session)).text(), 'ok')
  t.equal(fakes[own]!.requests.length, 2, 'it is asked until it fails')
  const others = received(fakes).filter((_, index) => index !== own)
  t.strictSame(
    others.toSorted((one, other) => one - other),
    [0, 4],
    'one other has the whole session',
  )
})

// https://github.com/traefik/traefik/issues/8157
t.test('no session is bound to a provider of weight 0', async t => {
  const routing = { affinity: 'user' } as const
  const { fakes, send } = await proxyOver(t, [answer(), answer()], { routing }, [{ weight: 0 }])
  for (let user = 0; user < 30; user += 1) await (await send(ask('x', { user: `user-${user}` }))).text()
  t.strictSame(received(fakes), [0, 30])
})

// https://github.com/kgateway-dev/kgateway/issues/11116
t.test('a retry goes down the priorities, not to the first rank again', async t => {
  const ranks = [{ priority: 1 }, { priority: 1 }, { priority: 2 }, { priority: 3 }]
  const scripts = [error(429), error(500), error(503), answer('from d')]
  const { fakes, send } = await proxyOver(t, scripts, {}, ranks)
  t.equal(await (await send()).text(), 'from d')
  t.strictSame(received(fakes), [1, 1, 1, 1])
})

// https://github.com/higress-group/higress/issues/2159
t.test('a provider whose keys are all limited is followed by another in the same request', async t => {
  const limited = error(429, undefined, { 'retry-after': '30' })
  const entries = [{ api_keys: ['sk-one', 'sk-two'] }]
  const { fakes, send } = await proxyOver(t, [limited, answer('from b')], inOrder, entries)
  for (let call = 0; call < 3; call += 1) t.equal(await (await send()).text(), 'from b')
  const keys = fakes[0]!.requests.map(({ headers }) => headers['authorization'])
  t.equal(new Set(keys).size, keys.length, `each key is asked once at most: ${keys.join(', ')}`)
})

// https://github.com/BerriAI/litellm/pull/40718
t.test('calls beyond all rate limits are a 429 that says when to come back, not a fault', async t => {
  const entries = [{ rate_limit: { rpm: 1 } }, { rate_limit: { rpm: 1 } }]
  const more = { ...inOrder, queue: { timeout: 1 } }
  const { send } = await proxyOver(t, [answer(), answer()], more, entries)
  await (await send()).text()
  await (await send()).text()
  const refusal = (await send().catch((refused: unknown) => refused)) as { retryAfter: number }
  t.match(refusal, { code: 'rate_limit_exceeded', status: 429 })
  t.ok(refusal.retryAfter > 0 && refusal.retryAfter <= 62, `${refusal.retryAfter} s`)
})

// https://github.com/QuantumNous/new-api/issues/3142
t.test('a response that fails before its first output has the status of an error', async t => {
  const [created = ''] = responseEvents(responseOf([said('Hello')]))
  const failed = {
    type: 'response.failed',
    sequence_number: 1,
    response: { ...responseOf([]), status: 'failed', error: { code: 'server_error', message: 'overloaded' } },
  }
  const script = eventStream(created, `event: response.failed\ndata: ${JSON.stringify(failed)}\n\n`)
  const entries = [{ api: 'responses' }, { api: 'responses' }] as const
  const server = await serve(t, [script, script], { entries })
  const heard = await server.client.post('/v1/responses', { model: 'm', stream: true, input: 'Hi' })
  t.ok(heard.status >= 500, `${heard.status}`)
  t.match(JSON.parse(heard.text), { error: { code: /^upstream_/ } })
})

// https://github.com/maximhq/bifrost/issues/5395
t.test('a response that fails before its first output fails over, relayed and translated', async t => {
  const [created = '', ...rest] = responseEvents(responseOf([said('Hello')]))
  const begun = { ...responseOf([]), status: 'failed' }
  const failures = [
    { type: 'error', code: 'insufficient_quota', message: 'You exceeded your current quota', param: null },
    {
      type: 'response.failed',
      response: { ...begun, error: { code: 'rate_limit_exceeded', message: 'No' } },
    },
  ]
  const entries = [{ api: 'responses' }, { api: 'responses' }] as const
  const right = eventStream(created, ...rest)
  for (const failure of failures) {
    const event = `event: ${failure.type}\ndata: ${JSON.stringify({ ...failure, sequence_number: 1 })}\n\n`
    for (const [path, body] of [
      ['/v1/responses', { model: 'm', input: 'Hi' }],
      ['/v1/chat/completions', { model: 'm', messages: [{ role: 'user', content: 'Hi' }] }],
    ] as const) {
      const server = await serve(t, [eventStream(created, event), right], { entries, config: inOrder })
      const heard = await server.client.post(path, { ...body, stream: true })
      t.match(heard, { status: 200, text: /Hello/ }, path)
      t.notMatch(heard.text, /quota|rate_limit/)
      t.strictSame(server.received, [1, 1])
    }
  }
})

// https://github.com/mlflow/mlflow/pull/25268
const unstarted: Readonly<Record<string, Action>> = {
  'is refused': error(500),
  'is reset': reset(),
  'begins and tells an error': eventStream(
    'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}\n\n',
  ),
}
for (const [what, script] of Object.entries(unstarted)) {
  t.test(`a relayed stream that ${what} fails over before its client sees it`, async t => {
    const right = eventStream(...messageEvents('Hello'))
    const entries = [{ type: 'anthropic' }, { type: 'anthropic' }]
    const server = await serve(t, [script, right], { entries, config: inOrder })
    const body = { model: 'm', stream: true, max_tokens: 9, messages: [{ role: 'user', content: 'Hi' }] }
    const { status, text } = await server.client.post('/v1/messages', body)
    t.equal(status, 200)
    t.match(text, /message_stop/)
    t.notMatch(text, /rror/)
    t.strictSame(server.received, [1, 1])
  })
}

t.test('the last error of a provider is told after it has succeeded again, beside its failures', async t => {
  const server = await serve(t, [[error(500), answer('fine')]], { config: { ledger: { enabled: false } } })
  await server.client.ask()
  await server.client.ask()
  t.match(await server.providers(), [
    { status: 'healthy', requests: 2, failures: 1, last_error: 'upstream_error (status 500)', resting: null },
  ])
})

t.test('a provider that rests tells since when and why', async t => {
  const script = [error(401), answer('fine')] as const
  const server = await serve(t, script, { config: { ...inOrder, ledger: { enabled: false } } })
  await server.client.ask()
  const [a, b] = (await server.providers()) as readonly [object, object]
  t.match(a, { status: 'unhealthy', resting: { since: /^20.*Z$/, reason: 'key', model: null } })
  t.match(b, { status: 'healthy', resting: null })
})
