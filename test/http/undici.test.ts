import t from 'tap'
import * as whole from 'undici'
import { buildConnector, Dispatcher, errors, Pool } from '../../src/http/undici.ts'

t.test('files imported from undici export the same as its entry point', async t => {
  t.equal(Pool, whole.Pool)
  t.equal(Dispatcher, whole.Dispatcher)
  t.equal(buildConnector, whole.buildConnector)
  t.equal(errors, whole.errors)
})
