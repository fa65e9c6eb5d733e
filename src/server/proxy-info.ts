import type { Outcome } from '../chain/request.ts'
import type { Exchange } from './exchange.ts'

/** How an answer was obtained, under the field names of the unified LLM proxy. */
export interface ProxyInfo {
  readonly provider: string | null
  readonly attempt_number: number
  /** Seconds since the request arrived. */
  readonly response_time: number
  readonly request_id: string
}

/** The proxy info of an answer. */
export function proxyInfo({ id, startedAt }: Exchange, { meter }: Outcome): ProxyInfo {
  return {
    provider: meter.provider ?? null,
    attempt_number: meter.attempts,
    response_time: Math.round(performance.now() - startedAt) / 1000,
    request_id: id,
  }
}

/** A JSON object with `_proxy_info` appended as its last field; everything else keeps its bytes. */
export function withProxyInfo(body: string | Uint8Array, info: ProxyInfo): string {
  const text = typeof body === 'string' ? body : Buffer.from(body).toString('utf8')
  const end = text.lastIndexOf('}')
  return `${text.slice(0, end)},"_proxy_info":${JSON.stringify(info)}${text.slice(end)}`
}
