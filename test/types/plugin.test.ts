import t from 'tap'
import { z } from 'zod'
import * as kit from '../../src/plugin.ts'
import { replyFromStream } from '../../src/plugin.ts'
import type { Chunk } from '../../src/plugin.ts'

t.test('hulumanage/plugin is the same module, so errors and replies have one class', async t => {
  const named: unknown = await import('hulumanage/plugin')
  t.equal(named, kit)
})

t.test('it exports everything that the documentation names', async t => {
  t.same(Object.keys(kit), [
    'CompleteReply',
    'HulumanageError',
    'StreamReply',
    'TagReader',
    'ThinkingFilter',
    'alternatives',
    'answerKey',
    'answerKeys',
    'bareAnswerKey',
    'charactersPerToken',
    'codeBlocks',
    'defineApproach',
    'defineWrapper',
    'drawTemperature',
    'effortOf',
    'endingOf',
    'endingParams',
    'errorTable',
    'extractAnswer',
    'findJson',
    'forOneChoice',
    'groupByAnswer',
    'isRefusal',
    'isWrapper',
    'loadedOnce',
    'mapReply',
    'mayRefuse',
    'nearestByFields',
    'parseJson',
    'readTag',
    'refuses',
    'replyFrom',
    'replyFromMessages',
    'replyFromStream',
    'sample',
    'sampleEach',
    'sampleInWindows',
    'setsEffort',
    'textOf',
    'toHulumanageError',
    'toolCallKey',
    'vote',
    'votesOf',
    'withDrawTemperature',
    'withEffort',
    'withSeed',
    'withoutThinking',
  ])
})

t.test("an approach's params determine the types of its run", async t => {
  const approach = kit.defineApproach({
    name: 'typed',
    summary: 'Repeats',
    params: z.object({ times: z.int().default(2) }),
    run: async (_request, _ctx, { times }) => 'a'.repeat(times),
  })
  t.equal(await approach.run({ model: 'm', messages: [] }, {} as kit.Context, { times: 3 }), 'aaa')
})

t.test('a reply from a stream of texts reads like any other', async t => {
  t.equal(await replyFromStream(pieces('a', 'b', 'c'), 'm').text(), 'abc')

  const chunks = await Array.fromAsync(replyFromStream(pieces('a', 'b'), 'm'))
  t.same(
    chunks.map(chunk => chunk.choices[0]?.delta.content),
    ['a', 'b', undefined],
  )
  t.same(
    chunks.map(chunk => chunk.choices[0]?.finish_reason),
    [null, null, 'stop'],
  )
  const reply = replyFromStream(pieces('a'), 'm')
  t.match(await reply.completion(), { model: 'm', choices: [{ finish_reason: 'stop' }] })
  t.match(await reply.done, { finish: ['stop'] })
})

t.test('chunks in a stream pass through with their own finish reason', async t => {
  const last: Chunk = {
    id: '1',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'm',
    choices: [{ index: 0, delta: { content: '!' }, finish_reason: 'length' }],
  }
  const { choices } = await replyFromStream(pieces('a', last), 'm').completion()
  t.match(choices, [{ message: { content: 'a!' }, finish_reason: 'length' }])
})

t.test('an error of the source reaches the reader and done', async t => {
  const failing = async function* (): AsyncGenerator<string> {
    yield 'a'
    throw new Error('source broke')
  }
  const reply = replyFromStream(failing(), 'm')
  await t.rejects(reply.text(), { message: 'source broke' })
  t.match(await reply.done, { error: { message: 'source broke' } })
})

t.test('leaving the loop ends the source', async t => {
  let ended = false
  const source = async function* (): AsyncGenerator<string> {
    try {
      yield 'a'
      yield 'b'
    } finally {
      ended = true
    }
  }
  for await (const chunk of replyFromStream(source(), 'm')) {
    t.ok(chunk)
    break
  }
  t.ok(ended)
})

t.test('cancelling a reply that nobody reads settles it', async t => {
  const reply = replyFromStream(pieces('a'), 'm')
  reply.cancel(new Error('not needed'))
  t.match(await reply.done, { error: { message: 'not needed' } })
})

async function* pieces(...items: (string | Chunk)[]): AsyncGenerator<string | Chunk> {
  yield* items
}
