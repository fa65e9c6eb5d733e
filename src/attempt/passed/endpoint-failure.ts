import type { PassedRequest } from '../../chat/passed-request.ts'
import { AttemptFailure } from '../failure.ts'

/** Error bodies are read up to this size; the rest is of no use to anyone. */
const maxErrorBytes = 64 * 1024

/** The body of an error, cut off at 64 KiB. */
export async function errorStart(bytes: AsyncIterator<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for (let next = await bytes.next(); next.done !== true; next = await bytes.next()) {
    chunks.push(next.value)
    size += next.value.length
    if (size > maxErrorBytes) break
  }
  return Buffer.concat(chunks).subarray(0, maxErrorBytes)
}

/** Statuses of a service that lacks an endpoint, or the requested object. */
const missing: ReadonlySet<number | undefined> = new Set([404, 405, 501])
/** Statuses of a service whose key may not use an endpoint. */
const refused: ReadonlySet<number | undefined> = new Set([401, 403])

/**
 * The failure of an endpoint that this server does not know. A service without it, or a key that may not use it, is
 * skipped: chats are not affected, so the failure counts neither against the provider nor against its key.
 */
export function failureOfEndpoint(failure: AttemptFailure, { method, path }: PassedRequest): AttemptFailure {
  const { provider, upstream, upstreamStatus } = failure
  // About the client's own key.
  if (failure.blame === 'client') return failure
  const endpoint = `${method} ${path.split('?', 1)[0]}`
  const options = { provider, upstreamStatus, blame: 'unable' as const, cause: failure, shouldRetry: false }
  if (refused.has(upstreamStatus) && failure.code !== 'insufficient_quota') {
    const said = upstream ? `: ${upstream.message}` : ''
    const message = `does not let our key use ${endpoint} (status ${upstreamStatus})${said}`
    return new AttemptFailure('upstream_auth', message, options)
  }
  if (!missing.has(upstreamStatus)) return failure
  return new AttemptFailure('unknown_url', `does not have ${endpoint} (status ${upstreamStatus})`, {
    ...options,
    upstream,
  })
}
