import t from 'tap'
import type { Test } from 'tap'
import { failureOfStatus } from '../../src/attempt/status.ts'
import { isBareRefusal } from '../../src/attempt/verdict/bare-refusal.ts'

const isBare = (t: Test, body: unknown) => {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const { blame, upstream } = failureOfStatus('p', 401, {}, text)
  t.equal(blame, 'key', text)
  return isBareRefusal(upstream)
}

const page = '<html><head><title>401 Authorization Required</title></head><body>nginx</body></html>'

t.test('a 401 that says nothing beyond its status is bare', async t => {
  for (const body of [
    '',
    {},
    'Unauthorized',
    '401 Unauthorized\n',
    'Access denied.',
    page,
    { detail: 'Unauthorized' },
    { detail: 'Not authenticated' },
    { message: 'Unauthorised' },
    { message: 'Unauthorized', statusCode: 401 },
    { error: 'Unauthorized', message: '', status: 401, path: '/v1/embeddings' },
    { error: 'Unauthorized', message: 'Unauthorized', statusCode: 401 },
    { error: { message: 'Authentication required', code: 401 } },
    { error: { message: 'Authorization required', code: 'unauthorized', type: 'unauthorized' } },
    { error: { message: 'Unauthorized', code: 401, status: 'UNAUTHENTICATED' } },
    { type: 'https://tools.ietf.org/html/rfc9110#section-15.5.2', title: 'Unauthorized', status: 401 },
  ])
    t.ok(isBare(t, body), JSON.stringify(body))
})

t.test('a 401 that says more is about the key, in whatever words', async t => {
  const words = [
    'invalid x-api-key',
    'Authentication Fails, Your api key: ****abcd is invalid',
    'The API key you provided is invalid.',
    'Unauthorized: the key has been revoked',
    'Wrong API Key',
    'Invalid token',
    'OAuth token has expired',
    'Access denied due to invalid subscription key or wrong API endpoint.',
    'User not found.',
    'not for this plan',
    '无效的令牌',
    '令牌已过期',
  ]
  const bodies = words.flatMap(message => [message, { message }, { detail: message }, { error: { message } }])
  const beside = words.map(message => ({ error: 'Unauthorized', message, statusCode: 401 }))
  const codes = ['wrong_api_key', 'expired_key', 'token_not_found_in_db', 'invalid_api_key']
  const named = codes.flatMap(code => [
    { error: { code } },
    { error: { message: 'Unauthorized', code } },
    { error: { message: 'Unauthorized', type: code } },
  ])
  for (const body of [...bodies, ...beside, ...named]) t.notOk(isBare(t, body), JSON.stringify(body))
})
