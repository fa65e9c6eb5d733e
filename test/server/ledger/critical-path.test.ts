import fc from 'fast-check'
import t from 'tap'
import type { CallRow } from '../../../src/ledger/columns.ts'
import { criticalPath } from '../../../src/server/ledger/record/critical-path.ts'
import { callOf } from '../../ledger/entries.ts'

function pathOf(...calls: readonly (readonly [start: number, ms: number])[]): number | null {
  return criticalPath(calls.map(([start_ms, ms]): CallRow => callOf({ start_ms, ms })))
}

t.test('calls in a row add up, of those side by side the longest counts', async t => {
  t.equal(pathOf(), null)
  t.equal(pathOf([3, 10]), 10)
  t.equal(pathOf([0, 10], [10, 5]), 15)
  t.equal(pathOf([0, 10], [0, 7], [10, 5]), 15)
  t.equal(pathOf([0, 10], [5, 7]), 10)
  t.equal(pathOf([0, 0]), 0)
})

t.test('attempts and steps do not count as calls', async t => {
  const rows = [callOf({ kind: 'step', ms: 90 }), callOf({ ms: 10 }), callOf({ kind: 'attempt', ms: 50 })]
  t.equal(criticalPath(rows), 10)
})

t.test('the critical path is at least the longest call, and at most the time of all', async t => {
  const calls = fc.array(fc.tuple(fc.nat(1_000), fc.integer({ min: 1, max: 500 })), {
    minLength: 1,
    maxLength: 30,
  })
  const isBounded = (given: readonly (readonly [number, number])[]): boolean => {
    const path = pathOf(...given)!
    const first = Math.min(...given.map(([start]) => start))
    const last = Math.max(...given.map(([start, ms]) => start + ms))
    return path >= Math.max(...given.map(([, ms]) => ms)) && path <= last - first
  }
  t.doesNotThrow(() => fc.assert(fc.property(calls, isBounded)))
})
