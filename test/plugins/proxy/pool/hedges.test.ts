import fc from 'fast-check'
import t from 'tap'
import { HeadTimes } from '../../../../plugins/proxy/pool/head-times.ts'
import { HedgeBudget } from '../../../../plugins/proxy/pool/hedge-budget.ts'

t.test('hedges never exceed their share of the calls by more than what calls have saved', async t => {
  const share = fc.double({ min: 0.001, max: 0.5, noNaN: true })
  fc.assert(
    fc.property(share, fc.array(fc.boolean(), { maxLength: 500 }), (budget, wanted) => {
      const hedges = new HedgeBudget()
      const made = wanted.map(isWanted => {
        hedges.earn(budget)
        if (!isWanted || !hedges.allows) return 0
        hedges.spend()
        return 1
      })
      for (let from = 0; from < made.length; from += 25) {
        const rest = made.slice(from)
        const sum = rest.reduce<number>((total, one) => total + one, 0)
        if (sum > rest.length * budget + (from === 0 ? 1 : 10) + 1e-6) return false
      }
      return true
    }),
  )
  t.pass()
})

t.test('a share of 5 % is one hedge in twenty calls', async t => {
  const hedges = new HedgeBudget()
  let made = 0
  for (let call = 1; call <= 200; call++) {
    hedges.earn(0.05)
    if (!hedges.allows) continue
    hedges.spend()
    made++
  }
  t.equal(made, 11, 'and the one to begin with')
})

const call = { model: 'm', streams: false, promptTokens: 0, answerTokens: 0 }

t.test(
  'a percentile is that of the last 200 calls for the model, and unknown for fewer than twenty',
  async t => {
    const times = new HeadTimes()
    for (let ms = 1; ms <= 19; ms++) times.record(call, ms)
    t.equal(times.percentile(call, 95), undefined)
    times.record(call, 20)
    t.equal(times.percentile(call, 95), 19)
    t.equal(times.percentile(call, 50), 10)
    t.equal(times.percentile({ ...call, streams: true }, 50), undefined)
    t.equal(times.percentile({ ...call, model: 'other' }, 50), undefined)
    for (let ms = 1001; ms <= 1200; ms++) times.record(call, ms)
    t.equal(times.percentile(call, 50), 1100)
    t.equal(times.percentile(call, 99), 1198)
  },
)

t.test('models that clients name cannot fill the memory', async t => {
  const times = new HeadTimes()
  for (let ms = 1; ms <= 20; ms++) times.record(call, ms)
  for (let name = 0; name < 500; name++) times.record({ ...call, model: `m${name}` }, 1)
  t.equal(times.percentile(call, 50), undefined, 'the oldest is forgotten')
})
