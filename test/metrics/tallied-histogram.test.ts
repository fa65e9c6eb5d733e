import { Histogram, Registry } from '@prometheus-io/client'
import fc from 'fast-check'
import t from 'tap'
import { TalliedHistogram } from '../../src/metrics/tallied-histogram.ts'

const definition = { name: 'wait_seconds', help: 'Seconds of waiting', buckets: [0.1, 1, 10] }

/** The lines of a registry, whatever their order and that of their labels. */
async function linesOf(registry: Registry): Promise<readonly string[]> {
  const text = await registry.metrics()
  const sorted = (labels: string) => `{${labels.split(',').toSorted().join(',')}}`
  const lines = text.split('\n').map(line => line.replace(/\{(.*)\}/, (_, labels: string) => sorted(labels)))
  return lines.toSorted()
}

function register() {
  const registry = new Registry()
  const histogram = new TalliedHistogram({ ...definition, labels: ['model', 'chain'] })
  histogram.register(registry)
  return { registry, histogram }
}

t.test('a histogram shows what that of the library shows for the same values', async () => {
  const label = fc.constantFrom('a', 'b', 'he said "no"')
  const value = fc.oneof(fc.constantFrom(...definition.buckets), fc.double({ min: 0, max: 20, noNaN: true }))
  const values = fc.array(fc.tuple(value, label, label), { maxLength: 30 })
  await fc.assert(
    fc.asyncProperty(values, async seen => {
      const { registry, histogram } = register()
      const other = new Registry()
      const expected = new Histogram({ ...definition, labelNames: ['model', 'chain'], registers: [other] })
      for (const [seconds, model, chain] of seen) {
        histogram.observe(seconds, model, chain)
        expected.observe({ model, chain }, seconds)
      }
      const [shown, wanted] = await Promise.all([linesOf(registry), linesOf(other)])
      return JSON.stringify(shown) === JSON.stringify(wanted)
    }),
  )
})

t.test('beyond a number of label values, all further ones share a series', async t => {
  const { registry, histogram } = register()
  for (let index = 0; index < 1000; index++) histogram.observe(1, `model-${index}`, 'proxy')
  const lines = await linesOf(registry)
  t.equal(lines.filter(line => line.startsWith('wait_seconds_count')).length, 201)
  t.ok(lines.includes('wait_seconds_count{chain="other",model="other"} 800'))
})

t.test('a series that is known begins at zero, and is shown once', async t => {
  const registry = new Registry()
  const known = () => [
    ['a', 'proxy'],
    ['b', 'proxy'],
  ]
  const histogram = new TalliedHistogram({ ...definition, labels: ['model', 'chain'], known })
  histogram.register(registry)
  histogram.observe(1, 'a', 'proxy')
  const counts = (await linesOf(registry)).filter(line => line.startsWith('wait_seconds_count'))
  t.same(counts, [
    'wait_seconds_count{chain="proxy",model="a"} 1',
    'wait_seconds_count{chain="proxy",model="b"} 0',
  ])
})
