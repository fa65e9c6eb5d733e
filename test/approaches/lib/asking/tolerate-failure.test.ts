import t from 'tap'
import { collectSuccesses, decideBy } from '../../../../approaches/lib/asking/tolerate-failure.ts'
import { HulumanageError } from '../../../../src/contract/index.ts'
import { contextOf } from '../../model.ts'

const ctx = contextOf(() => 'unused')

function working(...results: readonly (number | Error | undefined)[]) {
  return results.map(result => async () => {
    await Promise.resolve()
    if (result instanceof Error) throw result
    return result
  })
}

t.test('returns the results of successful tasks, in order', async t => {
  t.same(await collectSuccesses(ctx, 'a part', working(1, new Error('down'), undefined, 2)), [
    1,
    undefined,
    2,
  ])
  t.same(await collectSuccesses(ctx, 'a part', []), [])
})

t.test('starts all tasks before one has ended', async t => {
  const gate = Promise.withResolvers<void>()
  let started = 0
  const works = Array.from({ length: 3 }, () => async () => {
    if (++started === 3) gate.resolve()
    await gate.promise
  })
  t.equal((await collectSuccesses(ctx, 'a part', works)).length, 3)
})

t.test('throws the first error if all fail, and a spent budget at once', async t => {
  await t.rejects(collectSuccesses(ctx, 'a part', working(new Error('first'), new Error('second'))), {
    message: 'first',
  })
  const spent = new HulumanageError('budget_calls', 'spent')
  await t.rejects(collectSuccesses(ctx, 'a part', working(1, spent)), spent)
})

t.test('a decision fails if all of its calls are refused, and if nothing else has decided', async t => {
  const refused = new HulumanageError('upstream_rejected', 'refused')
  await t.rejects(decideBy(ctx, 'a grade', working(refused, refused)), refused)
  t.same(await decideBy(ctx, 'a grade', working(refused, 8)), [undefined, 8])
  t.same(await decideBy(ctx, 'a grade', working(refused, new Error('down'))), [undefined, undefined])
  t.same(await decideBy(ctx, 'a grade', working(refused), true), [undefined])
  t.same(await decideBy(ctx, 'a grade', []), [])
})

t.test(
  'an answer is degraded if no reply that decides can be read, and nothing else has decided',
  async t => {
    const down = new Error('down')
    const degradedBy = async (results: readonly (number | Error | undefined)[], decided = false) => {
      const own = contextOf(() => 'unused')
      await decideBy(own, 'a grade', working(...results), decided)
      return own.degraded
    }
    t.same(await degradedBy([undefined, undefined]), ['verdict'])
    t.same(await degradedBy([undefined, down]), ['verdict'])
    t.same(await degradedBy([undefined, 0]), [])
    t.same(await degradedBy([undefined], true), [])
    t.same(await degradedBy([down]), [], 'failed calls are reported as such')
  },
)
