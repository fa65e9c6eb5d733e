import t from 'tap'
import { answer, error, gate } from '../../../fake-provider.ts'
import { ask } from '../../../call.ts'
import { proxyOver, received } from '../proxy.ts'

t.test('a lower priority number goes first, and its strategy shares within it', async t => {
  const { fakes, send } = await proxyOver(t, [answer(), answer(), answer()], {}, [
    { priority: 2 },
    { priority: 1, weight: 2 },
    { priority: 1 },
  ])
  for (let time = 0; time < 6; time++) await send()
  t.strictSame(received(fakes), [0, 4, 2])
})

t.test(
  'the next priority is asked when all providers of one have failed, and fallback_only after all',
  async t => {
    const { fakes, send } = await proxyOver(t, [answer('backup'), error(500), error(500), error(500)], {}, [
      { fallback_only: true, priority: -1 },
      { priority: 5 },
      {},
      {},
    ])
    t.equal(await (await send()).text(), 'backup')
    t.strictSame(received(fakes), [1, 1, 1, 1])
    const order = (index: number) => fakes[index]!.requests[0]!.order
    t.ok(Math.max(order(2), order(3)) < order(1))
  },
)

t.test('* serves only models that no other provider names', async t => {
  const { fakes, send } = await proxyOver(t, [answer(), answer(), answer()], {}, [
    { models: ['*'], model_map: { '*': 'llama3' } },
    { models: ['gpt-4'] },
    { models: ['openai/*'], model_map: { 'openai/*': '*' } },
  ])
  for (const model of ['gpt-4', 'gpt-4', 'openai/o3', 'else', 'gpt-4o']) await send(ask('x', { model }))
  t.strictSame(
    fakes.map(({ requests }) => requests.map(({ body }) => body['model'])),
    [['llama3', 'llama3'], ['gpt-4', 'gpt-4'], ['o3']],
  )
  fakes[1]!.script(error(500))
  await t.rejects(send(ask('x', { model: 'gpt-4' })), { code: 'upstream_error' })
  t.equal(fakes[0]!.requests.length, 2, 'also when the one that is named fails')
})

t.test('a priority whose providers are merely full is waited for', async t => {
  const open = gate()
  const { fakes, slots, send } = await proxyOver(t, [undefined, answer()], {}, [
    { max_concurrent: 1 },
    { priority: 1 },
  ])
  fakes[0]!.script(async () => {
    await open.pass()
    return answer('first')
  })
  const replies = [send(), send()]
  await fakes[0]!.waitFor(1)
  t.equal(slots.waiting, 1)
  open.release()
  for (const reply of replies) t.equal(await (await reply).text(), 'first')
  t.strictSame(received(fakes), [2, 0])
})

t.test('failover skips a full provider after slot_wait, even for the next priority', async t => {
  const open = gate()
  const routing = { strategy: 'failover', slot_wait: 0.02 }
  const { fakes, send } = await proxyOver(t, [answer('second'), undefined], { routing }, [
    { priority: 1 },
    { max_concurrent: 1 },
  ])
  fakes[1]!.script(async () => {
    await open.pass()
    return answer('first')
  })
  const first = send()
  await fakes[1]!.waitFor(1)
  t.equal(await (await send()).text(), 'second')
  open.release()
  t.equal(await (await first).text(), 'first')
})

t.test('max_attempts counts providers of all priorities', async t => {
  const routing = { max_attempts: 2 }
  const { fakes, send } = await proxyOver(t, [error(500), error(500), answer()], { routing }, [
    {},
    { priority: 1 },
    { priority: 2 },
  ])
  await t.rejects(send(), { code: 'upstream_error' })
  t.strictSame(received(fakes), [1, 1, 0])
})
