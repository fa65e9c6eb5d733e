import t from 'tap'
import { CurrentConfig } from '../../src/config/current.ts'
import { configSchema } from '../../src/config/schema.ts'
import { builtInKinds } from '../../src/providers/kinds.ts'
import { createDefaultUpstream } from '../../src/attempt/default-upstream.ts'
import { ask, callOf } from '../call.ts'
import { blackHole } from '../fake-provider.ts'

const kinds = {
  get: (name: string) => builtInKinds.find(kind => kind.name === name),
  values: () => builtInKinds,
}

t.test('a reload that changes the connect timeout alone reaches the default upstream', async t => {
  const base_url = await blackHole(t)
  const withConnect = (connect: number) => configSchema.parse({ base_url, timeouts: { connect } })
  const currentConfig = new CurrentConfig(withConnect(3600))
  const { upstream, close } = createDefaultUpstream(currentConfig, kinds)
  t.teardown(close)
  currentConfig.replace(withConnect(0.02))
  await t.rejects(upstream(ask(), callOf()), { code: 'upstream_timeout', message: /connect/ })
})
