type Headers = Readonly<Record<string, string | string[] | undefined>>

/** No provider is waited for longer than this, whatever it says. */
const longest = 60

/**
 * Seconds after which a provider allows a retry, between 1 and 60; undefined if there is no readable value. `now`: the time
 * from which dates count, in milliseconds; by default that of the service. Reads
 * `retry-after-ms`, `x-ms-retry-after-ms`, then `retry-after` as seconds, as an HTTP
 * date (RFC 9110, 10.2.3), and in the spellings of services that do not keep to it: `7s`, an ISO date.
 */
export function retryAfterOf(headers: Headers, now: number = clockOf(headers)): number | undefined {
  const milliseconds = numberOf(headers['retry-after-ms']) ?? numberOf(headers['x-ms-retry-after-ms'])
  if (milliseconds !== undefined) return clamp(milliseconds / 1000)
  const text = firstOf(headers['retry-after'])
  if (text === undefined) return undefined
  return clampKnown(secondsUntil(text, now))
}

/**
 * Seconds until the limits that are used up are reset, between 1 and 60, by the headers of OpenAI, Anthropic and those who
 * follow them; undefined if the headers do not say.
 */
export function resetOf(headers: Headers, now: number = clockOf(headers)): number | undefined {
  const waits = limits.flatMap(({ remaining, reset }) => {
    const isUsedUp = numberOf(headers[remaining]) === 0
    const text = isUsedUp ? firstOf(headers[reset]) : undefined
    return (text === undefined ? undefined : secondsUntil(text, now)) ?? []
  })
  return waits.length === 0 ? undefined : clamp(Math.max(...waits))
}

const limits = ['x-ratelimit-', 'anthropic-ratelimit-'].flatMap(prefix =>
  ['requests', 'tokens', 'input-tokens', 'output-tokens'].map(kind =>
    prefix.startsWith('x-')
      ? { remaining: `${prefix}remaining-${kind}`, reset: `${prefix}reset-${kind}` }
      : { remaining: `${prefix}${kind}-remaining`, reset: `${prefix}${kind}-reset` },
  ),
)

/**
 * The time when a service answered, in milliseconds: by its own clock if the answer says, since ours may differ from it, and
 * since the dates of its headers lack the same fraction of a second.
 */
function clockOf(headers: Headers): number {
  const date = firstOf(headers['date'])
  const time = date !== undefined && /^[a-z]{3}/i.test(date) ? Date.parse(date) : Number.NaN
  return Number.isNaN(time) ? Date.now() : time
}

/** The seconds in a header: a number, a duration, or the time until a date. */
function secondsUntil(text: string, now: number): number | undefined {
  const seconds = numberOf(text)
  if (seconds !== undefined) return seconds
  const date = /^(?:[a-z]{3}|\d{4}-\d\d-\d\dT)/i.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(date) ? secondsIn(text) : (date - now) / 1000
}

/** Statuses whose bodies tell when to come back. */
const askToWait: ReadonlySet<number> = new Set([429, 503, 529])

/** Fields with the seconds to wait; Hugging Face's `estimated_time` is until a model is loaded. */
const waitField =
  /"(?:retry_after(?:_seconds)?|resets_in_seconds|estimated_time)"\s*:\s*"?(\d{1,9}(?:\.\d{1,9})?)"?\s*[,}]/

/** The units of durations, and the seconds of each. */
const units = [
  ['d(?:ays?)?', 86_400],
  ['h(?:(?:ou)?rs?)?', 3600],
  ['m(?:in(?:ute)?s?)?', 60],
  ['s(?:ec(?:ond)?s?)?', 1],
  ['m(?:s(?:ecs?)?|illi(?:second)?s?)', 1e-3],
  ['(?:[µμu]s|micro(?:second)?s?)', 1e-6],
  ['(?:ns|nano(?:second)?s?)', 1e-9],
] as const
const sizes = units.map(([unit, seconds]) => ({ name: new RegExp(`^${unit}$`, 'iu'), seconds }))
/** A number and its unit, which ends where letters end. */
const part = String.raw`\d{1,9}(?:\.\d{1,9})? ?(?:${units.map(([unit]) => unit).join('|')})(?!\p{L})`
const parts = new RegExp(part, 'giu')

/** Words before a duration to wait, and the duration. */
const waitWords = new RegExp(
  String.raw`\b(?:(?:try again|retry|wait)(?: in| after| for)?|resets? (?:in|after)|available (?:again )?(?:in|after)) ((?:${part}(?: and | )?){1,4})`,
  'iu',
)

/**
 * Seconds after which a provider allows a retry by the text of its error, between 1 and 60; undefined if it does not say.
 * Reads Google's `retryDelay`, fields such as `resets_in_seconds`, and wordings such as `try again in 1m11.5s` and
 * `(reset after 4s)`.
 */
export function retryAfterIn(body: string, status: number): number | undefined {
  if (!askToWait.has(status)) return undefined
  const delay = /"retryDelay"\s*:\s*"(\d{1,9}(?:\.\d+)?)s"/.exec(body)?.[1]
  if (delay !== undefined) return clamp(Number(delay))
  const seconds = waitField.exec(body)?.[1]
  if (seconds !== undefined) return clamp(Number(seconds))
  const told = waitWords.exec(body)?.[1]
  return told === undefined ? undefined : clampKnown(secondsIn(told))
}

/** The seconds of a duration such as `7s`, `1m11.5s`, `350ms` or `20 seconds`; undefined if it has no unit. */
function secondsIn(text: string): number | undefined {
  const seconds = text.match(parts)?.map(part => Number.parseFloat(part) * secondsOf(part))
  return seconds?.reduce((sum, one) => sum + one, 0)
}

/** The seconds of the unit of a number. */
function secondsOf(part: string): number {
  const unit = part.replace(/^[\d. ]+/, '')
  return sizes.find(({ name }) => name.test(unit))!.seconds
}

function clampKnown(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : clamp(seconds)
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
