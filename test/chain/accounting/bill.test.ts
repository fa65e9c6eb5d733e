import t from 'tap'
import { CallBill } from '../../../src/chain/accounting/bill.ts'
import { CompleteReply } from '../../../src/chat/reply.ts'
import { completion } from '../fakes.ts'

/** The cost and tokens of an attempt, at ten tokens for a USD. */
function spent(usd: number) {
  return { cost: { usd }, tokens: usd * 10 }
}

t.test('a discarded answer wastes all calls behind it, also those of the steps below', async t => {
  const root = new CallBill()
  const chosen = root.open()
  chosen.add(spent(3), false)
  const other = root.open()
  other.add(spent(1), false)
  other.open().add(spent(2), false)
  other.discard(0)
  t.same(root.spent, { usd: 6, tokens: 60 })
  t.same(root.wasted, { usd: 3, tokens: 30 })
})

t.test('a choice of several wastes its share of the call', async t => {
  const call = new CallBill()
  call.add(spent(4), false)
  const reply = new CompleteReply(completion('a', 'b', 'c', 'd'))
  call.answered(reply)
  await reply.done
  call.discard(1)
  t.same(call.wasted, { usd: 1, tokens: 10 })
  call.discard(1)
  t.same(call.wasted, { usd: 1, tokens: 10 }, 'no choice twice')
})

t.test('nothing is wasted twice: not what failed below a discarded answer either', async t => {
  const call = new CallBill()
  call.add(spent(1), true)
  call.add(spent(2), false)
  t.same(call.wasted, { usd: 1, tokens: 10 })
  call.discard(0)
  t.same(call.wasted, { usd: 3, tokens: 30 })
})
