import { readFileSync } from 'node:fs'
import t from 'tap'
import { parts } from '../../bench/throughput/options.ts'
import { performancePage, renderPerformance } from '../../docs/generate/performance.ts'

const page = readFileSync(performancePage, 'utf8')

t.test(
  'docs/performance.md is up to date with the results of the benchmark (else run `npm run docs`)',
  async t => {
    t.equal(page, renderPerformance(page))
  },
)

t.test('the page names each part of the benchmark, and no other', async t => {
  const [, table] = /\n\| part [^]*?\n((?:\|.*\n)+)\n/.exec(page)!
  const named = [...table!.matchAll(/^\| `(\w+)`/gm)].map(([, part]) => part)
  t.same(named, parts)
})

t.test('a page without a place for figures is refused', async t => {
  t.throws(() => renderPerformance('# Performance\n'), { message: /must have these lines/ })
})
