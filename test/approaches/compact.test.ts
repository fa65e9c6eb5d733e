import fc from 'fast-check'
import t from 'tap'
import compact from '../../approaches/compact/index.ts'
import { sizeOf, splitConversation, withSummary } from '../../approaches/compact/split.ts'
import { textOf } from '../../src/chat/completion.ts'
import { HulumanageError } from '../../src/contract/index.ts'
import type { Message } from '../../src/contract/index.ts'
import { contextOf, piecesIn, promptOf, textIn } from './model.ts'
import type { Script } from './model.ts'

const params = compact.params!.parse({ window: 1024, summary: 64, summariser: 'small' })
const user = (content: string): Message => ({ role: 'user', content })
const assistant = (content: string): Message => ({ role: 'assistant', content })
const long = (name: string) => `${name} ${'word '.repeat(300)}`

/** A conversation of so many long turns, with a name of its own. */
function conversation(name: string, turns: number): Message[] {
  const pairs = Array.from({ length: turns }, (_, at) => [user(long(`${name} ${at}`)), assistant(long('ok'))])
  return [{ role: 'system', content: 'Be brief.' }, ...pairs.flat(), user('What now?')]
}

const says: Script = ({ kind }) => (kind === 'helper' ? 'They spoke of many things.' : 'the answer')
const run = (ctx: ReturnType<typeof contextOf>, messages: readonly Message[], fields: object = {}) =>
  compact.run({ model: 'm', messages, ...fields }, ctx, params)

t.test('a conversation that fits is passed on as it is', async t => {
  const ctx = contextOf(says)
  const messages = [user('Hello'), assistant('Hi'), user('How are you?')]
  t.equal(await textIn(await run(ctx, messages)), 'the answer')
  t.strictSame(
    ctx.asked.map(({ request }) => request.messages),
    [messages],
  )
})

t.test('old turns are replaced by a summary, the newest and the instructions stay', async t => {
  const ctx = contextOf(says)
  const messages = conversation('first', 6)
  const pieces = await piecesIn(await run(ctx, messages, { stream: true }))
  t.equal(pieces.join(''), 'the answer')
  t.ok(ctx.asked.slice(0, -1).every(({ request }) => request.model === 'small'))
  const { messages: sent } = ctx.asked.at(-1)!.request
  t.strictSame(sent[0], messages[0])
  t.match(sent[1], { role: 'user', content: /^The conversation so far[^]*many things/ })
  t.match(textOf(sent.at(-1)), /What now\?$/)
  t.ok(sent.reduce((sum, message) => sum + sizeOf(message), 0) < 1024)
})

t.test('the next request summarizes only what is new', async t => {
  const ctx = contextOf(says)
  await textIn(await run(ctx, conversation('again', 6)))
  const before = ctx.asked.length
  await textIn(await run(ctx, conversation('again', 6)))
  t.equal(ctx.asked.length, before + 1, 'no summary')
  await textIn(await run(ctx, conversation('again', 7)))
  const added = ctx.asked.slice(before + 1).filter(({ kind }) => kind === 'helper')
  t.ok(added.length > 0)
  t.notOk(added.some(({ request }) => promptOf(request).includes('again 0')))
})

t.test('a summary is used again for its owner only', async t => {
  const messages = conversation('private', 6)
  for (const owner of ['one', 'two']) {
    const ctx = { ...contextOf(says), owner }
    ctx.span = (_name, work) => work(ctx)
    await textIn(await run(ctx, messages))
    t.ok(
      ctx.asked.some(({ kind }) => kind === 'helper'),
      owner,
    )
  }
})

t.test('without a summary, the conversation is sent as it is', async t => {
  for (const failure of [new HulumanageError('upstream_error', 'down'), '']) {
    const ctx = contextOf(({ kind }) => (kind === 'helper' ? failure : 'the answer'))
    const messages = conversation(`failing ${String(failure)}`, 6)
    t.equal(await textIn(await run(ctx, messages)), 'the answer')
    t.strictSame(ctx.asked.at(-1)!.request.messages, messages)
  }
})

t.test('a conversation is split before a message of the user, and loses nothing', async t => {
  const call = { id: 'c', type: 'function', function: { name: 'look', arguments: '{}' } }
  const turn = fc.oneof(
    fc.string({ maxLength: 4000 }).map(user),
    fc.string({ maxLength: 4000 }).map(assistant),
    fc.constant<Message>({ role: 'assistant', content: null, tool_calls: [call] }),
    fc.string({ maxLength: 4000 }).map((content): Message => ({ role: 'tool', tool_call_id: 'c', content })),
  )
  fc.assert(
    fc.property(fc.array(turn, { maxLength: 30 }), messages => {
      const split = splitConversation(messages, 1024, 0.4)
      if (!split) return
      t.strictSame([...split.old, ...split.recent], messages)
      t.equal(split.recent[0]?.role, 'user')
      t.ok(split.old.length > 0)
      const last = messages.findLastIndex(({ role }) => role === 'user')
      t.ok(split.old.length <= last)
      t.equal(withSummary(split, 'x').length, split.recent.length)
    }),
    { numRuns: 60 },
  )
})

t.test('the window is by default most of that of the model', async t => {
  const defaults = compact.params!.parse({})
  const callsFor = async (window: number | undefined): Promise<number> => {
    const ctx = { ...contextOf(says), contextWindow: () => window }
    await compact.run({ model: 'm', messages: conversation('a', 40) }, ctx, defaults)
    return ctx.asked.length
  }
  t.equal(await callsFor(undefined), 1)
  t.ok((await callsFor(8192)) > 1)
})
