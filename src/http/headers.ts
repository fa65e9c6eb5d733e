/** Response headers as undici gives them. */
export type ResponseHeaders = Readonly<Record<string, string | string[] | undefined>>

/** Headers of a provider that may reach a client. Everything else, cookies and server names included, stays here. */
const passed = [
  'openai-processing-ms',
  'x-ratelimit-limit-requests',
  'x-ratelimit-limit-tokens',
  'x-ratelimit-remaining-requests',
  'x-ratelimit-remaining-tokens',
  'x-ratelimit-reset-requests',
  'x-ratelimit-reset-tokens',
]

/** Picks the headers that may reach a client. */
export function passedHeaders(headers: ResponseHeaders): Record<string, string> {
  const picked: Record<string, string> = {}
  for (const name of passed) {
    const value = headers[name]
    if (typeof value === 'string') picked[name] = value
  }
  return picked
}

/** A header's text in lower case; empty where it is absent or repeated. */
export function headerText(headers: ResponseHeaders, name: string): string {
  const value = headers[name]
  return typeof value === 'string' ? value.toLowerCase() : ''
}

/** The content coding of a body, or undefined where it is plain. */
export function codingOf(headers: ResponseHeaders): string | undefined {
  const coding = headerText(headers, 'content-encoding').trim()
  return coding === '' || coding === 'identity' ? undefined : coding
}
