import fc from 'fast-check'
import t from 'tap'
import { describeAttempts } from '../../../plugins/proxy/described-attempts.ts'
import { AttemptFailure } from '../../../src/attempt/failure.ts'
import { ask, callOf } from '../../call.ts'
import { error, json } from '../../fake-provider.ts'
import { proxyOver } from './proxy.ts'

const noPause = { random: () => 0, pause: async () => undefined }

t.test('the error names every attempt: provider, code, status and words', async t => {
  const { send } = await proxyOver(
    t,
    [[error(500, 'first sk-alpha-secret'), error(503, 'second'), error(503, 'second')], error(401), json([])],
    { routing: { strategy: 'failover' } },
    [{ retries: { max: 2, delay: 0 }, api_key: 'sk-alpha-secret' }],
    noPause,
  )
  const thrown: unknown = await send().catch((error: unknown) => error)
  t.match(thrown, {
    message:
      /^All 3 providers failed\. Provider "a" \[upstream_error\]: .*500.*first \[key\]; Provider "a" \[\w+\]: .*503.*second \(2 times\); Provider "b" \[upstream_auth\]: .*401.*; Provider "c" \[upstream_bad_response\]: /,
  })
  t.notMatch(String(thrown), /secret/)
})

t.test(
  'the error names every attempt when every provider lacks the model, with the status of the last',
  async t => {
    const lacking = error(404, { error: { message: 'no such model here', code: 'model_not_found' } })
    const { send } = await proxyOver(t, [lacking, lacking])
    const thrown: unknown = await send().catch((error: unknown) => error)
    t.match(thrown, { code: 'model_not_found', status: 404 })
    t.match(String(thrown), /All 2 providers failed\. Provider "a" .*; Provider "b" /)
  },
)

t.test('the error names every attempt when every provider refuses the key of the client', async t => {
  const forwarded = { forward_client_key: true, api_key: undefined }
  const { send } = await proxyOver(t, [error(401), error(401)], {}, [forwarded, forwarded])
  const thrown: unknown = await send(ask(), callOf('r', { clientKey: 'sk-of-client' })).catch(
    (error: unknown) => error,
  )
  t.match(thrown, { status: 401 })
  t.match(String(thrown), /All 2 providers failed\. Provider "a" .*; Provider "b" /)
})

t.test('the length is bounded, and no attempt is lost', async t => {
  const failure = fc
    .record({ provider: fc.string({ maxLength: 300 }), words: fc.string({ maxLength: 3000 }) })
    .map(
      ({ provider, words }) =>
        new AttemptFailure('upstream_error', words, { provider, blame: 'failing', upstreamStatus: 500 }),
    )
  fc.assert(
    fc.property(fc.array(failure, { minLength: 1, maxLength: 60 }), failures => {
      const text = describeAttempts(failures)
      return text.length < 12 * 350 + 40 && !/\p{Cc}/u.test(text)
    }),
  )
  const many = Array.from(
    { length: 40 },
    (_, index) => new AttemptFailure('upstream_error', `word${index}`, { provider: 'p', blame: 'failing' }),
  )
  const text = describeAttempts(many)
  t.equal(text.match(/Provider "p"/g)?.length, 12)
  t.match(text, /word5; 28 more attempts failed; Provider "p" \[upstream_error\]: word34/)
})

t.test('words that contain the separator, in a provider name as well, are kept whole', async t => {
  const odd = new AttemptFailure('upstream_error', 'a: b', { provider: 'x": y', blame: 'failing' })
  t.equal(describeAttempts([odd]), 'Provider "x": y" [upstream_error]: a: b')
})
