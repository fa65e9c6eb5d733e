import t from 'tap'
import { clientFactory } from '../../../src/store/redis/client.ts'

async function optionsOf(url: string, more = {}) {
  const create = await clientFactory({ url, timeoutMs: 1_000, ...more })
  return create(() => 1).options
}

t.test('the login of Redis may have any characters, escaped or not', async t => {
  t.match(await optionsOf('rediss://ann:50%off@host:1/2'), {
    host: 'host',
    port: 1,
    db: 2,
    username: 'ann',
    password: '50%off',
    tls: {},
  })
  t.match(await optionsOf('redis://:p%40ss@host'), { password: 'p@ss' })
  t.match(await optionsOf('redis://:other@host', { password: 'own' }), { password: 'own' })
  t.match(
    await optionsOf('redis://:other@host', { password: '' }),
    { password: 'other' },
    'an empty password counts as no password',
  )
})

t.test('all nodes of a cluster get the login of the first', async t => {
  const options = await optionsOf('redis://ann:50%@one', { cluster: true, nodes: ['redis://two'] })
  t.match(options, { redisOptions: { username: 'ann', password: '50%' } })
})
