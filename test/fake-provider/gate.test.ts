import t from 'tap'
import { Pool } from 'undici'
import {
  answer,
  completion,
  drip,
  fakeProvider,
  flood,
  gate,
  head,
  hold,
  raw,
  sequence,
  stream,
} from '../fake-provider.ts'
import type { Action } from '../fake-provider.ts'
import { client, path } from './client.ts'

t.test('a gate holds a script before the head, after it and between events', async t => {
  const [before, after, between] = [gate(), gate(), gate()]
  const provider = await fakeProvider(t, [
    sequence(hold(before), answer('held')),
    completion('held', { cut: { at: 0, by: hold(after) } }),
    stream(['one ', hold(between), 'two']),
  ])
  const ask = client(t, provider.url)
  const pending = ask()
  await before.reached()
  before.release()
  t.match(await (await pending).body.json(), { choices: [{ message: { content: 'held' } }] })
  const headed = await ask()
  await after.reached()
  after.release()
  t.match(await headed.body.json(), { choices: [{ message: { content: 'held' } }] })
  const streamed = await ask({ stream: true })
  let text = ''
  for await (const bytes of streamed.body) {
    text += String(bytes)
    if (text.includes('one ')) between.release()
  }
  t.match(text, /one [^]*two[^]*\[DONE\]/)
})

t.test('a gate lets one through at each step, even in advance', async t => {
  const steps = gate()
  steps.step()
  await steps.pass()
  let passed = false
  const waiting = steps.pass().then(() => (passed = true))
  await steps.reached(2)
  t.equal(passed, false)
  steps.step()
  await waiting
  t.equal(passed, true)
})

t.test('bytes drip out with the steps of a gate', async t => {
  const steps = gate()
  const provider = await fakeProvider(t, sequence(drip('HTTP/1.1 204 No Content\r\n', steps), raw('\r\n')))
  const pending = client(t, provider.url)()
  for (let n = 1; n <= 'HTTP/1.1 204 No Content\r\n'.length; n += 1) {
    await steps.reached(n)
    steps.step()
  }
  t.equal((await pending).statusCode, 204)
})

t.test('a caller that disconnects is noticed before the head, within a stream and in a flood', async t => {
  const scripts: [string, Action, boolean][] = [
    ['before the head', hold(), false],
    ['within a stream', stream(['one ', hold()]), true],
    ['in a flood', sequence(head(200, { 'transfer-encoding': 'chunked' }), flood('x'.repeat(65_536))), true],
  ]
  for (const [name, script, hasHead] of scripts) {
    const provider = await fakeProvider(t, script)
    const ask = client(t, provider.url)
    const controller = new AbortController()
    const pending = ask({}, controller.signal)
    const request = await provider.waitFor(1)
    if (hasHead) (await pending).body.on('error', () => {})
    controller.abort()
    if (!hasHead) await t.rejects(pending, { name: 'AbortError' }, name)
    await request.aborted
    await request.closed
    await provider.disconnected()
    t.equal(provider.connections, 0, name)
  }
})

t.test('an answer that was complete was not aborted', async t => {
  const provider = await fakeProvider(t, answer('ok'))
  const pool = new Pool(new URL(provider.url).origin)
  await (await pool.request({ path, method: 'POST' })).body.dump()
  const [request] = provider.requests
  await request!.answered
  await pool.close()
  await request!.closed
  t.equal(
    await Promise.race([request!.aborted.then(() => 'aborted'), Promise.resolve('not aborted')]),
    'not aborted',
  )
})
