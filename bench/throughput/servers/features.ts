import { oursWith } from './hulumanage.ts'
import { everythingOffName } from './names.ts'
import type { Peer } from './peer.ts'

// This checkout with everything off that can be off, and with one thing switched on at a time.

const withoutMetrics = 'monitoring: { track_latency: false, track_errors: false }\n'
const withoutLedger = 'ledger: { enabled: false }\n'
const withoutChecks = 'routing: { health_check: { enabled: false } }\n'
/** Once a second, thirty times as often as by default, so that bursts of two seconds have some. */
const withChecks = 'routing: { health_check: { interval: 1 } }\n'

const allOff = { metrics: withoutMetrics, ledger: withoutLedger, checks: withoutChecks, clients: '' }

/** All servers of the part `features`, the one with everything off first. */
export const features: readonly Peer[] = [
  featurePeer(everythingOffName, {}),
  // Requests are counted in any case; this measures the providers, too, and somebody reads the figures.
  { ...featurePeer('metrics', { metrics: '' }), isScraped: true },
  featurePeer('ledger', { ledger: '' }),
  featurePeer('health checks', { checks: withChecks }),
  withKey(featurePeer('client keys', { clients: clientsOf('') })),
  withKey(featurePeer('budgets', { clients: clientsOf(', budget: { usd: 1000000000, per: month }') })),
  withKey(
    featurePeer('rate limits', {
      clients: clientsOf(', rate_limit: { requests: 1000000000, window: 60 }'),
    }),
  ),
]

function featurePeer(name: string, on: Partial<typeof allOff>): Peer {
  const { metrics, ledger, checks, clients } = { ...allOff, ...on }
  return oursWith(
    name,
    `queue: { max_concurrent: 20000 }
${metrics}${ledger}${checks}${clients}providers:
  - name: upstream
    base_url: http://127.0.0.1:\${BENCH_UPSTREAM_PORT}/v1
    api_key: bench
    price: { input: 1, output: 1 }
`,
  )
}

/** A hundred clients, of which the load is one. */
function clientsOf(rights: string): string {
  const entries = Array.from(
    { length: 100 },
    (_, index) => `  - { name: c${index}, key: ${keyOf(index)}${rights} }`,
  )
  return `clients:\n${entries.join('\n')}\n`
}

function keyOf(index: number): string {
  return `sk-bench-client-${String(index).padStart(4, '0')}`
}

function withKey(peer: Peer): Peer {
  return { ...peer, headers: () => ({ authorization: `Bearer ${keyOf(50)}` }) }
}
