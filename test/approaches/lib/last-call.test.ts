import t from 'tap'
import { lastCall } from '../../../approaches/lib/last-call.ts'
import { sample } from '../../../approaches/lib/sample.ts'
import { completionIn, contextOf, requestOf } from '../model.ts'
import type { Scripted } from '../model.ts'

async function choicesOf(said: Scripted, stream: boolean) {
  const ctx = contextOf(({ path }) => (path === 'draft' ? [{ content: 'draft', finish: 'length' }] : said))
  const [draft] = await ctx.span('draft', inner => sample(inner, requestOf('q'), 1))
  const reply = await lastCall(ctx, 'The last call', requestOf('q', { stream }), draft)
  return (await completionIn(reply)).choices.map(({ message, finish_reason: finish }) => [
    message.content,
    finish,
  ])
}

t.test('fills in where nothing comes, and leaves alone what does', async t => {
  for (const stream of [false, true]) {
    for (const said of [
      new Error('down'),
      [],
      '',
      [{ content: null }],
      [{ content: null, finish: null }],
      [{ content: null, finish: 'length' }],
    ]) {
      t.same(await choicesOf(said, stream), [['draft', 'length']])
    }
    t.same(await choicesOf('text', stream), [['text', 'stop']])
    t.same(await choicesOf(['', 'text'], stream), [
      ['draft', 'length'],
      ['text', 'stop'],
    ])
    t.same(await choicesOf([{ content: 'part', finish: 'length' }], stream), [['part', 'length']])
  }
})
