import t from 'tap'
import { ensureContent, makeFinalCall } from '../../../../approaches/lib/asking/final-call.ts'
import { sample } from '../../../../src/sampling/sample.ts'
import type { Candidate } from '../../../../src/sampling/candidate.ts'
import { HulumanageError } from '../../../../src/contract/index.ts'
import { completionIn, contextOf, piecesIn, requestOf, textIn, toolCall } from '../../model.ts'
import type { Scripted } from '../../model.ts'

const nothing: Scripted[] = [
  [],
  '',
  [{ content: null }],
  [{ content: null, finish: null }],
  [{ content: null, tool_calls: [] }],
]

async function draftOf(text: string): Promise<Candidate> {
  const [draft] = await sample(
    contextOf(() => text),
    requestOf('q'),
    1,
  )
  return draft
}

t.test('streams content as it arrives', async t => {
  const ctx = contextOf(() => 'the answer')
  const reply = await makeFinalCall(ctx, 'it', requestOf('q', { stream: true }), await draftOf('draft'))
  t.same(await piecesIn(reply), ['the', ' an', 'swe', 'r'])
})

t.test('returns the draft if the call fails or has no content', async t => {
  const draft = await draftOf('draft')
  for (const answer of [new Error('down'), ...nothing, [{ content: null, finish: 'length' }]]) {
    for (const stream of [false, true]) {
      const ctx = contextOf(() => answer)
      const reply = await makeFinalCall(ctx, 'it', requestOf('q', { stream }), draft)
      t.match((await completionIn(reply)).choices, [{ finish_reason: 'stop', message: { content: 'draft' } }])
    }
  }
})

t.test('without a draft, no content is an error, but running out of tokens is an empty answer', async t => {
  const read = async (answer: Scripted, stream: boolean) => {
    const ctx = contextOf(() => answer)
    return await completionIn(ensureContent(await ctx.complete(requestOf('q', { stream }))))
  }
  for (const stream of [false, true]) {
    for (const answer of nothing) await t.rejects(read(answer, stream), { code: 'no_answer' })
    const { choices } = await read([{ content: null, finish: 'length' }], stream)
    t.match(choices, [{ finish_reason: 'length', message: { content: null } }])
  }
})

t.test('leaves tool calls and truncated texts alone', async t => {
  const draft = await draftOf('draft')
  for (const fallback of [undefined, draft]) {
    for (const choice of [{ tool_calls: [toolCall] }, { content: 'the ans', finish: 'length' }]) {
      const ctx = contextOf(() => [choice])
      const { choices } = await completionIn(ensureContent(await ctx.complete(requestOf('q')), fallback))
      const { finish, ...message } = { finish: 'tool_calls', ...choice }
      t.match(choices, [{ finish_reason: finish, message }])
    }
  }
})

t.test('fills each of several choices separately', async t => {
  const ctx = contextOf(() => ['one', { content: null }, 'three'])
  const { choices } = await completionIn(
    ensureContent(await ctx.complete(requestOf('q', { n: 3 })), await draftOf('draft')),
  )
  t.same(
    choices.map(({ message }) => message.content),
    ['one', 'draft', 'three'],
  )
})

t.test('passes on a spent budget and an abort by the client', async t => {
  const draft = await draftOf('draft')
  const spent = contextOf(() => new HulumanageError('budget_tokens', 'spent'))
  await t.rejects(makeFinalCall(spent, 'it', requestOf('q'), draft), { code: 'budget_tokens' })
  const gone = contextOf(() => 'late')
  gone.controller.abort()
  await t.rejects(makeFinalCall(gone, 'it', requestOf('q'), draft), { name: 'AbortError' })
})

t.test('passes cancellation on', async t => {
  const ctx = contextOf(() => 'the answer')
  const reply = await ctx.complete(requestOf('q', { stream: true }))
  const answer = ensureContent(reply)
  answer.cancel()
  t.ok((await reply.done).error)
  await t.rejects(textIn(answer))
})

t.test('an answer of blanks is replaced by the fallback', async t => {
  for (const stream of [false, true]) {
    const ctx = contextOf(() => ' \n \n ')
    const reply = await ctx.complete(requestOf('q', { stream }))
    t.match(await textIn(ensureContent(reply, await draftOf('draft'))), /draft$/)
  }
})
