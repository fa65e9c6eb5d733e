import t from 'tap'
import { AnswerCache } from '../../../plugins/cache/cache.ts'
import { CurrentConfig } from '../../../src/config/current.ts'
import { configSchema } from '../../../src/config/schema.ts'
import type { ServedRequest } from '../../../src/chat/provider-call.ts'
import type { ChatRequest, Reply, Upstream } from '../../../src/contract/index.ts'
import { MemoryStore } from '../../../src/store/memory/memory-store.ts'
import type { ValueStore } from '../../../src/store/store.ts'
import { replyFrom } from '../../../src/chat/reply.ts'
import { ask, callOf } from '../../call.ts'

/** A cache above a model that numbers its answers. */
function setUp(values: ValueStore = new MemoryStore(() => 1_000_000).values) {
  const cache = new AnswerCache(values, new CurrentConfig(configSchema.parse({})))
  let calls = 0
  const model: Upstream = async request => replyFrom(`${++calls}`, request.model)
  const answer = async (request: ChatRequest = ask(), upstream = model, more: Partial<ServedRequest> = {}) =>
    await cache.answer(upstream, request, callOf('id', { chain: 'cache', ...more }))
  return { cache, model, answer }
}

async function summaryOf(reply: Reply): Promise<string> {
  return `${reply.head.cache} ${await reply.text()}`
}

const broken = async () => {
  throw new Error('no connection')
}

t.test('an unreachable store costs calls but fails no request', async t => {
  const { answer } = setUp({ get: broken, set: broken, delete: broken, clear: broken })
  t.equal(await summaryOf(await answer()), 'miss 1')
  t.equal(await summaryOf(await answer(ask('hello', { stream: true }))), 'miss 2')
})

t.test('stored bytes that are not an answer count as a miss', async t => {
  const { values } = new MemoryStore(() => 1_000_000)
  const nonsense = ['', '{', '{}\n', '{"head":{}}\nnonsense', '{"head":{},"usage":{}}\ndata: {\n\n']
  for (const text of nonsense) {
    const { answer } = setUp({ ...values, get: async () => Buffer.from(text) })
    t.equal(await summaryOf(await answer()), 'miss 1', text)
  }
})

t.test('an answer that a budget cut short goes to its own request only', async t => {
  const { answer } = setUp()
  const spent: Partial<ServedRequest> = { meter: { ...callOf().request.meter, spent: 'tokens' } }
  for (const stream of [false, true]) {
    const request = ask(`stream: ${stream}`, { stream })
    const cut = answer(request, async () => replyFrom('best so far', 'm'), spent)
    const patient = answer(request)
    t.equal(await summaryOf(await cut), 'miss best so far')
    t.match(await summaryOf(await patient), /miss \d/)
    t.match(await summaryOf(await answer(request)), /hit \d/)
  }
})

t.test('a request aborted before it began leaves nothing for others to wait for', async t => {
  const { cache, answer } = setUp()
  const call = callOf('gone', { chain: 'cache' })
  call.controller.abort(new Error('gone'))
  const never: Upstream = async (_request, { signal }) => {
    signal.throwIfAborted()
    return replyFrom('never', 'm')
  }
  await t.rejects(cache.answer(never, ask(), call), { message: 'gone' })
  t.equal(await summaryOf(await answer()), 'miss 1')
})

t.test('a reader may be slower than the first one, and may stop early', async t => {
  const { answer } = setUp()
  const request = ask('hello', { stream: true, n: 1 })
  const [first, second, third] = await Promise.all([answer(request), answer(request), answer(request)])
  t.equal(await summaryOf(first), 'miss 1')
  for await (const chunk of second) {
    t.ok(chunk)
    break
  }
  t.match(await second.done, { error: { code: 'client_closed' } })
  third.cancel()
  await t.rejects(third.text())
  t.equal(await summaryOf(await answer(request)), 'hit 1')
})

t.test('an answer is read once, like any reply', async t => {
  const { answer } = setUp()
  for (const stream of [false, true]) {
    const request = ask(`stream: ${stream}`, { stream })
    for (const reply of [await answer(request), await answer(request)]) {
      await reply.text()
      await t.rejects(reply.text(), { code: 'reply_read' })
      t.match(await reply.done, { finish: ['stop'] })
    }
  }
})
