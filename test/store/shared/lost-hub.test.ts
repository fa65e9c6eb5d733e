import type { Test } from 'tap'
import t from 'tap'
import type { SharedBudget } from '../../../src/store/shared/budget.ts'
import { SharedStore } from '../../../src/store/shared/shared-store.ts'
import { silentLog } from '../../silent-log.ts'
import { BreakingConnection } from './breaking-connection.ts'

const size = 10

async function start(t: Test): Promise<{ connection: BreakingConnection; budget: SharedBudget }> {
  const connection = new BreakingConnection()
  const store = await SharedStore.open(connection, silentLog)
  t.teardown(() => store.close())
  const budget = store.budget('b')
  budget.resize(size)
  return { connection, budget }
}

/** Whether the hub counts exactly `amount` as used; uses up the rest. */
async function counts({ hub }: BreakingConnection, amount: number): Promise<boolean> {
  if (await hub.draw('b', size, size - amount, false)) return false
  return (await hub.draw('b', size, 0.01, false)) !== undefined
}

t.test(
  'an amount that was drawn from a hub before it lost its state is reported when it is used',
  async t => {
    const { connection, budget } = await start(t)
    await budget.ask(4, performance.now())
    await connection.lose()
    t.equal(budget.readyIn(4, performance.now()), undefined, 'the hub is asked again')
    budget.use(4, performance.now())
    t.ok(await counts(connection, 4))
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
  t.ok(await counts(connection, 4), 'those of another peer')
})

t.test('a report that fails after the hub has lost its state is not repeated', async t => {
  const { connection, budget } = await start(t)
  const report = connection.hold('use')
  budget.use(3, performance.now())
  await connection.lose()
  report.reject(new Error('late'))
  await report.promise.catch(() => {})
  budget.use(1, performance.now())
  t.ok(await counts(connection, 4))
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
  t.ok(await counts(connection, 6))
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
