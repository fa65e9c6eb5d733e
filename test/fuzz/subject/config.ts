import { modelOf } from '../client/question.ts'
import { kinds } from '../exchange.ts'
import type { Kind } from '../exchange.ts'
import { providerKey } from '../upstream/errors.ts'

const entries: Readonly<Record<Kind, object>> = {
  chat: {},
  azure: { type: 'azure' },
  responses: { api: 'responses' },
  anthropic: { type: 'anthropic' },
}

/**
 * A configuration with one provider for each kind, all at one address. State belongs to a provider's name, so
 * the providers of a new generation start without any. `redisUrl`: where the server keeps what it shares.
 */
export function configText(providerUrl: string, generation: number, redisUrl?: string): string {
  return JSON.stringify({
    host: '127.0.0.1',
    port: 0,
    drain_timeout: 1,
    timeouts: { connect: 5, request: 5, idle: 5, total: 10 },
    routing: { health_check: { enabled: false } },
    monitoring: { track_errors: false },
    ...(redisUrl !== undefined && shared(redisUrl)),
    providers: kinds.map(kind => ({
      name: `${kind}-${generation}`,
      base_url: providerUrl,
      api_key: providerKey,
      models: [modelOf(kind)],
      ...(redisUrl !== undefined && { max_concurrent: 100 }),
      ...entries[kind],
    })),
  })
}

/** Settings of which each keeps something in Redis. */
function shared(url: string) {
  return {
    redis: { url },
    rate_limit: { requests: 1_000_000, window: 3600 },
    session_budget: { tokens: 1e12 },
  }
}
