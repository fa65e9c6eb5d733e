import t from 'tap'
import { parse } from 'yaml'
import { features } from '../../../../bench/throughput/servers/features.ts'
import { configSchema } from '../../../../src/config/schema.ts'

const place = { port: 1, upstreamPort: 2, folder: 'f' }

/** The configuration of a server, as it would run. */
function configOf(index: number) {
  const text = features[index]?.files?.(place)['hulumanage.yaml'] ?? ''
  return configSchema.parse(parse(text.replace('${BENCH_UPSTREAM_PORT}', '2')))
}

t.test('each server has one thing more than the first, which has everything off', async t => {
  const off = configOf(0)
  t.match(off, {
    ledger: { enabled: false },
    routing: { health_check: { enabled: false } },
    monitoring: { track_latency: false, track_errors: false },
  })
  t.same(off.clients, [])
  const changed = features.slice(1).map((peer, index) => {
    const on = configOf(index + 1)
    const keys = Object.keys(off) as (keyof typeof off)[]
    return [peer.name, ...keys.filter(key => JSON.stringify(on[key]) !== JSON.stringify(off[key]))]
  })
  t.same(changed, [
    ['metrics', 'monitoring'],
    ['ledger', 'ledger'],
    ['health checks', 'routing'],
    ['client keys', 'clients'],
    ['budgets', 'clients'],
    ['rate limits', 'clients'],
  ])
})

t.test('the load presents the key of a client if there are clients', async t => {
  for (const [index, peer] of features.entries()) {
    const key = peer.headers?.(place)['authorization']?.replace('Bearer ', '')
    const keys = configOf(index).clients.map(client => client.key)
    t.equal(key !== undefined, keys.length > 0, peer.name)
    if (key !== undefined) t.ok(keys.includes(key), peer.name)
  }
})
