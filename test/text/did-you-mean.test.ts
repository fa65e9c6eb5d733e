import fc from 'fast-check'
import t from 'tap'
import { didYouMean, nearest } from '../../src/text/did-you-mean.ts'
import { WorkCounter } from '../work.ts'

const known = ['bon', 'proxy', 'weighted', 'cot_reflection', 'round_robin']

t.test('the phrase names the nearest candidate', async t => {
  t.equal(didYouMean('prxy', known), 'did you mean "proxy"?')
  t.equal(didYouMean('CoT_Reflexion', known), 'did you mean "cot_reflection"?')
})

t.test('two swapped letters are one edit', async t => {
  t.equal(nearest('bno', known), 'bon')
  t.equal(nearest('rpoxy', known), 'proxy')
  t.equal(nearest('on', ['no', 'in']), 'no')
})

t.test('nothing is guessed if more than a third of the letters differ', async t => {
  for (const name of ['', 'xy', 'moa', 'proof', 'sorted', 'latency']) {
    t.equal(didYouMean(name, known), undefined, name)
  }
  t.equal(didYouMean('bon', []), undefined)
})

t.test('of equally near candidates, the first is named', async t => {
  t.equal(nearest('bo', ['box', 'bon']), 'box')
  t.equal(nearest('bon', ['bob', 'bon']), 'bon')
})

t.test('a name of a megabyte gets no guess, and is not compared letter by letter', async t => {
  const counter = await WorkCounter.start()
  t.teardown(() => counter.stop())
  const work = await counter.of(() => t.equal(nearest('x'.repeat(1_000_000), ['bon', 'moa']), undefined))
  t.ok(work < 1_000, `${work} runs`)
})

const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '_'), minLength: 3, maxLength: 12 })

t.test('any single typo leads back to the name', async t => {
  const slips = fc.tuple(letters, fc.nat(), fc.constantFrom('insert', 'remove', 'replace', 'swap'))
  fc.assert(
    fc.property(slips, ([name, seed, slip]) => {
      t.equal(nearest(slipped(name, seed % (name.length - 1), slip), [name]), name)
    }),
  )
})

function slipped(name: string, at: number, slip: string): string {
  const [before, after] = [name.slice(0, at), name.slice(at + 1)]
  if (slip === 'insert') return `${before}x${name.slice(at)}`
  if (slip === 'remove') return before + after
  if (slip === 'replace') return `${before}x${after}`
  return before + name[at + 1]! + name[at]! + name.slice(at + 2)
}
