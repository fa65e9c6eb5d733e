import type { Test } from 'tap'
import t from 'tap'
import type { Store } from '../../src/store/store.ts'

/** A store of a test's own, with the means to let time pass for it. */
export interface StoreWorld {
  readonly store: Store
  readonly pass: (ms: number) => Promise<void>
}

/** What every store promises. */
export function storeSuite(name: string, makeStore: (t: Test) => Promise<StoreWorld>): void {
  const bytes = (text: string) => Buffer.from(text)
  const textOf = (value: Uint8Array | undefined) => value && Buffer.from(value).toString()

  void t.test(`${name}: gives back what was set, and nothing for what was not`, async t => {
    const { values } = (await makeStore(t)).store
    await values.set('a:1', bytes('one'), 60_000)
    t.equal(textOf(await values.get('a:1')), 'one')
    t.equal(await values.get('a:2'), undefined)
    await values.set('a:1', bytes('two'), 60_000)
    t.equal(textOf(await values.get('a:1')), 'two', 'the later one')
  })

  void t.test(`${name}: gives back any bytes, and none at all`, async t => {
    const { values } = (await makeStore(t)).store
    const all = Uint8Array.from({ length: 256 }, (_, index) => index)
    await values.set('all', all, 60_000)
    t.strictSame([...(await values.get('all'))!], [...all])
    await values.set('none', new Uint8Array(0), 60_000)
    t.equal((await values.get('none'))?.length, 0)
  })

  void t.test(`${name}: keeps a copy`, async t => {
    const { values } = (await makeStore(t)).store
    const value = bytes('one')
    await values.set('key', value, 60_000)
    value.fill(0)
    t.equal(textOf(await values.get('key')), 'one')
  })

  void t.test(`${name}: forgets what was deleted`, async t => {
    const { values } = (await makeStore(t)).store
    await values.set('a', bytes('one'), 60_000)
    await values.set('b', bytes('two'), 60_000)
    await values.delete('a')
    await values.delete('never')
    t.equal(await values.get('a'), undefined)
    t.equal(textOf(await values.get('b')), 'two')
  })

  void t.test(`${name}: clears by prefix, taken literally`, async t => {
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

  void t.test(`${name}: forgets a value when its time is over, each by its own`, async t => {
    const { store, pass } = await makeStore(t)
    const { values } = store
    await values.set('short', bytes('one'), 100)
    await values.set('long', bytes('two'), 60_000)
    await values.set('again', bytes('three'), 100)
    await values.set('again', bytes('four'), 60_000)
    await pass(110)
    t.equal(await values.get('short'), undefined)
    t.equal(textOf(await values.get('long')), 'two')
    t.equal(textOf(await values.get('again')), 'four', 'setting anew starts a new time')
  })
}
