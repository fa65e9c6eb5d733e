type Headers = Readonly<Record<string, string | string[] | undefined>>

/** No provider is waited for longer than this, whatever it says. */
const longest = 60

/**
 * Seconds after which a provider allows a retry, between 1 and 60; undefined if there is no readable value. Reads
 * `retry-after-ms`, `x-ms-retry-after-ms`, then `retry-after` as seconds or as an HTTP date (RFC 9110, 10.2.3).
 */
export function retryAfterOf(headers: Headers, now: number = Date.now()): number | undefined {
  const milliseconds = numberOf(headers['retry-after-ms']) ?? numberOf(headers['x-ms-retry-after-ms'])
  if (milliseconds !== undefined) return clamp(milliseconds / 1000)
  const text = firstOf(headers['retry-after'])
  if (text === undefined) return undefined
  const seconds = numberOf(text)
  if (seconds !== undefined) return clamp(seconds)
  const date = /^[a-z]{3}/i.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(date) ? undefined : clamp((date - now) / 1000)
}

function clamp(seconds: number): number {
  return Math.min(longest, Math.max(1, seconds))
}

function numberOf(header: string | string[] | undefined): number | undefined {
  const text = firstOf(header)?.trim()
  return text !== undefined && /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : undefined
}

function firstOf(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header
}
