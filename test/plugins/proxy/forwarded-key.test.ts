import t from 'tap'
import { answer, error } from '../../fake-provider.ts'
import { world } from '../../providers/spelling/world.ts'

const body = { model: 'm', messages: [{ role: 'user', content: 'hi' }] }

const refusals: readonly (readonly [number, object, string])[] = [
  [401, { message: 'Incorrect API key provided', code: 'invalid_api_key' }, 'invalid_api_key'],
  [403, { message: 'Not in this region', code: 'region' }, 'region'],
  [429, { message: 'You exceeded your quota', code: 'insufficient_quota' }, 'insufficient_quota'],
  [429, { message: 'Slow down', code: 'rate_limit_exceeded' }, 'rate_limit_exceeded'],
]

for (const [status, said, code] of refusals) {
  t.test(
    `a client's own key that is refused with ${status} (${code}) concerns this client alone`,
    async t => {
      const { provider, post } = await world(t, 'openai', { forward_client_key: true }, ({ request }) =>
        request.headers['authorization'] === 'Bearer sk-good-user'
          ? answer('fine')
          : error(status, { error: said }, { 'retry-after': '30' }),
      )
      const as = (key: string) => post('/v1/chat/completions', body, { authorization: `Bearer ${key}` })
      const bad = await as('sk-other-user')
      t.equal(bad.status, status)
      t.match(JSON.parse(bad.text), { error: said })
      for (let n = 0; n < 3; n++) {
        t.equal((await as('sk-good-user')).status, 200)
        t.equal((await as('sk-other-user')).status, status)
      }
      t.equal(provider.requests.length, 7)
    },
  )
}

t.test('another provider may accept a key that one refuses', async t => {
  const other = await world(t, 'openai', { forward_client_key: true }, answer('fine'))
  const entry = { forward_client_key: true, priority: 1 }
  const second = { ...entry, name: 'second', base_url: other.provider.url, priority: 2 }
  const { post } = await world(t, 'openai', entry, error(401), [second])
  for (let n = 0; n < 2; n++)
    t.equal((await post('/v1/chat/completions', body, { authorization: 'Bearer sk-user' })).status, 200)
})
