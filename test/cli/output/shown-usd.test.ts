import t from 'tap'
import { shownUsd } from '../../../src/cli/output/shown-usd.ts'

t.test('USD has two digits that matter, and an unknown cost is never 0', async t => {
  t.equal(shownUsd(null), '-')
  t.equal(shownUsd(0), '$0.00')
  t.equal(shownUsd(12.345), '$12.35')
  t.equal(shownUsd(0.5), '$0.50')
  t.equal(shownUsd(0.000_162_7), '$0.00016')
})
