import t from 'tap'
import { listCandidates } from '../../../../approaches/lib/asking/prompt-lists.ts'
import { sample } from '../../../../src/sampling/sample.ts'
import { contextOf, requestOf } from '../../model.ts'

t.test('numbers the candidates, and shows thinking only if there is nothing else', async t => {
  const ctx = contextOf(() => ['<think>hm</think>a', 'b', '<think>only this'])
  t.equal(
    listCandidates('draft', await sample(ctx, requestOf('q'), 3)),
    '<draft number="1">\na\n</draft>\n\n<draft number="2">\nb\n</draft>\n\n<draft number="3">\n<think>only this\n</draft>',
  )
})
