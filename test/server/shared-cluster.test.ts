import t from 'tap'
import { fakeProvider } from '../fake-provider.ts'
import { startCluster } from '../store/redis-cluster.ts'
import { noRedis } from '../store/redis-server.ts'
import { startHost } from './host.ts'
import { hello } from './serve.ts'

const questions = 24

if (noRedis) t.pass('', { skip: noRedis })
else
  for (const fullCoverage of [true, false])
    t.test(
      `no request fails while a cluster loses nodes, ${fullCoverage ? 'and' : 'but not'} all of it`,
      async t => {
        const cluster = await startCluster(t, 'hulumanage', fullCoverage)
        const fake = await fakeProvider(t)
        const config = {
          approach: 'proxy',
          redis: { ...cluster.settings, nodes: [...(cluster.settings.nodes ?? [])], timeout: 0.3 },
          routing: { health_check: { enabled: false } },
          // Cached answers are at all nodes.
          cache: { enabled: true },
          rate_limit: { requests: 100_000 },
          providers: [
            {
              name: 'a',
              base_url: fake.url,
              api_key: 'sk-test',
              max_concurrent: 4,
              rate_limit: { rpm: 100_000 },
            },
          ],
        }
        const servers = [await startHost(t, config), await startHost(t, config)]
        const ask = async (number: number) => {
          const messages = [{ role: 'user', content: `question ${number}` }]
          const response = await fetch(`${servers[number % 2]!.url}/v1/chat/completions`, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify({ ...hello, messages }),
          })
          await response.text()
          return response.status
        }
        const allAnswered = async (when: string) => {
          const statuses = await Promise.all(Array.from({ length: questions }, (_, number) => ask(number)))
          t.strictSame(new Set(statuses), new Set([200]), when)
        }
        const reached = async (ok: boolean) => {
          for (const { url } of servers)
            while ((await (await fetch(`${url}/health`)).text()).includes('"ok":true') !== ok);
        }
        await reached(true)
        await allAnswered('well')
        await Promise.all([allAnswered('its master dies'), cluster.killMaster()])
        await allAnswered('without a master')
        await reached(true)
        await allAnswered('with the replica')
        await Promise.all([allAnswered('another node dies, which has no replica'), cluster.killOther()])
        // Without full coverage, the node that has the shared state still works.
        await reached(!fullCoverage)
        await allAnswered('with a part of its nodes')
      },
    )
