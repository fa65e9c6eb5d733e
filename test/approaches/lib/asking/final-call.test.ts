import t from 'tap'
import { ensureAnswer, ensureContent, makeFinalCall } from '../../../../approaches/lib/asking/final-call.ts'
import { sample } from '../../../../src/sampling/sample.ts'
import type { Candidate } from '../../../../src/sampling/candidate.ts'
import { StreamReply } from '../../../../src/chat/reply.ts'
import { HulumanageError } from '../../../../src/contract/index.ts'
import type { Chunk } from '../../../../src/contract/index.ts'
import { completionIn, contextOf, image, piecesIn, requestOf, textIn, toolCall } from '../../model.ts'
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
      t.same(ctx.degraded, answer instanceof Error ? [] : ['answer'])
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
      const reply = await ctx.complete(requestOf('q'))
      const answer = fallback ? ensureAnswer(ctx, reply, fallback) : ensureContent(reply)
      const { choices } = await completionIn(answer)
      const { finish, ...message } = { finish: 'tool_calls', ...choice }
      t.match(choices, [{ finish_reason: finish, message }])
    }
  }
})

t.test('fills each of several choices separately', async t => {
  const ctx = contextOf(() => ['one', { content: null }, 'three'])
  const { choices } = await completionIn(
    ensureAnswer(ctx, await ctx.complete(requestOf('q', { n: 3 })), await draftOf('draft')),
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
    t.match(await textIn(ensureAnswer(ctx, reply, await draftOf('draft'))), /draft$/)
  }
})

const refused = "I'm sorry, but I can't help with that."

t.test('a refusal is replaced by a draft that answers, and reported', async t => {
  const draft = await draftOf('draft')
  const afterAll = "I can't help with that. I understand your wish, but I can't share details about it."
  const inWords = [refused, afterAll, `<think>They want a recipe.</think>${refused}`]
  for (const answer of [...inWords, [{ content: null, refusal: refused }]] as Scripted[]) {
    for (const stream of [false, true]) {
      const ctx = contextOf(() => answer)
      const reply = await makeFinalCall(ctx, 'it', requestOf('q', { stream }), draft)
      const [choice] = (await completionIn(reply)).choices
      t.match(choice?.message.content, /(^|<\/think>)draft$/)
      t.equal(choice?.message['refusal'], undefined)
      t.same([ctx.degraded, ctx.discarded], [['answer'], ['refuses, unlike the drafts']])
    }
  }
})

t.test('JSON from the last call is not replaced, for its fields may be the answer', async t => {
  const draft = await draftOf('draft')
  for (const answer of ['As an AI language model, I cannot have feelings.', refused]) {
    const json = JSON.stringify({ answer })
    for (const stream of [false, true]) {
      const ctx = contextOf(() => json)
      t.equal(await textIn(await makeFinalCall(ctx, 'it', requestOf('q', { stream }), draft)), json)
    }
  }
})

t.test('where the draft refuses as well, a refusal is the answer', async t => {
  const draft = await draftOf('Sorry, I cannot assist with this.')
  for (const stream of [false, true]) {
    const ctx = contextOf(() => refused)
    const reply = await makeFinalCall(ctx, 'it', requestOf('q', { stream }), draft)
    t.equal(await textIn(reply), refused)
    t.same(ctx.degraded, [])
  }
})

t.test('a text that begins like a refusal and answers loses nothing', async t => {
  const draft = await draftOf('draft')
  for (const text of [
    "I can't help with the first part. The second is 42.",
    "I can't help but smile.",
    'As an AI, I have no feelings. The capital of France is Paris.',
    "I can't provide financial advice. Index funds are the cheapest choice.",
    'I can see it.',
    'Sorry',
  ]) {
    for (const stream of [false, true]) {
      const ctx = contextOf(() => text)
      const reply = await makeFinalCall(ctx, 'it', requestOf('q', { stream }), draft)
      t.equal(await textIn(reply), text)
      t.same(ctx.degraded, [])
    }
  }
})

t.test('a stream without an end keeps its text, and usage that comes with text held back', async t => {
  const draft = await draftOf('draft')
  const ctx = contextOf(() => [{ content: 'I can see it', finish: null }])
  const reply = await makeFinalCall(ctx, 'it', requestOf('q', { stream: true }), draft)
  t.equal(await textIn(reply), 'I can see it')

  const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 }
  const piece = { id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm' }
  async function* pieces(): AsyncGenerator<Chunk> {
    await Promise.resolve()
    yield { ...piece, choices: [{ index: 0, delta: { content: 'I ca' } }], usage }
    yield { ...piece, choices: [{ index: 0, delta: { content: 'n see' }, finish_reason: 'stop' }] }
  }
  const streamed = new StreamReply({ id: 'c', model: 'm', created: 1 }, pieces())
  const { choices, usage: counted } = await ensureAnswer(ctx, streamed, draft).completion()
  t.match([choices[0]?.message.content, counted], ['I can see', usage])
})

t.test(
  'no chunk has a choice twice, though one lets go of text held back while another holds its own',
  async t => {
    const piece = { id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm' }
    async function* pieces(): AsyncGenerator<Chunk> {
      await Promise.resolve()
      for (const texts of [
        ['I', 'I'],
        ['t is', ' ca'],
      ])
        yield { ...piece, choices: texts.map((content, index) => ({ index, delta: { content } })) }
    }
    const streamed = new StreamReply({ id: 'c', model: 'm', created: 1 }, pieces())
    const chunks = await Array.fromAsync(
      ensureAnswer(
        contextOf(() => ''),
        streamed,
        await draftOf('draft'),
      ),
    )
    t.same(
      chunks.flatMap(({ choices }) => choices.map(({ index, delta }) => [index, delta.content])).slice(0, 3),
      [
        [0, 'I'],
        [0, 't is'],
        [1, 'I'],
      ],
    )
    for (const { choices } of chunks) t.equal(new Set(choices.map(({ index }) => index)).size, choices.length)
  },
)

t.test('an image is content', async t => {
  const completion = {
    ...(await completionIn(await contextOf(() => 'x').complete(requestOf('q')))),
    choices: [
      { index: 0, finish_reason: 'stop', message: { role: 'assistant', content: null, images: [image] } },
    ],
  }
  const ctx = contextOf(() => completion)
  const { choices } = await completionIn(ensureContent(await ctx.complete(requestOf('q'))))
  t.match(choices, [{ message: { images: [image] } }])
})
