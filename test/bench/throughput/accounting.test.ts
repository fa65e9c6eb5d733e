import t from 'tap'
import { readCoreTimes, readProcessTimes } from '../../../bench/throughput/accounting.ts'

const processStat =
  '4242 (node (v26) 1) S 1 4242 4242 0 -1 4194560 9 8 7 6 150 50 30 20 20 0 11 0 4711 1000000 2500 18446744073709551615'

const systemStat = `cpu  300 30 60 900 90 0 30 0 0 0
cpu0 100 10 20 300 30 4 6 10 0 0
cpu1 200 20 40 600 60 0 20 0 0 0
cpu10 1 1 1 1 1 1 1 1 0 0
intr 12345
`

t.test('the times of a process are read after a name with spaces and parentheses', async t => {
  t.same(readProcessTimes(processStat), { own: 2, reaped: 0.5 })
})

t.test('a core is busy with whatever is neither idle nor waiting', async t => {
  t.same(readCoreTimes(systemStat, [0]), { busy: 1.5, idle: 3.3 })
  t.same(readCoreTimes(systemStat, [1]), { busy: 2.8, idle: 6.6 })
})

t.test('the times of several cores are added', async t => {
  t.same(readCoreTimes(systemStat, [0, 10]), { busy: 1.56, idle: 3.32 })
})

t.test('a core that the machine does not have is an error', async t => {
  t.throws(() => readCoreTimes(systemStat, [2]), RangeError)
})
