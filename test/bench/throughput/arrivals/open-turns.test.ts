import t from 'tap'
import { OpenTurns } from '../../../../bench/throughput/arrivals/open-turns.ts'

/** Requests that are due each 10 ms from 0 on, over connections `a` and `b`; `sent` has the connections in order. */
function turns(count: number, lead = 0) {
  const sent: string[] = []
  const open = new OpenTurns<string>({
    count,
    lead,
    dueAt: index => index * 10,
    send: connection => sent.push(connection),
  })
  t.same([open.add('a'), open.add('b')], [1, 2])
  return { open, sent }
}

t.test('a request is sent when it is due, over the connection that was used last', async t => {
  const { open, sent } = turns(3)
  open.arrive(0)
  t.ok(open.finish('b', 5))
  open.arrive(9)
  t.same(sent, ['b'])
  open.arrive(10)
  t.ok(open.finish('b', 12))
  t.same(sent, ['b', 'b'])
  t.equal(open.left, 1)
})

t.test(
  'a request that finds no free connection is sent after the next answer, and timed from when it was due',
  async t => {
    const { open, sent } = turns(4)
    open.arrive(30)
    t.same(sent, ['b', 'a'], 'two wait')
    t.ok(open.finish('a', 50))
    t.same(sent, ['b', 'a', 'a'])
    t.ok(open.finish('b', 60))
    t.ok(open.finish('a', 70))
    t.ok(open.finish('b', 80))
    t.equal(open.left, 0)
    t.same([...open.times], [60, 40, 50, 50])
    t.same([...open.late], [30, 20, 30, 30])
  },
)

t.test('the first requests are sent and not measured', async t => {
  const { open, sent } = turns(3, 2)
  for (const now of [0, 10, 20]) {
    open.arrive(now)
    t.ok(open.finish('b', now + 1))
  }
  t.equal(sent.length, 3)
  t.same([...open.times], [1])
})

t.test('an answer without a request is noticed', async t => {
  const { open } = turns(1)
  t.notOk(open.finish('a', 0))
})
