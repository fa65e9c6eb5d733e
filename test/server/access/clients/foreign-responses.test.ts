import { join } from 'node:path'
import t from 'tap'
import type { Test } from 'tap'
import type { ConfigInput } from '../../../../src/config/schema.ts'
import { fakeProvider } from '../../../fake-provider.ts'
import { responses } from '../../../fake-responses.ts'
import { startHost } from '../../host.ts'

/** A server that names nobody but an operator, whose other clients are in the ledger, and a way to call it. */
async function start(t: Test, others: NonNullable<ConfigInput['providers']> = []) {
  const provider = await fakeProvider(t, responses('secret', { id: 'resp_theirs' }))
  const server = await startHost(t, {
    approach: 'proxy',
    providers: [{ name: 'one', api: 'responses', base_url: provider.url, api_key: 'sk-provider' }, ...others],
    routing: { health_check: { enabled: false } },
    clients: [{ name: 'root', key: 'root-key', role: 'operator' }],
    ledger: { path: join(t.testdir({}), 'ledger.db') },
  })
  const post = async (path: string, key: string, body: object) => {
    const response = await fetch(server.url + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    return { status: response.status, body: (await response.json()) as { readonly key: string } }
  }
  const create = async (name: string) => (await post('/keys', 'root-key', { name })).body.key
  return { provider, post, create }
}

t.test('a client in the ledger continues no response by the id that its provider gave it', async t => {
  const { provider, post, create } = await start(t)
  const asked = { model: 'gpt-4', input: 'Go on' }
  t.match(await post('/v1/responses', await create('ann'), asked), { status: 200 })
  const bob = await create('bob')
  const refused = { status: 400, body: { error: { code: 'previous_response_not_found' } } }
  for (const path of ['/v1/responses', '/v1/responses/compact', '/v1/responses/input_tokens']) {
    t.match(await post(path, bob, { ...asked, previous_response_id: 'resp_theirs' }), refused, path)
  }
  t.equal(provider.requests.length, 1, 'no provider was asked')
})

t.test('nor does it where one provider of several is asked with the key of its client', async t => {
  const own = await fakeProvider(t, responses())
  const forwards = { name: 'two', api: 'responses', base_url: own.url, forward_client_key: true } as const
  const { provider, post, create } = await start(t, [forwards])
  const asked = { model: 'gpt-4', input: 'Go on', previous_response_id: 'resp_theirs' }
  const refused = { status: 400, body: { error: { code: 'previous_response_not_found' } } }
  t.match(await post('/v1/responses', await create('bob'), asked), refused)
  t.same([...provider.requests, ...own.requests], [])
})
