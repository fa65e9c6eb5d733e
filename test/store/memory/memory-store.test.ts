import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { MemoryStore } from '../../../src/store/memory/memory-store.ts'
import { storeSuite } from '../suite.ts'

storeSuite('memory', async () => {
  const store = new MemoryStore(() => 1_000_000)
  return { store, other: store, pass: ms => sleep(ms) }
})

const kilobyte = Buffer.alloc(1000)

async function held({ values }: MemoryStore, keys: readonly string[]): Promise<string[]> {
  const found: string[] = []
  for (const key of keys) if (await values.get(key)) found.push(key)
  return found
}

t.test('the least recently used value is evicted when the bytes run out', async t => {
  const store = new MemoryStore(() => 4300)
  for (const key of ['a', 'b', 'c']) await store.values.set(key, kilobyte, 60_000)
  await store.values.get('a')
  await store.values.set('d', kilobyte, 60_000)
  t.strictSame(await held(store, ['a', 'b', 'c', 'd']), ['a', 'c', 'd'])
})

t.test(
  'a value larger than the whole store is dropped, and so is the one it would have replaced',
  async t => {
    const store = new MemoryStore(() => 2900)
    await store.values.set('a', kilobyte, 60_000)
    await store.values.set('b', kilobyte, 60_000)
    await store.values.set('a', Buffer.alloc(5000), 60_000)
    t.strictSame(await held(store, ['a', 'b']), ['b'])
  },
)

t.test('a new size applies from the next write, and expiry times are kept', async t => {
  let maxBytes = 4300
  let now = 1_000_000
  const store = new MemoryStore(() => maxBytes, { now: () => now })
  await store.values.set('old', kilobyte, 60_000)
  await store.values.set('short', kilobyte, 100)
  await store.values.set('long', kilobyte, 60_000)
  maxBytes = 4400
  await store.values.set('long', kilobyte, 60_000)
  t.strictSame(await held(store, ['old', 'short', 'long']), ['old', 'short', 'long'])
  now += 110
  t.strictSame(await held(store, ['old', 'short', 'long']), ['old', 'long'])
  maxBytes = 1500
  await store.values.set('new', kilobyte, 60_000)
  t.strictSame(await held(store, ['old', 'long', 'new']), ['new'])
})

t.test('a small value counts with what it takes in memory beside its bytes', async t => {
  const store = new MemoryStore(() => 10_000)
  const keys = Array.from({ length: 1000 }, (_, index) => `key-${index}`)
  for (const key of keys) await store.values.set(key, Buffer.alloc(10), 60_000)
  const { length } = await held(store, keys)
  t.ok(length > 10 && length < 30, `${length} values`)
})

t.test('a small value does not keep alive the large buffer it is a slice of', async t => {
  const store = new MemoryStore(() => 1000)
  await store.values.set('a', Buffer.alloc(100_000).subarray(0, 10), 60_000)
  t.equal((await store.values.get('a'))?.buffer.byteLength, 10)
})
