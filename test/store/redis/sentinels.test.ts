import t from 'tap'
import { sentinelOptions } from '../../../src/store/redis/sentinels.ts'

const retry = () => 1
const optionsOf = (url: string, ...sentinels: string[]) => sentinelOptions(url, sentinels, 1_000, retry)

t.test('without sentinels, Redis is where its URL says', async t => {
  t.same(optionsOf('redis://localhost:6379/0'), {})
})

t.test('the host of the URL is the name of the master, whatever the sentinels are called', async t => {
  t.match(optionsOf('redis://my-master/3', 'redis://one', 'redis://[::1]:5000'), {
    name: 'my-master',
    sentinels: [
      { host: 'one', port: 26_379 },
      { host: '::1', port: 5_000 },
    ],
    sentinelPassword: undefined,
    enableTLSForSentinelMode: false,
  })
})

t.test('sentinels have a login and encryption of their own', async t => {
  t.match(optionsOf('rediss://m', 'redis://one', 'rediss://who:p%40ss@two'), {
    sentinelUsername: 'who',
    sentinelPassword: 'p@ss',
    sentinelTLS: {},
    enableTLSForSentinelMode: true,
  })
})
