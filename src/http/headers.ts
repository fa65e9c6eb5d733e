import { hideSecrets } from '../text/hide-secrets.ts'

/** Response headers as undici returns them. */
export type ResponseHeaders = Readonly<Record<string, string | string[] | undefined>>

/** Headers of a provider that may reach a client: its limits. All others stay here, cookies and server names included. */
const passed = /^(?:(?:x|anthropic)-ratelimit-[a-z-]{1,64}|openai-processing-ms)$/
const passedValue = /^[\x20-\x7e]{1,128}$/
/** A number, a duration or a time, in which no key can be. Nearly all limits are. */
const plainValue = /^[\d.:TZhms-]{1,40}$/

/** Picks the headers that may reach a client, without `secrets`: providers repeat the key they were sent. */
export function passedHeaders(headers: ResponseHeaders, secrets: readonly string[]): Record<string, string> {
  const picked: Record<string, string> = {}
  for (const name in headers) {
    if (!passed.test(name)) continue
    const value = headers[name]
    if (typeof value !== 'string' || !passedValue.test(value)) continue
    picked[name] = plainValue.test(value) ? value : hideSecrets(value, secrets)
  }
  return picked
}

/** A header's text in lower case; empty if it is absent or repeated. */
export function headerText(headers: ResponseHeaders, name: string): string {
  const value = headers[name]
  return typeof value === 'string' ? value.toLowerCase() : ''
}

/** The content coding of a body, or undefined if it is plain. */
export function codingOf(headers: ResponseHeaders): string | undefined {
  if (headers['content-encoding'] === undefined) return undefined
  const coding = headerText(headers, 'content-encoding').trim()
  return coding === '' || coding === 'identity' ? undefined : coding
}
