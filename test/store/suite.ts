import { setImmediate as nextRound } from 'node:timers/promises'
import type { Test } from 'tap'
import t from 'tap'
import type { Store } from '../../src/store/store.ts'
import { awaitLease, draw, lease, leases, said } from './borrowing.ts'

/** A store for one test as two of its peers see it, and a way to let time pass for it. */
export interface StoreWorld {
  readonly store: Store
  /** The other peer's store; the same object if nothing is shared. */
  readonly other: Store
  readonly pass: (ms: number) => Promise<unknown>
}

/** The guarantees of every store, as tests. */
export function storeSuite(name: string, makeStore: (t: Test) => Promise<StoreWorld>): void {
  const bytes = (text: string) => Buffer.from(text)
  const textOf = (value: Uint8Array | undefined) => value && Buffer.from(value).toString()

  void t.test(`${name}: returns the value last set, and undefined for an unknown key`, async t => {
    const { values } = (await makeStore(t)).store
    await values.set('a:1', bytes('one'), 60_000)
    t.equal(textOf(await values.get('a:1')), 'one')
    t.equal(await values.get('a:2'), undefined)
    await values.set('a:1', bytes('two'), 60_000)
    t.equal(textOf(await values.get('a:1')), 'two', 'the later one')
  })

  void t.test(`${name}: stores any bytes, and empty values`, async t => {
    const { values } = (await makeStore(t)).store
    const all = Uint8Array.from({ length: 256 }, (_, index) => index)
    await values.set('all', all, 60_000)
    t.strictSame([...(await values.get('all'))!], [...all])
    await values.set('none', new Uint8Array(0), 60_000)
    t.equal((await values.get('none'))?.length, 0)
  })

  void t.test(`${name}: stores a copy`, async t => {
    const { values } = (await makeStore(t)).store
    const value = bytes('one')
    await values.set('key', value, 60_000)
    value.fill(0)
    t.equal(textOf(await values.get('key')), 'one')
  })

  void t.test(`${name}: deletes the given keys and no others`, async t => {
    const { values } = (await makeStore(t)).store
    for (const key of ['a', 'a:1', 'a:2']) await values.set(key, bytes(key), 60_000)
    await values.delete([])
    await values.delete(['a', 'a:2', 'unknown'])
    const found = await Promise.all(['a', 'a:1', 'a:2'].map(key => values.get(key)))
    t.strictSame(found.map(textOf), [undefined, 'a:1', undefined])
  })

  void t.test(`${name}: clears by prefix, without wildcards`, async t => {
    const { values } = (await makeStore(t)).store
    const keys = ['a:1', 'a:2', 'ab:1', 'b:a:1', '*:1', 'x.y:1', 'x?y:1']
    for (const key of keys) await values.set(key, bytes(key), 60_000)
    const left = async () => {
      const found = await Promise.all(keys.map(async key => ((await values.get(key)) ? key : undefined)))
      return found.filter(key => key !== undefined)
    }
    await values.clear('a:')
    t.strictSame(await left(), ['ab:1', 'b:a:1', '*:1', 'x.y:1', 'x?y:1'])
    await values.clear('x?y')
    t.strictSame(await left(), ['ab:1', 'b:a:1', '*:1', 'x.y:1'])
    await values.clear('*')
    t.strictSame(await left(), ['ab:1', 'b:a:1', 'x.y:1'])
  })

  void t.test(`${name}: each value expires at its own time`, async t => {
    const { store, pass } = await makeStore(t)
    const { values } = store
    await values.set('short', bytes('one'), 100)
    await values.set('long', bytes('two'), 60_000)
    await values.set('again', bytes('three'), 100)
    await values.set('again', bytes('four'), 60_000)
    await pass(110)
    t.equal(await values.get('short'), undefined)
    t.equal(textOf(await values.get('long')), 'two')
    t.equal(textOf(await values.get('again')), 'four', 'setting it again starts its time again')
  })

  void t.test(
    `${name}: all peers charge one account, which is full once its sum has reached the limit`,
    async t => {
      const { store, other } = await makeStore(t)
      t.equal(await store.accounts.charge('a', 1.5, 2, 60_000), 0)
      t.equal(await other.accounts.charge('a', 0.7, 2, 60_000), 1.5)
      const full = await store.accounts.charge('a', 1, 2, 60_000)
      t.ok(Math.abs(full - 2.2) < 1e-9)
      t.equal(
        await other.accounts.charge('a', -1.2, Infinity, 60_000),
        full,
        'nothing was added to a full one',
      )
      t.ok(Math.abs((await store.accounts.charge('a', 0, 2, 60_000)) - 1) < 1e-9)
      t.equal(await store.accounts.charge('b', 1, 2, 60_000), 0, 'each account by itself')
    },
  )

  void t.test(`${name}: an account begins again when its time is over`, async t => {
    const { store, pass } = await makeStore(t)
    await store.accounts.charge('a', 3, 5, 100)
    await pass(110)
    t.equal(await store.accounts.charge('a', 1, 5, 60_000), 0)
  })

  void t.test(`${name}: all peers together take exactly as many leases as the limit allows`, async t => {
    const { store, other } = await makeStore(t)
    const [one, two] = [store.leases('p'), other.leases('p')]
    t.equal((await leases(one, 5, 3)) + (await leases(two, 5, 5)), 5)
    t.notOk(await lease(one, 5))
    t.notOk(await lease(two, 5))
    one.give()
    t.ok(await awaitLease(other, 'p', 5), 'what one gives back the other has')
    t.notOk(await lease(one, 5))
    t.ok(await lease(store.leases('q'), 1), 'each name by itself')
  })

  void t.test(`${name}: a lower limit applies to new leases`, async t => {
    const { store, other } = await makeStore(t)
    const [one, two] = [store.leases('p'), other.leases('p')]
    t.equal(await leases(one, 4, 3), 3)
    t.notOk(await lease(two, 2))
    one.give()
    t.notOk(await lease(two, 2))
    one.give()
    t.ok(await awaitLease(other, 'p', 2))
  })

  void t.test(`${name}: a waiting peer gets its turn, however busy the other is`, async t => {
    const { store, other } = await makeStore(t)
    const one = store.leases('p')
    t.equal(await leases(one, 2, 2), 2)
    const turn = awaitLease(other, 'p', 2)
    let waits = other !== store
    void turn.then(() => (waits = false))
    while (waits) {
      one.give()
      await Promise.race([awaitLease(store, 'p', 2), turn])
      await nextRound()
    }
    t.equal(await turn, other !== store)
  })

  void t.test(`${name}: calls that began without a limit count once there is one`, async t => {
    const { store } = await makeStore(t)
    const one = store.leases('p')
    one.take()
    one.take()
    t.notOk(await lease(one, 2))
    one.give()
    t.ok(await lease(one, 2))
  })

  void t.test(`${name}: all peers use one budget, and what one has used counts for a minute`, async t => {
    const { store, other } = await makeStore(t)
    const [one, two] = [store.budget('p'), other.budget('p')]
    for (const budget of [one, two]) budget.resize(60_000)
    t.ok(await draw(one, 40_000))
    t.notOk(await draw(two, 40_000))
    const wait = two.readyIn(40_000, performance.now())
    t.ok(wait !== undefined && wait > 5_000 && wait <= 62_000, `wait for ${wait} ms`)
    t.ok(await draw(two, 20_000))
    t.notOk(await draw(two, 1))
  })

  void t.test(`${name}: what one peer does not use of a budget is available to others`, async t => {
    const { store, other } = await makeStore(t)
    const [one, two] = [store.budget('p'), other.budget('p')]
    for (const budget of [one, two]) budget.resize(1_000)
    // A part that was used before this time is not given back.
    const since = performance.now()
    t.ok(await draw(one, 1_000))
    one.settle(1_000, 100, since, performance.now())
    await said(store)
    t.ok(await draw(two, 800))
    two.use(1_000, performance.now())
    await said(other)
    t.notOk(await draw(one, 100), 'more than there was is owed')
  })

  void t.test(`${name}: a wait is certain only as far as nothing that is reserved could end it`, async t => {
    const { store, other } = await makeStore(t)
    const [one, two] = [store.budget('p', true), other.budget('p', true)]
    for (const budget of [one, two]) budget.resize(1_000)
    const since = performance.now()
    t.ok((await draw(one, 300)) && (await draw(one, 600)))
    t.notOk(await draw(two, 200))
    t.ok(two.readyIn(200, performance.now())! > 5_000, 'if all that is reserved is used')
    t.equal(two.leastWaitMs(200, performance.now()), 0, 'any may be given back')
    one.settle(300, 250, since, performance.now())
    await said(store)
    t.ok(await draw(other === store ? one : two, 150), 'what is given back is available')
    two.resize(1_000)
    t.notOk(await draw(two, 800), 'asked again')
    const certainMs = two.leastWaitMs(800, performance.now())
    t.ok(certainMs > 5_000 && certainMs <= 62_000, `certain for ${certainMs} ms`)
    t.equal(two.leastWaitMs(700, performance.now()), 0)
    one.settle(600, 700, since, performance.now())
    await said(store)
    two.resize(1_000)
    t.notOk(await draw(two, 201))
    t.ok(two.leastWaitMs(201, performance.now()) > 5_000, 'nothing is reserved but 150')
  })

  void t.test(`${name}: an unused budget serves a request larger than itself`, async t => {
    const { store, other } = await makeStore(t)
    const [one, two] = [store.budget('p'), other.budget('p')]
    for (const budget of [one, two]) budget.resize(100)
    t.ok(await draw(one, 5_000))
    t.notOk(await draw(two, 1))
  })

  void t.test(`${name}: a window begins with its first occurrence, and ends`, async t => {
    const { store, other, pass } = await makeStore(t)
    t.match(await store.windows.count('a', 60_000), { count: 1 })
    const second = await other.windows.count('a', 60_000)
    t.equal(second.count, 2)
    t.ok(second.endsInMs > 0 && second.endsInMs <= 60_000)
    t.match(await other.windows.count('b', 100), { count: 1 })
    await pass(110)
    t.match(await store.windows.count('b', 100), { count: 1 })
    t.match(await store.windows.count('a', 60_000), { count: 3 })
  })

  void t.test(`${name}: concurrent occurrences are all counted`, async t => {
    const { store, other } = await makeStore(t)
    const counted = await Promise.all(
      Array.from({ length: 50 }, (_, index) => [store, other][index % 2]!.windows.count('a', 60_000)),
    )
    t.strictSame(
      counted.map(({ count }) => count).toSorted((a, b) => a - b),
      Array.from({ length: 50 }, (_, index) => index + 1),
    )
  })

  void t.test(`${name}: adds up the figures of all peers`, async t => {
    const { store, other } = await makeStore(t)
    const counted = { requests: 3, seconds: 0.5, last: 'one' }
    store.tallies.share(() => counted)
    if (other !== store) other.tallies.share(() => ({ requests: 0, seconds: 0 }))
    t.strictSame(await store.tallies.totals(), { requests: 3, seconds: 0.5, last: 'one' })
    counted.requests = 5
    counted.last = 'two'
    t.strictSame(await store.tallies.totals(), { requests: 5, seconds: 0.5, last: 'two' })
    t.strictSame(await other.tallies.totals(), { requests: 5, seconds: 0.5, last: 'two' })
  })
}
