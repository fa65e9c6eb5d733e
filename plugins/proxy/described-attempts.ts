import { clip } from '../../src/text/clip.ts'
import type { AttemptFailure } from '../../src/attempt/failure.ts'

/** Maximum length of the words about one attempt. */
const maxAttemptLength = 200
/** Maximum number of different failures that are described; the rest is counted. */
const maxDescribed = 12

/**
 * Every attempt in the order in which it was made: provider, code, status and the words of the failure, from which
 * secrets are already left out. Attempts in a row that failed alike are described once, with their number. The length is
 * bounded, however many attempts there were.
 */
export function describeAttempts(failures: readonly AttemptFailure[]): string {
  const groups: { failure: AttemptFailure; count: number }[] = []
  for (const failure of failures) {
    const last = groups.at(-1)
    if (last?.failure.message === failure.message) last.count++
    else groups.push({ failure, count: 1 })
  }
  // The last attempts say best why there is no answer now, the first why others were asked.
  const first = groups.slice(0, groups.length > maxDescribed ? maxDescribed / 2 : undefined)
  const end = groups.length > maxDescribed ? groups.slice(-maxDescribed / 2) : []
  const left = groups.slice(first.length, groups.length - end.length)
  const skipped = left.length === 0 ? [] : [`${sumOf(left)} more attempts failed`]
  return [...first.map(describe), ...skipped, ...end.map(describe)].join('; ')
}

function describe({ failure, count }: { failure: AttemptFailure; count: number }): string {
  const { provider, message, code, upstreamStatus } = failure
  const words = message.slice(`Provider "${provider}": `.length)
  const status =
    upstreamStatus === undefined || message.includes(`status ${upstreamStatus}`)
      ? ''
      : `, status ${upstreamStatus}`
  const times = count === 1 ? '' : ` (${count} times)`
  return `Provider "${clip(provider)}" [${code}${status}]: ${clip(words, maxAttemptLength)}${times}`
}

function sumOf(groups: readonly { readonly count: number }[]): number {
  return groups.reduce((sum, { count }) => sum + count, 0)
}
