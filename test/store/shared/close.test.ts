import { setImmediate } from 'node:timers/promises'
import t from 'tap'
import type { Test } from 'tap'
import type { HubEvent } from '../../../src/store/hub.ts'
import { MemoryHub } from '../../../src/store/memory/memory-hub.ts'
import { SharedStore } from '../../../src/store/shared/shared-store.ts'
import { lease, leases } from '../borrowing.ts'
import { silentLog } from '../../silent-log.ts'

/** A store over a hub that only marks who leaves, as Redis does, and the hub as another peer sees it. It answers draws after `draw`. */
async function start(t: Test, leave: () => Promise<void> = async () => {}, draw?: Promise<void>) {
  const shared = new MemoryHub(() => 1_000)
  const events: HubEvent[] = []
  const other = shared.join('other', event => events.push(event))
  const calls: string[] = []
  const joined = shared.join('own', () => {})
  const note =
    <A extends readonly unknown[], R>(name: string, work: (...values: A) => Promise<R>) =>
    (...values: A): Promise<R> => {
      calls.push(name)
      return work(...values)
    }
  const hub = {
    ...joined,
    takeLeases: note('takeLeases', joined.takeLeases),
    giveLeases: note('giveLeases', joined.giveLeases),
    draw: async (...values: Parameters<typeof joined.draw>) => {
      const shortage = await joined.draw(...values)
      await draw
      return shortage
    },
    settle: note('settle', joined.settle),
    leave: note('leave', leave),
  }
  const open = async ({ onUp }: { readonly onUp: () => Promise<void> }) => await onUp()
  const store = await SharedStore.open({ kind: 'test', hub, open, close: async () => {} }, silentLog)
  t.teardown(() => store.close())
  return { store, other, events, calls }
}

t.test('a store that closes frees the leases of its last calls, and tells who waits for them', async t => {
  const { store, other, events, calls } = await start(t)
  t.equal(await leases(store.leases('p'), 3, 3), 3)
  t.equal(await other.takeLeases('p', 3, 1), 0)
  calls.length = 0
  await store.close()
  t.strictSame(calls, ['giveLeases', 'leave'])
  t.match(events, [{ kind: 'freed', name: 'p', by: 'own' }])
  t.equal(await other.takeLeases('p', 3, 3), 3)
})

t.test('a store that closes gives up its place in the queue', async t => {
  const { store, other } = await start(t)
  await other.takeLeases('p', 1, 1)
  t.notOk(await lease(store.leases('p'), 1))
  await other.giveLeases('p', 1)
  await store.close()
  t.equal(await other.takeLeases('p', 1, 1), 1)
})

t.test('a store that closes gives back what it has drawn and not used', async t => {
  const { store, other } = await start(t)
  const budget = store.budget('b')
  budget.resize(10)
  await budget.ask(10, performance.now())
  t.ok(await other.draw('b', 10, 10, false))
  await store.close()
  t.equal(await other.draw('b', 10, 10, false), undefined)
})

t.test('a store that closes gives back what the hub was about to grant', async t => {
  const granted = Promise.withResolvers<void>()
  const { store, other, calls } = await start(t, undefined, granted.promise)
  const budget = store.budget('b')
  budget.resize(10)
  const asked = budget.ask(10, performance.now())
  const closed = store.close()
  await setImmediate()
  granted.resolve()
  await Promise.all([asked, closed])
  t.strictSame(calls, ['settle', 'leave'])
  t.equal(await other.draw('b', 10, 10, false), undefined)
})

t.test('a call that starts while a store closes asks the hub for nothing', async t => {
  const asked = Promise.withResolvers<void>()
  const left = Promise.withResolvers<void>()
  const { store } = await start(t, () => {
    asked.resolve()
    return left.promise
  })
  const closed = store.close()
  await asked.promise
  t.equal(store.leases('p').room(1), 'free', 'it is counted here alone')
  left.resolve()
  await closed
})
