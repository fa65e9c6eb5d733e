import t from 'tap'
import { checkChain } from '../../../src/chain/plan/allowed.ts'

t.test('a chain that no longer exists allows nothing, and hides none of the others', async t => {
  const textOf = (chain = 'proxy'): string => {
    if (chain === 'gone') throw new Error('unknown approach')
    return `proxy-${chain}`
  }
  const ann = { name: 'ann', chains: ['gone', 'bon'] }
  t.doesNotThrow(() => checkChain(ann, 'proxy-bon', textOf))
  t.throws(() => checkChain(ann, 'proxy-moa', textOf), { code: 'not_allowed' })
})
