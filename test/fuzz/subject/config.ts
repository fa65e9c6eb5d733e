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
 * the providers of a new generation start without any.
 */
export function configText(providerUrl: string, generation: number): string {
  return JSON.stringify({
    host: '127.0.0.1',
    port: 0,
    drain_timeout: 1,
    timeouts: { connect: 5, request: 5, idle: 5, total: 10 },
    routing: { health_check: { enabled: false } },
    monitoring: { track_errors: false },
    providers: kinds.map(kind => ({
      name: `${kind}-${generation}`,
      base_url: providerUrl,
      api_key: providerKey,
      models: [modelOf(kind)],
      ...entries[kind],
    })),
  })
}
