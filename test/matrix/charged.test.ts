// The faults of one request are charged to it alone, as its client and those beside it see it: plugins/proxy/scope.test.ts and
// wire-scope.test.ts have the same for every verdict.
import t from 'tap'
import type { Test } from 'tap'
import { answer, error, hold } from '../fake-provider.ts'
import type { Action } from '../fake-provider.ts'
import { TestClock } from '../test-clock.ts'
import { textOf } from './client.ts'
import { errorOf } from './error-shape.ts'
import { serve } from './serve.ts'
import type { Served } from './serve.ts'

const says = (content: string) => ({ messages: [{ role: 'user', content }] })

/** Answers all requests but those with a word in them. */
const unless = (word: string, action: Action): Action => {
  return ({ request }) => (request.text.includes(word) ? action : answer('fine'))
}

/** Asserts that others are answered, and that no provider rests or has lost a key. */
async function servesOthers(t: Test, server: Served): Promise<void> {
  for (const stream of [false, true, false, true])
    t.equal(textOf(await server.client.ask({ stream })), 'fine')
  t.notOk((await server.providers()).some(({ status }) => status === 'unhealthy'))
}

// https://github.com/BerriAI/litellm/issues/41223
t.test('one request that takes too long fails alone, with one provider and with several', async t => {
  const clock = TestClock.start(t)
  const config = { stream_commit: 600, timeouts: { request: 50 } }
  for (const count of [1, 3])
    for (const stream of [false, true]) {
      const scripts = Array.from({ length: count }, () => unless('takes long', hold()))
      const server = await serve(t, scripts, { config })
      const slow = server.client.ask({ ...says('takes long'), stream })
      for (const fake of server.fakes) {
        await fake.waitFor(1)
        await clock.pass(50)
      }
      t.equal((await slow).status, 504)
      await servesOthers(t, server)
    }
})

// https://openrouter.ai/docs/errors
t.test('a prompt that is flagged is refused to its client, with the reason, and to nobody else', async t => {
  const message = 'The model requires moderation. Your input was flagged.'
  const flagged = error(403, { error: { code: 403, message, metadata: { reasons: ['violence'] } } })
  const server = await serve(t, [unless('flag me', flagged), unless('flag me', flagged)])
  for (const stream of [false, true]) {
    const refused = await server.client.ask({ ...says('flag me'), stream })
    t.equal(refused.status, 403)
    t.match(errorOf(t, refused), { message: /Your input was flagged/ })
  }
  await servesOthers(t, server)
  t.equal(server.received[1], 0, 'and another provider is not asked to pass it')
})

// https://github.com/Routstr/routstr-core/issues/554
t.test('a model that cannot do what one request needs says so each time, and answers others', async t => {
  const unable = error(404, { error: { code: 404, message: 'No endpoints found that support tool use' } })
  const server = await serve(t, [unless('"tools"', unable)])
  const tools = [
    { type: 'function', function: { name: 'f', parameters: { type: 'object', properties: {} } } },
  ]
  for (let time = 0; time < 3; time++) {
    t.match(await server.client.ask({ tools }), { status: 404, text: /support tool use/ })
    t.equal(textOf(await server.client.ask()), 'fine')
  }
  await servesOthers(t, server)
})

// https://github.com/cursor/cursor/issues/2953
t.test('a model that the account may not use is refused to those who ask for it', async t => {
  const message = 'Project `proj_x` does not have access to model `gpt-5`'
  const refusal = error(403, { error: { message, code: 'model_not_found' } })
  const server = await serve(t, [unless('"gpt-5"', refusal)])
  for (let time = 0; time < 3; time++)
    t.match(await server.client.ask({ model: 'gpt-5' }), { status: 404, text: /does not have access/ })
  await servesOthers(t, server)
})

// https://github.com/BerriAI/litellm/issues/5673
for (const [what, entry] of Object.entries({
  'serves other models': { models: ['other'] },
  'is switched off': { enabled: false },
}))
  t.test(`the only provider of a model is asked whatever it answered, if another ${what}`, async t => {
    const failing = [500, 500, 500, 500].map(status => error(status))
    const fine = answer('fine')
    for (const stream of [false, true]) {
      const entries = [{ models: ['m'] }, entry]
      const server = await serve(t, [[...failing, fine, fine, fine], answer('not asked')], { entries })
      for (const _failure of failing) t.equal((await server.client.ask({ stream })).status, 502)
      for (let time = 0; time < 3; time++) t.equal(textOf(await server.client.ask({ stream })), 'fine')
      t.strictSame(server.received, [7, 0])
    }
  })

// https://github.com/lingyuins/octopus/issues/94
t.test('a model that always fails takes no other of its provider away', async t => {
  const server = await serve(t, [unless('"broken"', error(500)), answer('elsewhere')], {
    entries: [{ models: ['m', 'broken'] }, { models: ['other'] }],
  })
  for (let time = 0; time < 6; time++) {
    t.equal((await server.client.ask({ model: 'broken' })).status, 502)
    t.equal(textOf(await server.client.ask()), 'fine')
  }
})
