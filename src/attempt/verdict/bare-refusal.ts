import type { UpstreamErrorBody } from '../../contract/index.ts'

/** The status 401 in words, as the servers and frameworks of services name it. */
const statusInWords =
  /^(?:(?:HTTP |error )?401\b[\s:-]*)?(?:unauthori[sz]ed|(?:authentication|authori[sz]ation) required|not authenticated|access denied)?[.!]?$/i

/** Types that say no more: ours, Google's, and those of problem details (RFC 9457). */
const ofAnyRefusal = /^(?:upstream_error|unauthenticated|about:blank|https?:\/\/\S+)$/i

/** Whether an answer of status 401 says nothing beyond its status: a key that is refused, or one that may not use an endpoint. */
export function isBareRefusal(body: UpstreamErrorBody | undefined): boolean {
  if (!body) return true
  const { message, type, code, details } = body
  const names = [code ?? '', type].map(name => (ofAnyRefusal.test(name) ? '' : name.replaceAll('_', ' ')))
  return details === undefined && [message, ...names].every(words => statusInWords.test(words))
}
