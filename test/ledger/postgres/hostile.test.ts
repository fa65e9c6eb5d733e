import fc from 'fast-check'
import t from 'tap'
import { anyCharacter } from '../../any-character.ts'
import { callColumns, requestColumns, textColumns } from '../../../src/ledger/columns.ts'
import type { Value } from '../../../src/ledger/columns.ts'
import { entryOf, noon } from '../entries.ts'
import { openPostgres } from './open.ts'
import { noPostgres, PostgresServer } from './server.ts'

/** Texts and numbers that a provider or a client may have put into a row. */
const text = fc.oneof(
  fc.constantFrom('\0', 'a\0b', '\uD800', '\uDC00x', '\\u0000', "'; DROP TABLE requests", 'é'.repeat(5_000)),
  fc.string({ unit: anyCharacter }),
)
const number = fc.oneof(
  fc.constantFrom(1e308, -1e308, Number.MAX_VALUE, 2 ** 63, -0, 0.5, Infinity, -Infinity, NaN, 5e-324),
  fc.double(),
)
const rowOf = (columns: readonly string[]) =>
  fc.record(
    Object.fromEntries(
      columns.map(name => [name, fc.option<Value>(textColumns.has(name) ? text : number, { nil: null })]),
    ),
  )
const fixed = new Set(['id', 'at', 'n', 'parent'])
const request = rowOf(requestColumns.filter(name => !fixed.has(name)))
const call = rowOf(callColumns.filter(name => !fixed.has(name)))

t.test('hostile values in PostgreSQL', { skip: noPostgres }, async t => {
  const server = await PostgresServer.start(t)

  await t.test('values that PostgreSQL does not know cost no entry', async t => {
    const { ledger, lines } = openPostgres(t, await server.emptyDatabase())
    let count = 0
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(request, fc.array(call, { maxLength: 3 })), { maxLength: 20 }),
        async entries => {
          for (const [row, calls] of entries) {
            const numbered = calls.map((each, n) => ({ ...each, n }))
            ledger.record(entryOf({ ...row, id: `r${count++}`, at: noon }, numbered))
          }
          const last = await ledger.request(`r${count - 1}`)
          if (entries.length > 0) t.equal(last?.calls.length, entries.at(-1)![1].length)
        },
      ),
      { numRuns: 30 },
    )
    t.same(ledger.counts, { written: count, dropped: 0, waiting: 0, isFailing: false })
    t.same(lines, [])
    const [sums] = await ledger.usage({ by: [] })
    t.equal(sums?.requests, count)
    t.ok(Object.values(sums!).every(sum => sum === null || Number.isFinite(sum)))
  })

  await t.test('a filter and an id may have any characters', async t => {
    const { ledger } = openPostgres(t, await server.emptyDatabase())
    ledger.record(entryOf({ id: 'a\0b', model: 'm\uD800' }))
    t.match(await ledger.request('a\0b'), { request: { id: 'a\uFFFDb' } })
    t.match((await ledger.requests({ equal: { model: 'm\uD800' }, limit: 1 })).rows, [{ id: 'a\uFFFDb' }])
    t.equal(await ledger.request('\0'), undefined)
  })
})
