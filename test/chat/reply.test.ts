import t from 'tap'
import type { Chunk } from '../../src/contract/index.ts'
import { mapReply, replyFrom, replyFromMessages, StreamReply } from '../../src/chat/reply.ts'

const head = { id: 'chatcmpl-1', model: 'm', created: 1 }

function chunk(content: string, finish_reason: string | null = null): Chunk {
  return {
    ...head,
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta: { content }, finish_reason }],
  }
}

async function* chunks(...texts: readonly string[]): AsyncGenerator<Chunk> {
  for (const text of texts) yield chunk(text)
  yield chunk('', 'stop')
}

t.test('strings become choices, both whole and as chunks', async t => {
  t.strictSame(await replyFrom(['a', 'b'], 'm').texts(), ['a', 'b'])
  const seen: string[] = []
  for await (const { choices } of replyFrom(['a', 'b'], 'm')) {
    seen.push(...choices.map(({ index, delta }) => `${index}:${delta.content ?? ''}`))
  }
  t.strictSame(seen, ['0:a', '0:', '1:b', '1:'])
})

t.test('a message with tool calls keeps them and ends with tool_calls', async t => {
  const message = { role: 'assistant', content: null, tool_calls: [{ id: 'x', type: 'function' }] }
  const completion = await replyFromMessages([message], 'm').completion()
  t.match(completion.choices[0], { message, finish_reason: 'tool_calls' })
})

t.test('a stream is collected, and done reports how it ended', async t => {
  const reply = new StreamReply(head, chunks('one ', 'two'))
  t.equal(await reply.text(), 'one two')
  t.match(await reply.done, { finish: ['stop'] })
})

t.test(
  'a collected answer has what the first chunks without choices say, not what any number say',
  async t => {
    const choices = [{ index: 0, delta: { content: 'x' }, finish_reason: 'stop' }]
    async function* source() {
      for (let at = 0; at < 1000; at++) yield { ...head, object: 'c', choices: [], [`field_${at}`]: at }
      yield { ...head, object: 'c', choices, system_fingerprint: 'fp' }
    }
    const completion = await new StreamReply(head, source()).completion()
    t.match(completion, { field_0: 0, system_fingerprint: 'fp', choices: [{ message: { content: 'x' } }] })
    t.ok(Object.keys(completion).length < 50)
  },
)

t.test('the reader of a cancelled stream gets the reason, even if the source simply ends', async t => {
  const ended = Promise.withResolvers<void>()
  async function* endless(): AsyncGenerator<Chunk> {
    yield chunk('one')
    await ended.promise
  }
  const reply = new StreamReply(head, endless(), () => ended.resolve())
  const reading = (async () => {
    for await (const { choices } of reply) if (choices[0]?.delta.content) reply.cancel(new Error('enough'))
  })()
  await t.rejects(reading, { message: 'enough' })
  t.match(await reply.done, { error: { message: 'enough' } })
})

t.test('leaving the loop early cancels the source', async t => {
  let cancelled = false
  const reply = new StreamReply(head, chunks('one', 'two'), () => (cancelled = true))
  for await (const { id } of reply) if (id) break
  t.ok(cancelled)
})

t.test('an error of the source is thrown to the reader and reported by done', async t => {
  async function* broken(): AsyncGenerator<Chunk> {
    yield chunk('one')
    throw new Error('cut')
  }
  const reply = new StreamReply(head, broken())
  await t.rejects(reply.text(), { message: 'cut' })
  t.match(await reply.done, { error: { message: 'cut' } })
})

t.test('a mapped reply can change and drop chunks as they stream', async t => {
  const reply = mapReply(new StreamReply(head, chunks('a', 'b', 'c')), part => {
    const content = part.choices[0]?.delta.content
    return content === 'b' ? undefined : content ? chunk(content.toUpperCase()) : part
  })
  t.equal(await reply.text(), 'AC')
})
