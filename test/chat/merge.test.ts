import t from 'tap'
import type { Chunk, Reply } from '../../src/contract/index.ts'
import { mergeStreams } from '../../src/chat/merge.ts'
import { StreamReply } from '../../src/chat/reply.ts'

const head = { id: 'a', created: 1, model: 'm' }

/** A reply that is fed by hand. */
function fed() {
  const waiting: ((chunk: Chunk | Error | undefined) => void)[] = []
  let asked = 0
  async function* chunks() {
    for (;;) {
      asked++
      const chunk = await new Promise<Chunk | Error | undefined>(resolve => waiting.push(resolve))
      if (chunk instanceof Error) throw chunk
      if (!chunk) return
      yield chunk
    }
  }
  return {
    reply: new StreamReply(head, chunks()),
    asked: () => asked,
    say: (content: string) =>
      waiting.shift()!({
        ...head,
        object: 'chat.completion.chunk',
        choices: [{ index: 0, delta: { content } }],
      }),
    end: () => waiting.shift()!(undefined),
    fail: (error: Error) => waiting.shift()!(error),
  }
}

const merge = (...replies: Reply[]) => mergeStreams(replies.map(reply => ({ reply, choices: 1 })))
const said = ({ value }: IteratorResult<Chunk>) =>
  (value as Chunk).choices.map(({ index, delta }) => [index, delta.content])

t.test('yields chunks in order of arrival, and pulls no more from a source than is read', async t => {
  const one = fed()
  const two = fed()
  const reader = merge(one.reply, two.reply)[Symbol.asyncIterator]()
  const first = reader.next()
  two.say('x')
  t.same(said(await first), [[1, 'x']])
  t.equal(two.asked(), 1, 'not asked before the chunk is taken')
  const second = reader.next()
  t.equal(await Promise.resolve(one.asked()), 1)
  one.say('y')
  t.same(said(await second), [[0, 'y']])
  const last = reader.next()
  await Promise.resolve()
  one.end()
  two.end()
  t.match(await last, { done: true })
})

t.test('fails with the first source that fails, and cancels the others', async t => {
  const one = fed()
  const two = fed()
  const merged = merge(one.reply, two.reply)
  const first = merged[Symbol.asyncIterator]().next()
  one.fail(new Error('cut'))
  await t.rejects(first, { message: 'cut' })
  t.match(await two.reply.done, { error: Error })
  t.match(await merged.done, { error: { message: 'cut' } })
})
