import { once } from 'node:events'
import t from 'tap'
import { within } from '../../src/time/within.ts'

const late = () => new Error('too late')
const never = new Promise<never>(() => {})

t.test('work that ends in time has its own outcome', async t => {
  t.equal(await within(Promise.resolve(1), 60_000, late), 1)
  await t.rejects(within(Promise.reject(new Error('failed')), 60_000, late), { message: 'failed' })
})

t.test('work that takes too long is given up', async t => {
  await t.rejects(within(never, 1, late), { message: 'too late' })
})

t.test(
  'a result that arrived in time counts, even if the process was busy until after the limit',
  async t => {
    const { port1, port2 } = new MessageChannel()
    t.teardown(() => port1.close())
    const result = within(once(port2, 'message'), 1, late)
    port1.postMessage('in time')
    const end = performance.now() + 5
    while (performance.now() < end);
    t.same(await result, ['in time'])
  },
)
