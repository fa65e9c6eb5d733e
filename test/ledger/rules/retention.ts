import type { Test } from 'tap'
import type { Ledger } from '../../../src/ledger/ledger.ts'
import type { Retention } from '../../../src/ledger/retention.ts'
import { entryOf, keepAll, noon } from '../entries.ts'
import type { Place } from './place.ts'

/** A place whose ledgers are pruned only here: those that are open are closed before. */
export interface PrunedPlace extends Place {
  /** Deletes all that a ledger with these bounds would delete in time. */
  readonly prune: (retention: Retention, now: number) => Promise<void>
  /** The bytes that count towards the maximum. */
  readonly bytes: () => Promise<number>
}

const dayMs = 86_400_000
/** The day on which the first requests start. */
const midnight = noon - (noon % dayMs)
const tokens = { provider: 'p', model: 'm', prompt: 10, completion: 5 }
const page = { equal: {}, limit: 10 }

/** Tests what leaves a ledger, wherever it is. */
export async function testRetention(t: Test, at: (t: Test) => Promise<PrunedPlace>): Promise<void> {
  await t.test('requests are deleted after their days, with their calls; usage after its own', async t => {
    const place = await at(t)
    await within(place, ledger => {
      for (const day of [0, 1, 3])
        ledger.record(entryOf({ id: `day ${day}`, at: noon + day * dayMs, model: 'm' }, [tokens]))
    })
    const ids = async () =>
      await within(place, async ledger => (await ledger.requests(page)).rows.map(({ id }) => id))
    const days = async () =>
      await within(place, async ledger => (await ledger.usage({ by: ['day'] })).map(({ day }) => day))
    await place.prune({ ...keepAll, days: 3 }, midnight + 4 * dayMs)
    t.same(await ids(), ['day 3', 'day 1'])
    await place.prune({ ...keepAll, days: 2 }, midnight + 4 * dayMs)
    t.same(await ids(), ['day 3'])
    t.match(await within(place, ledger => ledger.request('day 3')), { calls: [tokens] })
    t.equal(await within(place, ledger => ledger.request('day 1')), undefined)
    t.same(await days(), ['2026-01-31', '2026-02-01', '2026-02-03'])
    await place.prune({ ...keepAll, usageDays: 1 }, noon + 3 * dayMs)
    t.same(await days(), ['2026-02-03'])
  })

  await t.test('the oldest requests are deleted first while the ledger is too large', async t => {
    const place = await at(t)
    const perDay = 2_000
    await within(place, ledger => {
      const call = { ...tokens, path: 'x'.repeat(200) }
      // The newest first: it is their time that counts, not when they were recorded.
      for (const day of [2, 1, 0])
        for (let index = 0; index < perDay; index++)
          ledger.record(entryOf({ id: `day ${day}: ${index}`, at: noon + day * dayMs + index }, [call]))
    })
    const maxBytes = 0.6 * (await place.bytes())
    await place.prune({ ...keepAll, maxBytes }, noon + 2 * dayMs + perDay)
    t.ok((await place.bytes()) <= maxBytes)
    const found = async (day: number, index: number) =>
      await within(place, ledger => ledger.request(`day ${day}: ${index}`))
    t.same((await within(place, ledger => ledger.requests({ ...page, until: midnight + dayMs }))).rows, [])
    for (const index of [0, perDay - 1]) t.match(await found(2, index), { calls: [tokens] })
    t.match(await within(place, ledger => ledger.usage({ by: [] })), [{ requests: 3 * perDay }])
  })
}

/** Opens a ledger at a place, and closes it, after which it has written all that it took. */
async function within<T>(place: Place, work: (ledger: Ledger) => T | Promise<T>): Promise<T> {
  const { ledger } = place.open()
  try {
    return await work(ledger)
  } finally {
    await ledger.close()
  }
}
