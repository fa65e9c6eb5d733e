import t from 'tap'
import { decimalUsd, shortUsd } from '../../src/text/usd.ts'

t.test('an amount is a decimal number, however small, without digits that say nothing', async t => {
  t.equal(decimalUsd(0), '0')
  t.equal(decimalUsd(10), '10')
  t.equal(decimalUsd(0.1 + 0.2), '0.3')
  t.equal(decimalUsd(0.000_000_1), '0.0000001')
})

t.test('people read cents of dollars, and two digits of less', async t => {
  t.equal(shortUsd(1234.567), '1234.57')
  t.equal(shortUsd(0.1234), '0.12')
  t.equal(shortUsd(0.000_012_34), '0.000012')
})
