import t from 'tap'
import { error, json } from '../../fake-provider.ts'
import { messageOf } from '../../fake-messages.ts'
import { world } from './world.ts'

const body = { model: 'claude-sonnet-4-5', max_tokens: 50, messages: [{ role: 'user', content: 'hi' }] }
const anthropic = { type: 'anthropic' }

t.test('headers that a relayed body needs are sent, merged with the configured ones', async t => {
  const headers = { 'anthropic-beta': 'mine-2025-01-01,context-management-2025-06-27' }
  const { provider, post } = await world(t, 'anthropic', { ...anthropic, headers })
  const edits = [{ type: 'clear_tool_uses_20250919' }]
  const asked = await post(
    '/v1/messages?beta=true',
    { ...body, context_management: { edits } },
    {
      'anthropic-beta': 'context-management-2025-06-27, interleaved-thinking-2025-05-14',
      'anthropic-version': '2023-06-01',
      'openai-beta': 'none-of-this',
    },
  )
  t.equal(asked.status, 200, asked.text)
  t.same(provider.refused, [])
  const sent = provider.requests[0]!.headers
  t.equal(
    sent['anthropic-beta'],
    'mine-2025-01-01,context-management-2025-06-27,interleaved-thinking-2025-05-14',
  )
  t.notOk('openai-beta' in sent)
})

t.test('headers for a translated body are not sent', async t => {
  const { provider, post } = await world(t, 'openai')
  const betas = { 'anthropic-beta': 'context-management-2025-06-27', 'anthropic-version': '2023-06-01' }
  t.equal((await post('/v1/messages', { ...body, model: 'gpt-4o' }, betas)).status, 200)
  t.notOk(Object.keys(provider.requests[0]!.headers).some(name => name.startsWith('anthropic')))
})

t.test("the client's version of the API wins over ours, and the configured one over both", async t => {
  const version = { 'anthropic-version': '2023-01-01' }
  const ours = await world(t, 'anthropic', anthropic)
  await ours.post('/v1/messages', body, version)
  t.equal(ours.provider.requests[0]!.headers['anthropic-version'], '2023-01-01')
  const set = await world(t, 'anthropic', {
    ...anthropic,
    headers: { 'Anthropic-Version': '2024-01-01' },
  })
  await set.post('/v1/messages', body, version)
  t.equal(set.provider.requests[0]!.headers['anthropic-version'], '2024-01-01')
})

t.test('a header of unreasonable length is ignored', async t => {
  const { provider, post } = await world(t, 'anthropic', anthropic)
  t.equal((await post('/v1/messages', body, { 'anthropic-beta': 'x'.repeat(5_000) })).status, 200)
  t.notOk('anthropic-beta' in provider.requests[0]!.headers)
})

t.test('a forwarded key is sent with its organization, in the header its service reads', async t => {
  const forwards = { forward_client_key: true, api_key: undefined }
  const openai = await world(t, 'openai', forwards)
  const owner = { 'openai-organization': 'org-1', 'openai-project': 'proj-1' }
  const chat = { model: 'gpt-4o', messages: body.messages }
  await openai.post('/v1/chat/completions', chat, { authorization: 'Bearer sk-user', ...owner })
  t.match(openai.provider.requests[0]!.headers, { authorization: 'Bearer sk-user', ...owner })
  const claude = await world(t, 'anthropic', { ...anthropic, ...forwards })
  await claude.post('/v1/messages', body, { 'x-api-key': 'sk-ant-user' })
  await claude.post('/v1/messages', body, { authorization: 'Bearer sk-ant-oat01-token' })
  const [key, token] = claude.provider.requests.map(({ headers }) => headers)
  t.equal(key?.['x-api-key'], 'sk-ant-user')
  t.equal(token?.['authorization'], 'Bearer sk-ant-oat01-token')
  t.notOk('x-api-key' in token!)
  const keeps = await world(t, 'openai')
  await keeps.post('/v1/chat/completions', chat, owner)
  t.notOk('openai-organization' in keeps.provider.requests[0]!.headers, 'not with our own key')
})

t.test('the limits that a service reports reach the client of a relayed answer', async t => {
  const limits = {
    'anthropic-ratelimit-requests-remaining': '49',
    'anthropic-ratelimit-unified-reset': '1760000000',
    'anthropic-organization-id': 'ours',
  }
  const { post } = await world(t, 'anthropic', anthropic, json(messageOf('ok'), { headers: limits }))
  const { headers } = await post('/v1/messages', body)
  t.equal(headers.get('anthropic-ratelimit-requests-remaining'), '49')
  t.equal(headers.get('anthropic-ratelimit-unified-reset'), '1760000000')
  t.notOk(headers.has('anthropic-organization-id'))
})

t.test(
  'the limits that a service reports come with its own error, whatever the client asked for',
  async t => {
    const limits = { 'anthropic-ratelimit-unified-status': 'rejected', 'anthropic-organization-id': 'ours' }
    const said = (type: string) => ({ type: 'error', error: { type, message: 'No more' } })
    for (const [status, type] of [
      [429, 'rate_limit_error'],
      [400, 'invalid_request_error'],
    ] as const) {
      const { post } = await world(t, 'anthropic', anthropic, error(status, said(type), limits))
      for (const stream of [false, true]) {
        const refused = await post('/v1/messages', { ...body, model: `claude-${stream}`, stream })
        t.match(refused, { status, text: /No more/ })
        t.equal(refused.headers.get('anthropic-ratelimit-unified-status'), 'rejected')
        t.notOk(refused.headers.has('anthropic-organization-id'))
      }
    }
  },
)
