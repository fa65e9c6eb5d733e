import t from 'tap'
import { listed } from '../../../../approaches/lib/asking/listed.ts'
import { sample } from '../../../../src/sampling/sample.ts'
import { contextOf, requestOf } from '../../model.ts'

t.test('lists what was said under numbers, and what was thought only where there is no more', async t => {
  const ctx = contextOf(() => ['<think>hm</think>a', 'b', '<think>only this'])
  t.equal(
    listed('draft', await sample(ctx, requestOf('q'), 3)),
    '<draft number="1">\na\n</draft>\n\n<draft number="2">\nb\n</draft>\n\n<draft number="3">\n<think>only this\n</draft>',
  )
})
