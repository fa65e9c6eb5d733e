import { getEventListeners } from 'node:events'
import { setImmediate as turn } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import t from 'tap'
import type { Test } from 'tap'
import type { Reply } from '../../../../src/contract/index.ts'
import { ask, callOf } from '../../../call.ts'
import type { TestCall } from '../../../call.ts'
import { answer, error, gate, head, hold, reset, sequence, stream, write } from '../../../fake-provider.ts'
import type { Action } from '../../../fake-provider.ts'
import { until } from '../../../matrix/serve.ts'
import { proxyOver } from '../proxy.ts'

const routing = { strategy: 'failover', hedge: { after: 1, budget: 0.5 } }
const begun = head(200, { 'content-type': 'text/event-stream' })
const event = (delta: object) => write(`data: ${JSON.stringify({ ...chunk, choices: [choice(delta)] })}\n\n`)
const chunk = { id: 'x', object: 'chat.completion.chunk', created: 1, model: 'm' }
const choice = (delta: object) => ({ index: 0, delta, finish_reason: null })

/** Providers by the phase of an answer that they reach. */
const providers: Readonly<Record<string, Action>> = {
  silent: hold(),
  'only a head': sequence(begun, hold()),
  'only a role': sequence(begun, event({ role: 'assistant', content: '' }), hold()),
  'stops after a word': sequence(begun, event({ content: 'word ' }), hold()),
  'breaks after a word': sequence(begun, event({ content: 'word ' }), reset()),
  fails: error(500),
  refuses: error(400),
  answers: stream(['a', ' whole', ' answer']),
}

/** Clients by the moment at which they leave; `begin` is called when the hedge may begin. */
const clients: Readonly<Record<string, Client>> = {
  'leaves before the hedge': { begin: call => call.controller.abort() },
  'leaves soon after the hedge': {
    begin: call =>
      void turn()
        .then(turn)
        .then(() => call.controller.abort()),
  },
  'cancels the answer': { read: async reply => reply.cancel() },
  'leaves while it reads': {
    read: async (reply, call) => {
      const left = turn().then(() => call.controller.abort())
      await Promise.all([reply.text(), left])
    },
  },
}

interface Client {
  readonly begin?: (call: TestCall) => void
  readonly read?: (reply: Reply, call: TestCall) => Promise<void>
}

/** Notes the signals that anything listens to during the test. */
function listenedTo(t: Test): ReadonlySet<AbortSignal> {
  const signals = new Set<AbortSignal>()
  const listen = Reflect.get(AbortSignal.prototype, 'addEventListener')
  const noted = function (this: AbortSignal, ...given: unknown[]): void {
    signals.add(this)
    Reflect.apply(listen, this, given)
  }
  Reflect.set(AbortSignal.prototype, 'addEventListener', noted)
  t.teardown(() => Reflect.deleteProperty(AbortSignal.prototype, 'addEventListener'))
  return signals
}

/** Reads an answer as the client does, and returns how that ended. */
async function endOf(sent: Promise<Reply>, call: TestCall, read: Client['read']): Promise<string> {
  try {
    const reply = await sent
    await read?.(reply, call)
    reply.cancel()
    await reply.done
    return 'ended'
  } catch {
    return 'failed'
  }
}

const withContent = new Set(['stops after a word', 'breaks after a word', 'answers'])

for (const [leaving, { begin, read }] of Object.entries(clients)) {
  t.test(`a hedged call whose client ${leaving} leaves no slot, lease or listener behind`, async t => {
    const signals = listenedTo(t)
    for (const [first, one] of Object.entries(providers)) {
      for (const [second, two] of Object.entries(providers)) {
        if (read && !withContent.has(first) && !withContent.has(second)) continue
        const call = callOf()
        const { pool, slots, send } = await proxyOver(t, [one, two], { routing }, [], {
          random: () => 0,
          pause: async () => begin?.(call),
        })
        const ended = await endOf(send(ask('x', { stream: true }), call), call, read)
        const left = () => ({
          running: slots.running,
          waiting: slots.waiting,
          active: pool.members.map(({ active }) => active),
          leases: pool.members.map(({ leases }) => leases.room(1)),
          listeners: [...signals].flatMap(signal => getEventListeners(signal, 'abort')).length,
        })
        const nothing = {
          running: 0,
          waiting: 0,
          active: [0, 0],
          leases: ['free', 'free'],
          listeners: 0,
        }
        // The attempt that came second may end a little later than the answer.
        await until(() => isDeepStrictEqual(left(), nothing))
        // Others would wait as long as the one that fails.
        if (!t.strictSame(left(), nothing, `${first}, ${second}: ${ended}`)) return
      }
    }
  })
}

t.test('when choosing a provider for the hedge fails, the first attempt is waited for', async t => {
  const slow = gate()
  const { fakes, balancer, send } = await proxyOver(
    t,
    [sequence(hold(slow), answer('from a')), answer('from b')],
    { routing },
    [],
    { random: () => 0, pause: async () => breakPick() },
  )
  const breakPick = () => {
    balancer.pick = () => {
      slow.release()
      throw new Error('a plugin failed')
    }
  }
  t.equal(await (await send(ask())).text(), 'from a')
  t.equal(fakes[1]!.requests.length, 0)
})
