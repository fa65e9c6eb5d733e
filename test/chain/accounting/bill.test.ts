import t from 'tap'
import { CallBill } from '../../../src/chain/accounting/bill.ts'
import { CompleteReply } from '../../../src/chat/reply.ts'
import { completion } from '../fakes.ts'

t.test('a discarded answer wastes all calls behind it, also those of the steps below', async t => {
  const root = new CallBill()
  const chosen = root.open()
  chosen.add(3, false)
  const other = root.open()
  other.add(1, false)
  other.open().add(2, false)
  other.discard(0)
  t.equal(root.usd, 6)
  t.equal(root.wasted, 3)
})

t.test('a choice of several wastes its share of the call', async t => {
  const call = new CallBill()
  call.add(4, false)
  const reply = new CompleteReply(completion('a', 'b', 'c', 'd'))
  call.answered(reply)
  await reply.done
  call.discard(1)
  t.equal(call.wasted, 1)
  call.discard(1)
  t.equal(call.wasted, 1, 'no choice twice')
})

t.test('nothing is wasted twice: not what failed below a discarded answer either', async t => {
  const call = new CallBill()
  call.add(1, true)
  call.add(2, false)
  t.equal(call.wasted, 1)
  call.discard(0)
  t.equal(call.wasted, 3)
})
