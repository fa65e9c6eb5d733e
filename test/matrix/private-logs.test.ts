import t from 'tap'
import { loggedError, loggedReason } from '../../src/contract/logged-error.ts'
import { HulumanageError } from '../../src/contract/index.ts'
import { answer, body, error, json, sequence, stream } from '../fake-provider.ts'
import type { Action } from '../fake-provider.ts'
import { promptCanary } from './canaries.ts'
import { serve } from './serve.ts'

/** As a plugin may throw it. */
const hostileError = () =>
  Object.defineProperty(new Error(), 'message', {
    get() {
      throw new Error('deep')
    },
  })
const quote = `I cannot do this: Say ${promptCanary}`
const told = (type: string, code: string | null) => ({ error: { message: quote, type, param: null, code } })

/** Answers that repeat the prompt where the log might show it. `serve` asserts that no line of the log does. */
const quoting: Readonly<Record<string, Action>> = {
  'an error as JSON': error(500, told('server_error', null)),
  'an error as text': error(500, quote),
  'a refused key': error(401, told('auth', 'invalid_api_key')),
  'a limit': error(429, told('limit', 'rate_limit_exceeded')),
  'a refused request': error(400, told('invalid_request_error', 'content_policy_violation')),
  'an answer that is not JSON': body(quote, { headers: { 'content-type': 'application/json' } }),
  'an error in an answer': json(told('server_error', 'overloaded')),
  'a stream of something else': body(`data: {"x": ${quote}\n\n`, {
    headers: { 'content-type': 'text/event-stream' },
  }),
}

for (const [name, script] of Object.entries(quoting)) {
  t.test(`no prompt is logged when a provider repeats it: ${name}`, async t => {
    const server = await serve(t, [script, script], { config: { monitoring: { log_level: 'debug' } } })
    for (const model of ['m', 'bon-m', 'self_consistency-m', 're2-m'])
      for (const stream of [false, true]) await server.client.ask({ model, stream })
    t.ok(
      server.log.some(line => line.includes('"attempt"')),
      'attempts are logged',
    )
  })
}

for (const [name, script] of Object.entries(quoting)) {
  // The error for several providers has words of our own, the error of one has its.
  t.test(`no prompt is logged when the only provider repeats it: ${name}`, async t => {
    const server = await serve(t, [script])
    for (const stream of [false, true]) await server.client.ask({ stream })
    t.ok(server.log.some(line => /request (?:failed|refused)/.test(line)))
  })
}

t.test('no prompt is logged when one of several candidates fails', async t => {
  const failing = error(500, told('server_error', null))
  const server = await serve(t, [sequence(answer('a'), failing, failing, stream(['b']), answer('c'))])
  await server.client.ask({ model: 'moa-m' })
  t.ok(server.log.length > 0)
})

t.test('an error in the log has its code, place and causes, but no words of a provider', t => {
  const upstream = told('server_error', 'overloaded').error
  const inner = new HulumanageError('upstream_error', `Provider "p": answered 500: ${quote}`, { upstream })
  const outer = inner.with({ message: `All 2 providers failed. ${inner.message}` })
  const shown = loggedError(new AggregateError([outer, new TypeError('ours')], 'every provider failed'))
  t.notMatch(JSON.stringify(shown), promptCanary)
  t.match(shown.errors, [
    {
      code: 'upstream_error',
      message: 'upstream_error (status 502) server_error overloaded',
      stack: /\n {4}at /,
    },
    { type: 'TypeError', message: 'ours', stack: /^TypeError: ours\n {4}at / },
  ])
  t.equal(loggedReason(new HulumanageError('no_healthy_upstream', 'our own words')), 'our own words')
  t.match(loggedError({ message: quote }), { type: 'object', message: /something other/ })
  const byPlugin = new Error('mine', { cause: inner })
  t.match(loggedError(byPlugin), {
    message: 'caused by a failure of a provider',
    cause: { code: 'upstream_error' },
  })
  const unreadable = { type: 'object', message: 'an error that cannot be read' }
  t.match(loggedError(hostileError()), unreadable)
  const endless = new Error('one')
  endless.cause = endless
  t.ok(JSON.stringify(loggedError(endless)).length < 50_000)
  t.end()
})
