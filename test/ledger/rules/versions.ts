import type { Test } from 'tap'
import { entryOf } from '../entries.ts'
import type { Place } from './place.ts'

/** A place that tells the version of its schema. */
export interface VersionedPlace extends Place {
  /** The version that this program writes. */
  readonly current: number
  readonly version: () => Promise<number>
  readonly setVersion: (version: number) => Promise<void>
  /** Makes it one of the version whose calls were rows of their own, with a call of a path for each request. */
  readonly keepCallsAsRows: (path: string) => Promise<void>
}

const page = { equal: {}, limit: 10 }

/** Tests what becomes of ledgers of other versions, wherever they are. */
export async function testVersions(t: Test, at: (t: Test) => Promise<VersionedPlace>): Promise<void> {
  await t.test('a ledger that a newer program has written is refused by name, and left as it is', async t => {
    const place = await at(t)
    const first = place.open()
    first.ledger.record(entryOf({ id: 'kept' }))
    await first.ledger.close()
    await place.setVersion(place.current + 1)
    const { ledger, lines } = place.open()
    ledger.record(entryOf())
    const message = new RegExp(`newer version .*schema ${place.current + 1}, not ${place.current}`)
    await t.rejects(ledger.requests(page), { code: 'ledger_unavailable', message })
    await ledger.close()
    t.match(lines, [{ level: 40, msg: /^the ledger cannot be written/, reason: message }])
    t.equal(lines.length, 1)
    t.equal(await place.version(), place.current + 1)
    await place.setVersion(place.current)
    t.match((await place.open().ledger.requests(page)).rows, [{ id: 'kept' }])
  })

  await t.test('the calls of a ledger of an older version are found, and so are new ones', async t => {
    const place = await at(t)
    const first = place.open()
    first.ledger.record(entryOf({ id: 'old', model: 'm' }, [{ model: 'm', provider: 'p' }]))
    await first.ledger.close()
    await place.keepCallsAsRows('as before')
    const { ledger, lines } = place.open()
    const calls = [{ path: 'as now', model: 'm', provider: 'p' }]
    ledger.record(entryOf({ id: 'new', model: 'm' }, calls))
    t.match(await ledger.request('old'), { calls: [{ path: 'as before', model: 'm', provider: null }] })
    t.match(await ledger.request('new'), { calls })
    t.match(await ledger.usage({ by: [] }), [{ requests: 2, calls: 2 }])
    t.equal(await place.version(), place.current)
    t.same(lines, [])
  })

  await t.test('servers that start at once create it once, and each records its requests', async t => {
    const place = await at(t)
    const ledgers = Array.from({ length: 4 }, () => place.open())
    for (const { ledger } of ledgers)
      for (let count = 0; count < 250; count++) ledger.record(entryOf({ model: 'm' }))
    await Promise.all(ledgers.map(({ ledger }) => ledger.close()))
    t.same(
      ledgers.flatMap(({ lines }) => lines),
      [],
    )
    t.match(await place.open().ledger.usage({ by: [] }), [{ requests: 1_000 }])
    t.equal(await place.version(), place.current)
  })
}
