import t from 'tap'
import { loadedOnce } from '../../src/time/loaded-once.ts'

t.test('a module is loaded once, for all who ask at the same time', async t => {
  let count = 0
  const load = loadedOnce(async () => await Promise.resolve(++count))
  t.same(await Promise.all([load(), load()]), [1, 1])
  t.equal(await load(), 1)
})

t.test('a failure is told to all who wait, and tried again for the next', async t => {
  let count = 0
  const load = loadedOnce(async () => {
    await Promise.resolve()
    if (++count === 1) throw new Error('too many open files')
    return count
  })
  await Promise.all([t.rejects(load(), /open files/), t.rejects(load(), /open files/)])
  t.equal(await load(), 2)
})
