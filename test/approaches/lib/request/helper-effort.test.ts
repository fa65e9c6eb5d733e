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

t.test('the effort of a helper is lower in whatever words the client asks for one', async t => {
  for (const [asked, sent] of [
    [{ reasoning: { effort: 'high', exclude: true } }, { reasoning: { effort: 'low', exclude: true } }],
    [{ reasoning: { max_tokens: 20_000 } }, { reasoning: { effort: 'low' } }],
    [{ reasoning: { enabled: false } }, { reasoning: { enabled: false } }],
    [{ reasoning: { exclude: true } }, { reasoning: { exclude: true } }],
    [
      { thinking: { type: 'enabled', budget_tokens: 9000 } },
      { thinking: { type: 'enabled', budget_tokens: 2048 } },
    ],
    [{ thinking: { type: 'adaptive' } }, { thinking: { type: 'adaptive' } }],
    [{ thinking_budget: 30_000 }, { thinking_budget: 2048 }],
  ]) {
    const { model: _model, messages: _messages, ...fields } = withHelperEffort(requestOf('q', asked))
    t.same(fields, sent)
  }
  const thinking = { type: 'enabled', budget_tokens: 9000 }
  t.match(withHelperEffort(requestOf('q', { thinking }), 'none'), { thinking: { type: 'disabled' } })
})

t.test('answers keep the effort of the client, and grades have that of helpers', async t => {
  const ctx = contextOf(({ kind }) => (kind === 'helper' ? '8' : ['a', 'b']))
  await bon.run(requestOf('q', { reasoning_effort: 'high' }), ctx, bon.params!.parse({ n: 2 }))
  t.same(
    ctx.asked.map(({ request }) => request['reasoning_effort']),
    ['high', 'low', 'low'],
  )
})
