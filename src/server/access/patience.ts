import type { IncomingHttpHeaders } from 'node:http'

/** Headers in which clients say how long they wait: the SDKs of OpenAI and Anthropic, others, and LiteLLM's users. */
const headersOfPatience = ['x-stainless-timeout', 'x-request-timeout', 'x-litellm-timeout']
/** A number of seconds, or of another unit that it names; no request takes hours. */
const duration = /^(\d{1,9}(?:\.\d{1,9})?)\s?(ms|s|m)?$/i
const secondsOf: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60 }

/** The seconds that a client waits for its answer, the least of those it names; undefined if it names none above zero. */
export function patienceOf(headers: IncomingHttpHeaders): number | undefined {
  let least: number | undefined
  for (const name of headersOfPatience) {
    const value = headers[name]
    const [, number, unit = 's'] = duration.exec(typeof value === 'string' ? value : '') ?? []
    if (number === undefined) continue
    const seconds = Number(number) * secondsOf[unit.toLowerCase()]!
    if (seconds > 0 && (least === undefined || seconds < least)) least = seconds
  }
  return least
}
