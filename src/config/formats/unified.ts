import type { Conversion } from './conversion.ts'
import type { ForeignMapping } from './foreign-mapping.ts'
import type { Format } from './format.ts'
import { referenceTo } from './reference.ts'

/** The `config.yaml` of the "LLM Proxy API": global settings, and providers that are tried by priority. */
export const unifiedFormat: Format = {
  name: 'unified',
  summary: 'config.yaml of the unified LLM Proxy API: providers with type, api_key_env and priority',
  matches: keys =>
    ['app_name', 'circuit_breaker_threshold', 'circuit_breaker_timeout', 'providers[].api_key_env'].some(
      key => keys.has(key),
    ),
  convert: (theirs, ours) => {
    ours.put(['approach'], 'proxy', [])
    convertServer(theirs)
    convertClients(theirs, ours)
    ours.put(['routing', 'strategy'], 'failover', [])
    ours.put(['proxy_info'], true, [])
    theirs.move('circuit_breaker_threshold', ['routing', 'failure_threshold'])
    theirs.move('circuit_breaker_timeout', ['routing', 'cooldown'])
    // Theirs always checks every 60 seconds.
    ours.put(['routing', 'health_check', 'interval'], 60, [])
    for (const provider of byPriority(theirs.mappings('providers'))) convertProvider(provider, ours)
  },
}

function convertServer(theirs: ForeignMapping): void {
  theirs.move('host', ['host'])
  theirs.move('port', ['port'])
  theirs.move('request_timeout', ['timeouts', 'total'])
  theirs.move('log_level', ['monitoring', 'log_level'])
  theirs.move('log_file', ['monitoring', 'log_file'])
  theirs.omit('app_name', 'the server has no configurable name; left out', 'nothing')
  theirs.omit('app_version', 'the server reports its own version; left out', 'nothing')
  theirs.omit('debug', 'set log_level to DEBUG; left out', 'lost', false)
  theirs.omit('config_file', 'use --config to name the file; left out', 'nothing', 'config.yaml')
}

function convertClients(theirs: ForeignMapping, ours: Conversion): void {
  theirs.move('api_keys', ['api_keys'])
  theirs.move('api_key_header', ['api_key_header'])
  theirs.move('cors_origins', ['cors_origins'])
  theirs.move('rate_limit_rpm', ['rate_limit', 'requests'])
  if (theirs.get('rate_limit_rpm') !== undefined) theirs.move('rate_limit_window', ['rate_limit', 'window'])
  else theirs.omit('rate_limit_window', 'has no effect without rate_limit_rpm; left out', 'nothing')
  limitEndpoints(theirs, ours)
  if (theirs.get('api_key_header') !== undefined && theirs.get('api_keys') === undefined) {
    ours.note(theirs.at('api_key_header'), 'has no effect without api_keys: no key is required', 'nothing')
  }
}

/**
 * Theirs always limits these endpoints to so many requests a minute, beside `rate_limit_rpm`. Ours has one limit for each: the
 * common one if it never allows more in a minute.
 */
const requestsPerMinute = { 'chat/completions': 100, completions: 100, embeddings: 200 } as const

function limitEndpoints(theirs: ForeignMapping, ours: Conversion): void {
  const [requests, window = 60] = ['rate_limit_rpm', 'rate_limit_window'].map(key => theirs.get(key))
  for (const [endpoint, most] of Object.entries(requestsPerMinute)) {
    const isLower =
      typeof requests === 'number' && typeof window === 'number' && requests * Math.ceil(60 / window) <= most
    if (!isLower) ours.put(['rate_limit', 'endpoints', endpoint], { requests: most, window: 60 }, [])
  }
}

/** The strategy tries providers in order; those of equal priority keep the order of the file. */
function byPriority(providers: readonly ForeignMapping[]): readonly ForeignMapping[] {
  const priorityOf = (provider: ForeignMapping): number => Number(provider.get('priority') ?? 0)
  return providers.toSorted((left, right) => priorityOf(left) - priorityOf(right))
}

const moved = {
  api_version: ['api_version'],
  models: ['models'],
  priority: ['priority'],
  timeout: ['timeout'],
  max_retries: ['retries', 'max'],
  retry_delay: ['retries', 'delay'],
  max_connections: ['max_connections'],
  keepalive_timeout: ['keepalive_timeout'],
  custom_headers: ['headers'],
} as const

function convertProvider(provider: ForeignMapping, ours: Conversion): void {
  const name = provider.text('name')
  const at = ours.addProvider(name ?? provider.text('type') ?? 'provider', provider.path)
  if (provider.get('enabled') === false) {
    ours.note(
      provider.path,
      `${name ?? 'this provider'} is not enabled: it is listed, but its key is not read`,
      'nothing',
    )
    provider.move('enabled', [...at, 'enabled'])
    for (const key of ['type', 'base_url', 'models', 'priority']) provider.move(key, [...at, key])
    return provider.markRead()
  }
  for (const key of ['type', 'base_url', 'api_key']) provider.move(key, [...at, key])
  const variable = provider.text('api_key_env')
  if (variable !== undefined) ours.put([...at, 'api_key'], referenceTo(variable), provider.at('api_key_env'))
  if (provider.get('base_url') === undefined && provider.get('type') === 'openai') {
    ours.put([...at, 'base_url'], 'https://api.openai.com/v1', provider.path)
  }
  for (const [key, to] of Object.entries(moved)) provider.move(key, [...at, ...to])
  const limit = typeof provider.get('rate_limit') === 'object' ? [] : ['rpm']
  provider.move('rate_limit', [...at, 'rate_limit', ...limit])
}
