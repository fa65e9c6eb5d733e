import t from 'tap'
import { askWhole } from '../../../../approaches/lib/asking/ask-whole.ts'
import { contextOf, requestOf } from '../../model.ts'
import type { Scripted } from '../../model.ts'

async function heard(said: Scripted): Promise<string | undefined> {
  return await askWhole(
    contextOf(() => said),
    requestOf('q'),
    [{ role: 'user', content: 'help' }],
  )
}

t.test('returns the text without thinking', async t => {
  t.equal(await heard('<think>hm</think> so'), 'so')
  const ctx = contextOf(() => 'so')
  await askWhole(ctx, requestOf('q', { seed: 1 }), [{ role: 'user', content: 'help' }])
  t.match(ctx.asked, [{ kind: 'helper', request: { seed: 1, messages: [{ content: 'help' }] } }])
})

t.test('returns nothing if the reply is truncated or empty', async t => {
  for (const finish of ['length', 'content_filter'])
    t.equal(await heard([{ content: 'half', finish }]), undefined)
  for (const said of ['', '<think>hm</think>', [], [{ content: null }]]) t.equal(await heard(said), undefined)
})
