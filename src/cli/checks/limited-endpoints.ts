import type { LoadedConfig } from '../../config/load/load.ts'
import type { Path, Problem } from '../../config/problems.ts'
import type { ClientLimit } from '../../config/sections/clients/client-limit.ts'
import { nearest } from '../../text/did-you-mean.ts'

/** Endpoints with routes of their own. */
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
  'images/variations',
  'audio/speech',
  'audio/transcriptions',
  'audio/translations',
  'rerank',
  'files',
  'batches',
]

/** Groups of those above, and others that OpenAI has, which are passed on. */
const others = [
  'chat',
  'images',
  'audio',
  'conversations',
  'vector_stores',
  'fine_tuning/jobs',
  'uploads',
  'videos',
]

/** A warning for each endpoint in a rate limit that is nearly one that is known: a slip would limit nothing. */
export function misspelledEndpoints({ config, draft }: LoadedConfig): Problem[] {
  const limits: readonly (readonly [Path, ClientLimit | undefined])[] = [
    [['rate_limit'], config.rate_limit],
    ...config.clients.map((client, index) => [['clients', index, 'rate_limit'], client.rate_limit] as const),
  ]
  return limits.flatMap(([path, limit]) =>
    Object.keys(limit?.endpoints ?? {}).flatMap(endpoint => {
      const meant = meantBy(endpoint)
      if (meant === undefined || meant === endpoint) return []
      const message = `${endpoint} is an endpoint of providers alone`
      return [draft.origins.problem([...path, 'endpoints', endpoint], message, `did you mean ${meant}?`)]
    }),
  )
}

/** The known endpoint each part of which is nearly the same part of this one. */
function meantBy(endpoint: string): string | undefined {
  const parts = endpoint.split('/')
  const near = [...knownEndpoints, ...others].filter(known => {
    const theirs = known.split('/')
    return (
      theirs.length === parts.length && theirs.every((part, index) => nearest(parts[index]!, [part]) === part)
    )
  })
  return nearest(endpoint, near)
}
