import type { OtelConfig } from '../../config/sections/monitoring.ts'

/**
 * Posts a message of OTLP, in JSON, to a collector. `signal`: the part of the path that says what it contains. Rejects if the
 * collector does not accept it before `limit` aborts.
 */
export async function postToCollector(
  { endpoint, headers }: OtelConfig,
  signal: 'traces' | 'metrics',
  message: object,
  limit: AbortSignal,
): Promise<void> {
  const response = await fetch(`${endpoint.replace(/\/+$/, '')}/v1/${signal}`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(message),
    redirect: 'error',
    signal: limit,
  })
  await response.body?.cancel()
  if (!response.ok) throw new Error(`it answered with status ${response.status}`)
}

/** Why a collector did not accept a message, in words for the log. */
export function reasonOf(error: unknown): string {
  const { message, cause } = error as Error
  return cause instanceof Error ? cause.message : message
}
