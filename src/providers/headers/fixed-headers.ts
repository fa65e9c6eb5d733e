import type { ProviderConfig } from '../../config/schema.ts'
import type { Kind } from '../kind.ts'

const userAgent = 'hulumanage'

/** The headers that are the same for every call, names and values in turn. Those of the configuration override ours. */
export function fixedHeaders(config: ProviderConfig, kind: Kind): string[] {
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    'accept-encoding': 'identity',
    'user-agent': userAgent,
    ...kind.headers,
    ...(config.forward_client_key ? {} : keyHeader(config.api_key, kind)),
  }
  for (const [name, value] of Object.entries(config.headers)) headers[name.toLowerCase()] = value
  return Object.entries(headers).flat()
}

/** Anthropic accepts a token of a signed-in user nowhere but in `Authorization`. */
const oauthToken = /^sk-ant-oat/

/** The header with the key; none without a key. */
export function keyHeader(key: string | undefined, kind: Kind): Record<string, string> {
  // ${KEY:-} may produce an empty key, for a local server that requires none.
  if (!key) return {}
  const auth = kind.auth ?? 'bearer'
  if (auth === 'none') return {}
  return auth === 'bearer' || oauthToken.test(key) ? { authorization: `Bearer ${key}` } : { [auth]: key }
}
