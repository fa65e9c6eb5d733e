import type { Test } from 'tap'
import { entryOf, noon } from '../entries.ts'
import type { NewPlace } from './place.ts'

const page = { equal: {}, limit: 10 }

/** Tests how requests are kept and found, wherever a ledger is. */
export async function testRequests(t: Test, at: NewPlace): Promise<void> {
  await t.test('a request is found by its id, with its calls in order', async t => {
    const { ledger } = (await at(t)).open()
    const calls = [
      { n: 0, kind: 'step', path: 'bon' },
      { n: 1, parent: 0, path: 'bon.draw', provider: 'a', model: 'm', prompt: 3 },
    ]
    ledger.record(entryOf({ id: 'one', model: 'm' }, calls))
    ledger.record(entryOf({ id: 'two' }))
    const found = await ledger.request('one')
    t.match(found, { request: { id: 'one', model: 'm', code: null }, calls })
    t.equal(found?.calls.length, 2)
    t.equal(await ledger.request('three'), undefined)
  })

  await t.test('of several requests with the same id, the newest is found', async t => {
    const { ledger } = (await at(t)).open()
    ledger.record(entryOf({ id: 'same', model: 'old' }))
    ledger.record(entryOf({ id: 'same', model: 'new' }))
    t.match(await ledger.request('same'), { request: { model: 'new' } })
  })

  await t.test('pages are in the order of the starts, newest first, and join without a gap', async t => {
    const { ledger } = (await at(t)).open()
    // Requests are recorded when they end, and several start in the same millisecond.
    const starts = [3, 1, 2, 2, 2, 5, 4]
    for (const [index, at] of starts.entries()) ledger.record(entryOf({ id: `r${index}`, at }))
    const ids: unknown[] = []
    let after
    do {
      const { rows, next } = await ledger.requests({ equal: {}, limit: 2, after })
      ids.push(...rows.map(({ id }) => id))
      after = next
    } while (after)
    t.same(ids, ['r5', 'r6', 'r0', 'r4', 'r3', 'r2', 'r1'])
  })

  await t.test('requests are selected by their columns, failure and time', async t => {
    const { ledger } = (await at(t)).open()
    ledger.record(entryOf({ id: 'a', at: 10, client: 'ann', model: 'm', provider: 'p', chain: 'bon' }))
    ledger.record(entryOf({ id: 'b', at: 20, client: 'bob', model: 'm', code: 'upstream_error' }))
    const ids = async (query: object) =>
      (await ledger.requests({ ...page, ...query })).rows.map(({ id }) => id)
    t.same(await ids({ equal: { client: 'ann' } }), ['a'])
    t.same(await ids({ equal: { model: 'm' } }), ['b', 'a'])
    t.same(await ids({ equal: { model: 'm', provider: 'p', chain: 'bon' } }), ['a'])
    t.same(await ids({ equal: { code: 'upstream_error' } }), ['b'])
    t.same(await ids({ failed: true }), ['b'])
    t.same(await ids({ failed: false }), ['a'])
    t.same(await ids({ since: 20 }), ['b'])
    t.same(await ids({ until: 20 }), ['a'])
    t.same(await ids({ equal: { client: "' OR 1=1" } }), [])
  })

  await t.test('an entry that cannot be encoded does not affect the others', async t => {
    const { ledger, lines } = (await at(t)).open()
    ledger.record({
      encode: values => {
        values.push('half')
        throw new Error('faulty')
      },
    })
    ledger.record(entryOf({ id: 'whole' }))
    t.match(await ledger.request('whole'), { request: { id: 'whole' } })
    t.same(ledger.counts, { written: 1, dropped: 1, waiting: 0, isFailing: false })
    t.match(lines, [{ msg: /cannot be recorded/ }])
  })

  await t.test('a clock that jumps moves requests in the list, and loses none', async t => {
    const { ledger } = (await at(t)).open()
    const day = 86_400_000
    for (const [index, start] of [noon, 0, noon - 400 * day, noon + 9_000 * day, noon].entries())
      ledger.record(entryOf({ id: `r${index}`, at: start, model: 'm' }, [{ model: 'm' }]))
    const { rows } = await ledger.requests({ equal: {}, limit: 100 })
    t.same(
      rows.map(({ id }) => id),
      ['r3', 'r4', 'r0', 'r2', 'r1'],
    )
    t.match(await ledger.usage({ by: ['day'] }), [
      { day: '1970-01-01', requests: 1, calls: 1 },
      { day: '2024-12-27', requests: 1 },
      { day: '2026-01-31', requests: 2 },
      { day: '2050-09-22', requests: 1 },
    ])
  })

  await t.test('entries beyond the queue are dropped, and never waited for', async t => {
    const { ledger, lines } = (await at(t)).open()
    for (let count = 0; count < 20_010; count++) ledger.record(entryOf())
    while (ledger.counts.written < 20_000) await ledger.request('r')
    await ledger.close()
    t.same(ledger.counts, { written: 20_000, dropped: 10, waiting: 0, isFailing: false })
    t.match(lines, [{ reason: /too many requests/ }, { msg: 'the ledger is written again' }])
    ledger.record(entryOf())
    t.equal(ledger.counts.dropped, 11, 'a closed ledger takes nothing')
  })
}
