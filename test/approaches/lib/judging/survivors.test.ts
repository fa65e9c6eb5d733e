import t from 'tap'
import { survivors } from '../../../../approaches/lib/judging/survivors.ts'
import { HulumanageError } from '../../../../src/contract/index.ts'
import { contextOf } from '../../model.ts'

const ctx = contextOf(() => 'unused')

function working(...results: readonly unknown[]) {
  return results.map(result => async () => {
    await Promise.resolve()
    if (result instanceof Error) throw result
    return result
  })
}

t.test('gives what came of works in their order, without those that failed', async t => {
  t.same(await survivors(ctx, 'A part', working(1, new Error('down'), undefined, 2)), [1, undefined, 2])
  t.same(await survivors(ctx, 'A part', []), [])
})

t.test('starts all works before one has ended', async t => {
  const gate = Promise.withResolvers<void>()
  let started = 0
  const works = Array.from({ length: 3 }, () => async () => {
    if (++started === 3) gate.resolve()
    await gate.promise
  })
  t.equal((await survivors(ctx, 'A part', works)).length, 3)
})

t.test('throws the first error where all fail, and a spent budget at once', async t => {
  await t.rejects(survivors(ctx, 'A part', working(new Error('first'), new Error('second'))), {
    message: 'first',
  })
  const spent = new HulumanageError('budget_calls', 'spent')
  await t.rejects(survivors(ctx, 'A part', working(1, spent)), spent)
})
