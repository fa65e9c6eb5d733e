import type { Test } from 'tap'
import t from 'tap'
import type { Hub, HubConnection, HubListener } from '../../../src/store/hub.ts'
import { MemoryHub } from '../../../src/store/memory/memory-hub.ts'
import type { SharedBudget } from '../../../src/store/shared/budget.ts'
import { SharedStore } from '../../../src/store/shared/shared-store.ts'
import { silentLog } from '../../silent-log.ts'

const size = 10

/** A connection to a hub that can lose all it has, as a Redis that restarts. */
class Connection implements HubConnection {
  readonly kind = 'memory'
  readonly hub: Hub
  #current = newHub()
  #epoch = 0
  #listener: HubListener | undefined
  #held: { readonly name: keyof Hub; readonly answer: Promise<unknown> } | undefined

  constructor() {
    this.hub = new Proxy({} as Hub, { get: (_, name: keyof Hub) => this.#method(name) })
  }

  #method(name: keyof Hub): unknown {
    if (name === 'epoch') return async () => String(this.#epoch)
    if (this.#held?.name !== name) return this.#current[name]
    const { answer } = this.#held
    this.#held = undefined
    return () => answer
  }

  async open(listener: HubListener): Promise<void> {
    this.#listener = listener
    await listener.onUp()
  }

  async close(): Promise<void> {}

  /** Keeps the next call of a method from the hub until the test answers it. */
  hold(name: keyof Hub): PromiseWithResolvers<unknown> {
    const held = Promise.withResolvers<unknown>()
    this.#held = { name, answer: held.promise }
    return held
  }

  /** Breaks, and comes back empty. */
  async lose(): Promise<void> {
    this.#listener?.onDown(new Error('gone'))
    this.#current = newHub()
    this.#epoch++
    await this.#listener?.onUp()
  }

  /** Whether the hub counts exactly `amount` as used; uses up the rest. */
  async counts(amount: number): Promise<boolean> {
    if (await this.#current.draw('b', size, size - amount, false)) return false
    return (await this.#current.draw('b', size, 0.01, false)) !== undefined
  }
}

function newHub(): Hub {
  return new MemoryHub(() => 1_000).join('peer', () => {})
}

async function start(t: Test): Promise<{ connection: Connection; budget: SharedBudget }> {
  const connection = new Connection()
  const store = await SharedStore.open(connection, silentLog)
  t.teardown(() => store.close())
  const budget = store.budget('b')
  budget.resize(size)
  return { connection, budget }
}

t.test(
  'an amount that was drawn from a hub before it lost its state is reported when it is used',
  async t => {
    const { connection, budget } = await start(t)
    await budget.ask(4, performance.now())
    await connection.lose()
    t.equal(budget.readyIn(4, performance.now()), undefined, 'the hub is asked again')
    budget.use(4, performance.now())
    t.ok(await connection.counts(4))
  },
)

t.test('an amount that was drawn from a hub before it lost its state is not given back to it', async t => {
  const { connection, budget } = await start(t)
  await budget.ask(4, performance.now())
  budget.sweep()
  await connection.lose()
  await connection.hub.use('b', 4, 0)
  budget.sweep()
  budget.sweep()
  t.ok(await connection.counts(4), 'those of another peer')
})

t.test('a report that fails after the hub has lost its state is not repeated', async t => {
  const { connection, budget } = await start(t)
  const report = connection.hold('use')
  budget.use(3, performance.now())
  await connection.lose()
  report.reject(new Error('late'))
  await report.promise.catch(() => {})
  budget.use(1, performance.now())
  t.ok(await connection.counts(4))
})

t.test('a settlement that fails after the hub has lost its state is not repeated', async t => {
  const { connection, budget } = await start(t)
  const now = performance.now()
  budget.use(3, now)
  const settlement = connection.hold('settle')
  budget.settle(3, 5, now, now)
  await connection.lose()
  settlement.reject(new Error('late'))
  await settlement.promise.catch(() => {})
  budget.use(1, performance.now())
  t.ok(await connection.counts(6))
})

t.test('an amount that is granted after the hub has lost its state is asked for again', async t => {
  const { connection, budget } = await start(t)
  const grant = connection.hold('draw')
  const asked = budget.ask(4, performance.now())
  await connection.lose()
  grant.resolve(undefined)
  await asked
  t.equal(budget.readyIn(4, performance.now()), undefined)
})
