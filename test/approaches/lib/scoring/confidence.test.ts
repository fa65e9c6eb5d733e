import fc from 'fast-check'
import t from 'tap'
import { confidenceOf, withLogprobs } from '../../../../approaches/lib/scoring/confidence.ts'

const tokensOf = (...logprobs: number[]) => ({
  logprobs: { content: logprobs.map(logprob => ({ token: 'a', logprob, top_logprobs: [] })) },
})

t.test('confidence is that of the least sure stretch, not of the whole answer', async t => {
  t.equal(confidenceOf(tokensOf(Math.log(0.5)))?.probability.toFixed(6), '0.500000')
  const sure = Array.from({ length: 3000 }, () => -0.01)
  const doubtful = [...sure, ...Array.from({ length: 1024 }, () => -2), ...sure]
  t.equal(confidenceOf(tokensOf(...doubtful))?.probability.toFixed(6), Math.exp(-2).toFixed(6))
})

t.test('a choice is the more peaked, the less likely its alternatives are', async t => {
  const peakOf = (...others: number[]) =>
    confidenceOf({
      logprobs: { content: [{ logprob: -0.1, top_logprobs: others.map(logprob => ({ logprob })) }] },
    })!.peak
  t.ok(peakOf(-0.1, -8, -9) > peakOf(-0.1, -2, -3))
})

t.test('there is no confidence without log probabilities of all tokens', async t => {
  const hostile: unknown[] = [
    undefined,
    null,
    'yes',
    {},
    { content: null },
    { content: [] },
    { content: [null] },
    { content: [{ logprob: 'high' }] },
    { content: [{ logprob: -1 }, { logprob: Number.NaN }] },
  ]
  for (const logprobs of hostile) t.equal(confidenceOf({ logprobs }), undefined, JSON.stringify(logprobs))
})

t.test('whatever a provider sends, the probability is one', async t => {
  fc.assert(
    fc.property(fc.anything(), fc.array(fc.double()), (anything, logprobs) => {
      confidenceOf({ logprobs: anything })
      const probability = confidenceOf(tokensOf(...logprobs))?.probability
      t.ok(probability === undefined || (probability >= 0 && probability <= 1))
    }),
    { numRuns: 200 },
  )
})

t.test('a client that asks for more alternatives keeps them', async t => {
  const request = { model: 'm', messages: [], logprobs: true, top_logprobs: 12 }
  t.equal(withLogprobs(request)['top_logprobs'], 12)
  t.match(withLogprobs({ model: 'm', messages: [] }), { logprobs: true, top_logprobs: 5 })
})
