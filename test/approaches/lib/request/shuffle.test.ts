import t from 'tap'
import { shuffleIndexes } from '../../../../approaches/lib/request/shuffle.ts'

const request = { model: 'm', messages: [{ role: 'user', content: 'q' }] }

t.test('a shuffle holds each index once, in an order that depends on request, seed and salt', async t => {
  const orders = [
    shuffleIndexes(request, 12),
    shuffleIndexes(request, 12, 'salt'),
    shuffleIndexes({ ...request, seed: 1 }, 12),
    shuffleIndexes({ ...request, messages: [] }, 12),
  ]
  for (const order of orders)
    t.same(
      order.toSorted((one, other) => one - other),
      [...orders[0]!.keys()],
    )
  t.equal(new Set(orders.map(String)).size, orders.length)
  t.same(shuffleIndexes({ ...request, model: 'other' }, 12), orders[0], 'whatever the model')
})

t.test('every index comes first about equally often', async t => {
  const firsts = Array.from({ length: 4000 }, (_, salt) => shuffleIndexes(request, 4, `${salt} `)[0])
  for (const index of [0, 1, 2, 3]) {
    const share = firsts.filter(first => first === index).length / firsts.length
    t.ok(Math.abs(share - 0.25) < 0.035, `${share}`)
  }
})

t.test('a request is read once, however often its indexes are shuffled', async t => {
  let reads = 0
  const message = { role: 'user', content: 'q', toJSON: () => `read ${++reads} times` }
  const counted = { model: 'm', messages: [message] }
  for (let salt = 0; salt < 10; salt++) shuffleIndexes(counted, 4, `${salt} `)
  t.equal(reads, 1)
})
