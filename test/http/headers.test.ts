import t from 'tap'
import { passedHeaders } from '../../src/http/headers.ts'

t.test('the limits of a provider reach the client as they are', async t => {
  const limits = {
    'x-ratelimit-remaining-requests': '49',
    'x-ratelimit-reset-tokens': '6m0.5s',
    'anthropic-ratelimit-requests-reset': '2026-01-01T12:00:09Z',
    'anthropic-ratelimit-unified-status': 'allowed_warning',
    'openai-processing-ms': '12',
  }
  t.strictSame(
    passedHeaders({ ...limits, 'set-cookie': 'a=b', server: 'x' }, ['sk-the-key-of-a-provider']),
    limits,
  )
})

t.test('a key that a provider repeats among its limits stays here', async t => {
  const secret = 'abcdefgh12345678ijklmnop'
  const { 'x-ratelimit-key': told } = passedHeaders({ 'x-ratelimit-key': `key ${secret}` }, [secret])
  t.equal(told, 'key [key]')
})
