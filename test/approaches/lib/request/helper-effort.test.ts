import t from 'tap'
import bon from '../../../../approaches/bon.ts'
import { withHelperEffort } from '../../../../approaches/lib/request/helper-effort.ts'
import { withEffort } from '../../../../src/plugin.ts'
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
    [{ thinking_budget: -1 }, { thinking_budget: -1 }],
    [
      { chat_template_kwargs: { reasoning_effort: 'high' } },
      { chat_template_kwargs: { reasoning_effort: 'low' } },
    ],
    [
      { chat_template_kwargs: { thinking_budget: 9000 } },
      { chat_template_kwargs: { thinking_budget: 2048 } },
    ],
    [{ output_config: { effort: 'max', format: 'f' } }, { output_config: { effort: 'low', format: 'f' } }],
    [
      { google: { thinking_config: { thinking_budget: 9000, include_thoughts: true } } },
      { google: { thinking_config: { thinking_budget: 2048, include_thoughts: true } } },
    ],
    [
      { extra_body: { google: { thinking_config: { thinking_level: 'high' } } } },
      { extra_body: { google: { thinking_config: { thinking_level: 'low' } } } },
    ],
    [
      { thinking_budget: 30_000, enable_thinking: false },
      { thinking_budget: 30_000, enable_thinking: false },
    ],
  ]) {
    const { model: _model, messages: _messages, ...fields } = withHelperEffort(requestOf('q', asked))
    t.same(fields, sent)
  }
  const thinking = { type: 'enabled', budget_tokens: 9000 }
  t.match(withHelperEffort(requestOf('q', { thinking }), 'none'), { thinking: { type: 'disabled' } })
})

t.test('the switches of a request agree with its effort, in words that its service knows', async t => {
  for (const [asked, effort, sent] of [
    [
      { thinking_budget: 30_000, enable_thinking: true },
      'none',
      { thinking_budget: 0, enable_thinking: false },
    ],
    [
      { chat_template_kwargs: { thinking: true, x: 1 } },
      'none',
      { chat_template_kwargs: { thinking: false, x: 1 } },
    ],
    [{ thinking: { type: 'adaptive' } }, 'none', { thinking: { type: 'disabled' } }],
    [{ thinking: { type: 'disabled' } }, 'high', { reasoning_effort: 'high' }],
    [{ enable_thinking: false }, 'high', { enable_thinking: true, reasoning_effort: 'high' }],
    [{ output_config: { effort: 'high' } }, 'none', { output_config: { effort: 'low' } }],
    [
      { google: { thinking_config: { thinking_level: 'low' } } },
      'none',
      { google: { thinking_config: { thinking_level: 'minimal' } } },
    ],
  ] as const) {
    const { model: _model, messages: _messages, ...fields } = withEffort(requestOf('q', asked), effort)
    t.same(fields, sent)
  }
})

t.test('answers keep the effort of the client, and grades have that of helpers', async t => {
  const ctx = contextOf(({ kind }) => (kind === 'helper' ? '8' : ['a', 'b']))
  await bon.run(requestOf('q', { reasoning_effort: 'high' }), ctx, bon.params!.parse({ n: 2 }))
  t.same(
    ctx.asked.map(({ request }) => request['reasoning_effort']),
    ['high', 'low', 'low'],
  )
})
