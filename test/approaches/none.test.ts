import t from 'tap'
import none from '../../approaches/none.ts'
import { contextOf, requestOf, textIn } from './model.ts'

t.test('passes the request on and the reply back, the same objects', async t => {
  const ctx = contextOf(() => 'hello')
  const request = requestOf('hi', { seed: 7 })
  t.equal(await textIn(await none.run(request, ctx, {})), 'hello')
  t.equal(ctx.asked[0]?.request, request)
  t.equal(ctx.asked[0]?.kind, 'candidate')
})

t.test('passes on errors and cancellation', async t => {
  await t.rejects(
    none.run(
      requestOf('hi'),
      contextOf(() => new Error('down')),
      {},
    ),
    { message: 'down' },
  )
  const ctx = contextOf(() => 'hello')
  ctx.controller.abort()
  await t.rejects(none.run(requestOf('hi'), ctx, {}), { name: 'AbortError' })
})

t.test('costs a call for each choice', async t => {
  t.same(none.cost?.({}, 3), { calls: 3, rounds: 1 })
})
