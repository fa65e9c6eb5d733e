import type { Test } from 'tap'
import { entryOf, noon } from '../entries.ts'
import type { NewPlace } from './place.ts'

/** Tests the sums of usage, wherever a ledger is. */
export async function testUsage(t: Test, at: NewPlace): Promise<void> {
  await t.test('usage sums requests at the provider that answered, and calls at their own', async t => {
    const { ledger } = (await at(t)).open()
    const asked = { at: noon, client: 'ann', chain: 'bon', provider: 'a', model: 'm' }
    const step = { n: 0, kind: 'step', path: 'bon' }
    const call = { n: 1, kind: 'call', provider: 'a', model: 'm', prompt: 10, completion: 5, wasted: 0 }
    const failed = { n: 2, kind: 'call', provider: 'b', model: 'm', prompt: 7, completion: 0, wasted: 7 }
    ledger.record(entryOf(asked, [step, call, failed]))
    ledger.record(entryOf({ ...asked, at: noon + 86_400_000, code: 'timeout' }))
    const all = await ledger.usage({ by: [] })
    t.match(all, [{ requests: 2, failed: 1, calls: 2, prompt: 17, completion: 5, wasted: 7, cost: null }])
    t.match(await ledger.usage({ by: ['provider'] }), [
      { provider: 'a', requests: 2, calls: 1, prompt: 10 },
      { provider: 'b', requests: 0, calls: 1, prompt: 7 },
    ])
    t.match(await ledger.usage({ by: ['day', 'client'] }), [
      { day: '2026-01-31', client: 'ann', requests: 1 },
      { day: '2026-02-01', client: 'ann', requests: 1 },
    ])
    t.match(await ledger.usage({ by: ['hour'], until: noon + 3_600_000 }), [{ hour: '2026-01-31T12:00:00Z' }])
    t.match(await ledger.usage({ by: ['chain', 'model'], since: noon + 3_600_000 }), [
      { chain: 'bon', model: 'm', requests: 1, failed: 1 },
    ])
  })

  await t.test('a cost is null until a price is known, and then the sum of those known', async t => {
    const { ledger } = (await at(t)).open()
    const call = { provider: 'a', model: 'm' }
    ledger.record(entryOf({}, [call]))
    t.match(await ledger.usage({ by: [] }), [{ cost: null }])
    ledger.record(entryOf({}, [{ ...call, cost: 0.5 }]))
    t.match(await ledger.usage({ by: [] }), [{ cost: 0.5 }])
    ledger.record(entryOf({}, [call]))
    ledger.record(entryOf({}, [{ ...call, cost: 0.25 }]))
    t.match(await ledger.usage({ by: [] }), [{ cost: 0.75 }])
    for (const cost of [0.1, 0.2]) ledger.record(entryOf({ chain: 'c' }, [{ ...call, cost }]))
    const ofChain = (await ledger.usage({ by: ['chain'] })).find(({ chain }) => chain === 'c')
    t.equal(ofChain?.cost, 0.3, 'without the error of the sum')
  })

  await t.test(
    'the time of answers, their critical paths and changed drafts are summed, without failures',
    async t => {
      const { ledger } = (await at(t)).open()
      const answered = { chain: 'bon', ms: 100, path_ms: 80 }
      ledger.record(entryOf({ ...answered, changed: 1 }))
      ledger.record(entryOf({ ...answered, changed: 0 }))
      ledger.record(entryOf(answered))
      ledger.record(entryOf({ ...answered, changed: 1, code: 'upstream_error' }))
      const [row] = await ledger.usage({ by: ['chain'] })
      t.match(row, { requests: 4, failed: 1, answer_ms: 300, path_ms: 240, compared: 2, changed: 1 })
    },
  )

  await t.test('usage by day is the same from the sums of days as from those of hours', async t => {
    const { ledger } = (await at(t)).open()
    const day = Date.UTC(2026, 0, 31)
    for (const at of [day, day + 1, noon, day + 86_399_999, day + 86_400_000])
      ledger.record(entryOf({ at, model: 'm' }, [{ model: 'm', prompt: 1 }]))
    const ofDays = await ledger.usage({ by: ['day', 'model'], since: day })
    t.same(await ledger.usage({ by: ['day', 'model'], since: day - 1 }), ofDays)
    t.match(ofDays, [
      { day: '2026-01-31', requests: 4, prompt: 4 },
      { day: '2026-02-01', requests: 1 },
    ])
  })
}
