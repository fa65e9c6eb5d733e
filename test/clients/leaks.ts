import type { FakeProvider, ReceivedRequest } from '../fake-provider.ts'

const ours = /hulumanage|optillm|proxy_wrap|wrapped_approach|extra_body|best_of_n|num_samples/i
/** The headers that a provider may receive: `user-agent` names us, and nothing else does. */
const sent = new Set([
  'host',
  'connection',
  'content-type',
  'content-length',
  'accept',
  'accept-encoding',
  'authorization',
  'user-agent',
  'x-request-id',
])

/** The key that the configuration has for the provider at this index. */
export const providerKey = (index: number): string => `sk-provider-${index}`

/** Lists leaks to a provider: our own or the client's fields and headers, or a key other than the provider's own. */
export function leaks({ requests, checks }: FakeProvider, index: number): string[] {
  return [...requests, ...checks].flatMap(request => leaksOf(request, providerKey(index)))
}

function leaksOf({ text, headers }: ReceivedRequest, key: string): string[] {
  const found: string[] = []
  const words = ours.exec(text)
  if (words) found.push(`${words[0]} in the body`)
  if (headers['authorization'] !== `Bearer ${key}`) found.push(`authorization ${headers['authorization']}`)
  for (const name of Object.keys(headers)) if (!sent.has(name)) found.push(`header ${name}`)
  return found
}
