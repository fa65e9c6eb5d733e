import t from 'tap'
import { closestPattern, matchesPattern } from '../../src/text/name-pattern.ts'

t.test('a name decides before all patterns, and of patterns the longest that matches', async t => {
  const patterns = ['*', 'gpt-5*', 'gpt-*', 'gpt-5-mini', 'o3']
  const cases = {
    'gpt-5-mini': 'gpt-5-mini',
    'gpt-5-nano': 'gpt-5*',
    'gpt-4': 'gpt-*',
    claude: '*',
    o3: 'o3',
  }
  for (const [name, pattern] of Object.entries(cases)) {
    t.equal(closestPattern(patterns, name), pattern)
    t.equal(closestPattern(patterns.toReversed(), name), pattern, 'in any order')
  }
  t.equal(closestPattern(['gpt-*', 'o3'], 'o3-mini'), undefined)
})

t.test('only an asterisk at the end makes a pattern', async t => {
  t.ok(matchesPattern('gpt-5', 'gpt-*'))
  t.ok(matchesPattern('gpt-', 'gpt-*'))
  t.notOk(matchesPattern('gpt-5', '*-5'))
  t.notOk(matchesPattern('gpt-5', 'gpt'))
})
