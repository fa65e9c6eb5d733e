import type { IncomingHttpHeaders } from 'node:http'

const secondsOf = { ms: 0.001, s: 1, m: 60, h: 3600 } as const
type Unit = keyof typeof secondsOf

/**
 * Headers in which clients say how long they wait, and the unit of a mere number: those of the SDKs of OpenAI and Anthropic
 * (the ones in Python send their limit between two bytes, which is the time to the head), and of clients of LiteLLM and Portkey.
 */
const headersOfPatience: readonly (readonly [name: string, unit: Unit])[] = [
  ['x-stainless-timeout', 's'],
  ['x-stainless-read-timeout', 's'],
  ['x-request-timeout', 's'],
  ['x-litellm-timeout', 's'],
  ['x-portkey-request-timeout', 'ms'],
]
const amount = String.raw`\d{1,9}(?:\.\d{1,9})?`
/** A number; or parts with units, as Go prints a duration: `1m30s`. */
const duration = new RegExp(`^(?:${amount}|(?:${amount} ?(?:ms|s|m|h))+)$`, 'i')
const part = new RegExp(`(${amount}) ?(ms|s|m|h)?`, 'gi')

/** The seconds that a client waits for its answer, the least of those it names; undefined if it names none above zero. */
export function patienceOf(headers: IncomingHttpHeaders): number | undefined {
  let least: number | undefined
  for (const [name, unit] of headersOfPatience) {
    const value = headers[name]
    if (typeof value !== 'string' || !duration.test(value)) continue
    const seconds = secondsIn(value, unit)
    if (seconds > 0 && (least === undefined || seconds < least)) least = seconds
  }
  return least
}

function secondsIn(text: string, unit: Unit): number {
  const parts = [...text.matchAll(part)]
  return parts.reduce(
    (sum, [, number, named = unit]) => sum + Number(number) * secondsOf[named.toLowerCase() as Unit],
    0,
  )
}
