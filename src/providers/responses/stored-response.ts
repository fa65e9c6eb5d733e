import type { ProviderConfig } from '../../config/schema.ts'
import { isSealed, ownerOf, storedId } from '../../text/stored-id.ts'
import type { SealedBy, SealedId, StoredIdClient } from '../../text/stored-id.ts'
import { processSecret } from './process-secret.ts'
import { parseJson } from '../../text/json/parse.ts'

type StoringProvider = Pick<ProviderConfig, 'name' | 'api_key' | 'api_keys'> &
  Partial<Pick<ProviderConfig, 'forward_client_key'>>

/**
 * Creates a function that replaces a provider's ids with ours in a complete response or the events of one stream, and
 * leaves everything else unchanged. Only whole JSON strings match: inside another text, the quotes would be escaped.
 */
export function withStoredIds(
  provider: StoringProvider,
  client: StoredIdClient,
  known: readonly string[] = [],
): (text: string) => string {
  let pairs = known.map(id => pairOf(id, provider, client))
  return text => {
    if (pairs.length === 0) pairs = idsIn(text).map(id => pairOf(id, provider, client))
    return pairs.reduce((rewritten, [theirs, ours]) => rewritten.replaceAll(theirs, ours), text)
  }
}

/** Whether a client may name a stored response: it was made for this client, through one of the provider's present keys. */
export function mayName(sealed: SealedId, provider: StoringProvider, client: StoredIdClient): boolean {
  const owner = ownerOf(client)
  return secretsOf(provider, client).some(secret => isSealed(sealed, { secret, owner }))
}

function pairOf(id: string, provider: StoringProvider, client: StoredIdClient): readonly [string, string] {
  const by: SealedBy = { secret: secretsOf(provider, client)[0]!, owner: ownerOf(client) }
  return [JSON.stringify(id), JSON.stringify(storedId({ provider: provider.name, id }, by))]
}

/**
 * The secrets of a provider, the one that seals first: its keys or the client's own, with which anybody could read its
 * responses anyway. Everything else about a provider can be guessed, so that without a key only the process has a secret.
 */
function secretsOf(
  { api_key: key = '', api_keys: keys = [], forward_client_key: forwards }: StoringProvider,
  { clientKey = '' }: StoredIdClient,
): string[] {
  const own = [...keys, key, forwards ? clientKey : ''].filter(each => each !== '')
  return own.length > 0 ? own : [processSecret]
}

/** The ids of the response and of the previous one. */
function idsIn(text: string): readonly string[] {
  const data = text.startsWith('{') ? text : (/^data: ?(.*"response".*)$/m.exec(text)?.[1] ?? 'null')
  try {
    const value = parseJson(data) as { response?: object } | null
    const { id, previous_response_id: previous } = (value?.response ?? value ?? {}) as Record<string, unknown>
    return [id, previous].filter(one => typeof one === 'string')
  } catch {
    // Text that is not JSON is refused by its reader.
    return []
  }
}
