import { HulumanageError } from '../../contract/index.ts'
import { clip } from '../../text/clip.ts'
import { didYouMean } from '../../text/did-you-mean.ts'

/** The parameters of a query by name, each given once. Throws `invalid_value` for one that is unknown or given twice. */
export function parametersOf(query: unknown, known: readonly string[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const [name, value] of Object.entries(query as Record<string, unknown>)) {
    if (!known.includes(name)) {
      const hint = didYouMean(name, known) ?? `known are ${known.join(', ')}`
      throw invalid(name, `no parameter is called "${clip(name)}"; ${hint}`)
    }
    if (typeof value !== 'string') throw invalid(name, 'give it once')
    if (value !== '') found.set(name, value)
  }
  return found
}

const dayMs = 86_400_000
/** The days before today of each word for a day. */
const wordsForDays: ReadonlyMap<string, number> = new Map([
  ['today', 0],
  ['yesterday', 1],
])

/**
 * A time as Unix milliseconds: an ISO date or time, in UTC unless it says otherwise, Unix seconds, or the beginning of today or
 * yesterday in UTC.
 */
export function timeOf(parameters: ReadonlyMap<string, string>, name: string): number | undefined {
  const text = parameters.get(name)
  if (text === undefined) return undefined
  const daysAgo = wordsForDays.get(text)
  if (daysAgo !== undefined) return (Math.floor(Date.now() / dayMs) - daysAgo) * dayMs
  const time = /^\d{1,11}(?:\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(inUtc(text))
  if (Number.isFinite(time)) return Math.round(time)
  throw invalid(
    name,
    'expected a time such as 2026-01-31, 2026-01-31T12:00:00Z, yesterday, today or Unix seconds',
  )
}

/** JavaScript reads a time without a zone as local, but a date as UTC. */
function inUtc(text: string): string {
  return /^\d{4}-\d\d-\d\dT[\d:.]+$/.test(text) ? `${text}Z` : text
}

/** The error for a parameter with a wrong value. */
export function invalid(name: string, problem: string): HulumanageError {
  return new HulumanageError('invalid_value', `${clip(name)}: ${problem}`, { param: clip(name) })
}
