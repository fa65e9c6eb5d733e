import t from 'tap'
import bon from '../../../../approaches/bon.ts'
import { withHelperEffort } from '../../../../approaches/lib/request/helper-effort.ts'
import { contextOf, requestOf } from '../../model.ts'

t.test(
  'a helper call thinks less than an answer, never more, and only if the client asks for an effort',
  async t => {
    for (const [asked, param, sent] of [
      ['high', undefined, 'low'],
      ['medium', 'medium', 'medium'],
      ['xhigh', 'medium', 'medium'],
      ['minimal', undefined, 'minimal'],
      ['none', 'high', 'none'],
      ['odd', undefined, 'odd'],
    ] as const)
      t.equal(withHelperEffort(requestOf('q', { reasoning_effort: asked }), param)['reasoning_effort'], sent)
    t.notOk('reasoning_effort' in withHelperEffort(requestOf('q')))
  },
)

t.test('answers keep the effort of the client, and grades have that of helpers', async t => {
  const ctx = contextOf(({ kind }) => (kind === 'helper' ? '8' : ['a', 'b']))
  await bon.run(requestOf('q', { reasoning_effort: 'high' }), ctx, bon.params!.parse({ n: 2 }))
  t.same(
    ctx.asked.map(({ request }) => request['reasoning_effort']),
    ['high', 'low', 'low'],
  )
})
