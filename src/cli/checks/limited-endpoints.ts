import type { LoadedConfig } from '../../config/load/load.ts'
import type { Path, Problem } from '../../config/problems.ts'
import type { ClientLimit } from '../../config/sections/clients/client-limit.ts'
import { nearest } from '../../text/did-you-mean.ts'

/** Endpoints that clients are limited at; providers may have others. */
export const knownEndpoints = [
  'chat/completions',
  'completions',
  'embeddings',
  'responses',
  'messages',
  'messages/count_tokens',
  'models',
  'moderations',
  'images/generations',
  'images/edits',
  'audio/speech',
  'audio/transcriptions',
  'rerank',
  'files',
  'batches',
]

/** A warning for each endpoint in a rate limit that is nearly one that is known: a slip would limit nothing. */
export function misspelledEndpoints({ config, draft }: LoadedConfig): Problem[] {
  const limits: readonly (readonly [Path, ClientLimit | undefined])[] = [
    [['rate_limit'], config.rate_limit],
    ...config.clients.map((client, index) => [['clients', index, 'rate_limit'], client.rate_limit] as const),
  ]
  return limits.flatMap(([path, limit]) =>
    Object.keys(limit?.endpoints ?? {}).flatMap(endpoint => {
      if (knownEndpoints.includes(endpoint)) return []
      const meant = nearest(endpoint, knownEndpoints)
      if (meant === undefined) return []
      const message = `${endpoint} is an endpoint of providers alone`
      return [draft.origins.problem([...path, 'endpoints', endpoint], message, `did you mean ${meant}?`)]
    }),
  )
}
