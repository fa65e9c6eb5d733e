import t from 'tap'
import fc from 'fast-check'
import { withAffinity } from '../../../../plugins/proxy/selection/affinity.ts'
import { strategies } from '../../../../plugins/proxy/selection/strategies.ts'
import type { ChatRequest } from '../../../../src/contract/index.ts'
import type { ProviderCandidate } from '../../../../src/contract/strategy.ts'
import { ask, callOf } from '../../../call.ts'
import { answer, error, gate } from '../../../fake-provider.ts'
import { proxyOver, received } from '../proxy.ts'

const candidates = (weights: readonly number[]): ProviderCandidate[] =>
  weights.map((weight, order) => ({
    name: `p${order}`,
    weight,
    share: 1,
    order,
    active: 0,
    rateLeft: 1,
    latencyMs: () => undefined,
    price: () => undefined,
  }))

/** The provider of a session. */
function providerOf(session: string, among: readonly ProviderCandidate[]): string {
  const request = ask('x', { user: session })
  return withAffinity(strategies['weighted']!, 'user', request, callOf()).pick(among, new Map(), {
    model: 'm',
    streams: false,
    promptTokens: 1,
    answerTokens: 1,
  }).name
}

const sessions = Array.from({ length: 2_000 }, (_, index) => `session-${index}`)

t.test('each provider has its share of the sessions', async t => {
  const counts = [0, 0, 0]
  for (const session of sessions) counts[Number(providerOf(session, candidates([5, 3, 2])).slice(1))]! += 1
  for (const [order, share] of [1_000, 600, 400].entries())
    t.ok(Math.abs(counts[order]! - share) < 120, `${counts[order]} of ${share}`)
})

t.test('when a provider leaves or comes, only its own sessions move', async () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), fc.nat(4), (session, leaving) => {
      const all = candidates([1, 2, 3, 1, 1])
      const before = providerOf(session, all)
      const after = providerOf(
        session,
        all.filter(({ order }) => order !== leaving),
      )
      return before === after || before === `p${leaving}`
    }),
  )
})

const routing = (affinity: 'prompt_cache_key' | 'x-session-id' | 'user' | 'prefix') => ({
  routing: { affinity },
})
const sorted = (counts: readonly number[]) => counts.toSorted((one, other) => one - other)
const three = [answer(), answer(), answer()]

t.test('calls with the same value of the field go to one provider', async t => {
  for (const field of ['prompt_cache_key', 'user'] as const) {
    const { fakes, send } = await proxyOver(t, three, routing(field))
    for (let call = 0; call < 6; call++) await send(ask(`question ${call}`, { [field]: 'session-1' }))
    t.strictSame(sorted(received(fakes)), [0, 0, 6], field)
  }
})

t.test('calls with the same session header go to one provider', async t => {
  const { fakes, send } = await proxyOver(t, three, routing('x-session-id'))
  for (let call = 0; call < 6; call++)
    await send(ask(`${call}`), callOf(`r${call}`, { clientHeaders: { 'x-session-id': 'session-1' } }))
  t.strictSame(sorted(received(fakes)), [0, 0, 6])
})

t.test('a conversation that grows stays at one provider, and others spread', async t => {
  const { fakes, send } = await proxyOver(t, three, routing('prefix'))
  const messages: ChatRequest['messages'] = [
    { role: 'system', content: 'be brief' },
    { role: 'user', content: 'hello' },
  ]
  const turn = [{ role: 'assistant', content: 'hi' } as const, { role: 'user', content: 'more' } as const]
  for (let turns = 0; turns < 4; turns++)
    await send({ model: 'm', messages: [...messages, ...Array.from({ length: turns }, () => turn).flat()] })
  t.strictSame(sorted(received(fakes)), [0, 0, 4])
  for (let other = 0; other < 20; other++) await send(ask(`conversation ${other}`, { model: 'm' }))
  t.ok(received(fakes).every(count => count > 0))
})

t.test('the beginning of a conversation is digested once, however often its calls are routed', async t => {
  let reads = 0
  const request = Object.defineProperty(ask('the question'), 'tools', { get: () => void reads++ })
  for (let routed = 0; routed < 3; routed++)
    withAffinity(strategies['weighted']!, 'prefix', request, callOf())
  t.equal(reads, 1)
})

t.test('all calls of an approach belong to the session of their request', async t => {
  const { fakes, send } = await proxyOver(t, three, routing('prefix'))
  const asked = ask('the question')
  for (const text of ['a draft', 'a grade', 'another grade', 'a last word'])
    await send(ask(text), callOf('r', { asked }))
  t.strictSame(sorted(received(fakes)), [0, 0, 4])
})

t.test('requests without a session follow the strategy', async t => {
  const { fakes, send } = await proxyOver(t, three, routing('prompt_cache_key'))
  for (let call = 0; call < 6; call++) await send(ask('same'))
  t.strictSame(received(fakes), [2, 2, 2])
})

t.test('a session moves on when its provider fails or is full', async t => {
  const { fakes, send } = await proxyOver(t, [error(500), error(500), answer()], routing('user'))
  for (let call = 0; call < 4; call++) await send(ask('x', { user: `session-${call}` }))
  t.equal(received(fakes)[2], 4)

  const open = gate()
  const held = async () => {
    await open.pass()
    return answer()
  }
  const full = await proxyOver(t, [held, held], routing('user'), [
    { max_concurrent: 1 },
    { max_concurrent: 1 },
  ])
  const both = [send, send].map(() => full.send(ask('x', { user: 'session-1' })))
  await Promise.all(full.fakes.map(fake => fake.waitFor(1)))
  open.release()
  await Promise.all(both)
  t.strictSame(received(full.fakes), [1, 1])
})
