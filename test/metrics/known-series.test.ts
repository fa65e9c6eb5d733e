import t from 'tap'
import { seriesAtZero, withEach } from '../../src/metrics/known-series.ts'

function namesOf(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `n${index}`)
}

t.test('a product has each series with each value', t => {
  t.same([...withEach([['a'], ['b']], ['x', 'y'])].join(' '), 'a,x a,y b,x b,y')
  t.equal([...withEach([['a']], namesOf(501))].length, 501)
  t.end()
})

t.test('the series of a metric begin at zero if they are few, however they are listed', t => {
  for (const [count, zeros] of [
    [500, 500],
    [501, 0],
  ] as const) {
    const names = namesOf(count)
    const listed = names.map(name => [name])
    t.equal(seriesAtZero(() => listed).length, zeros)
    t.equal(seriesAtZero(() => withEach([['a']], names)).length, zeros)
  }
  t.end()
})

t.test('of too many series, no more are made than show that', t => {
  let made = 0
  const counted = function* () {
    for (;;) yield [`n${made++}`]
  }
  t.same(
    seriesAtZero(() => withEach(counted(), ['x', 'y'])),
    [],
  )
  t.ok(made < 300, `${made}`)
  t.end()
})
