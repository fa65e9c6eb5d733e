import t from 'tap'
import * as whole from 'undici'
import { buildConnector, Dispatcher, envHttpProxyAgent, errors, Pool } from '../../src/http/undici.ts'

t.test('files imported from undici export the same as its entry point', async t => {
  t.equal(Pool, whole.Pool)
  t.equal(Dispatcher, whole.Dispatcher)
  t.equal(buildConnector, whole.buildConnector)
  t.equal(errors, whole.errors)
  const agent = envHttpProxyAgent({ httpProxy: 'http://127.0.0.1:1' })
  t.ok(agent instanceof whole.EnvHttpProxyAgent)
  await agent.close()
})
