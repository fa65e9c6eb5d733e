import type { IncomingHttpHeaders } from 'node:http'

/** Headers in which clients say how many seconds they wait: the SDKs of OpenAI and Anthropic, others, and LiteLLM's users. */
const headersOfPatience = ['x-stainless-timeout', 'x-request-timeout', 'x-litellm-timeout']
const number = /^\d{1,9}(?:\.\d{1,9})?$/

/** The seconds that a client waits for its answer, the least of those it names; undefined if it names none above zero. */
export function patienceOf(headers: IncomingHttpHeaders): number | undefined {
  let least: number | undefined
  for (const name of headersOfPatience) {
    const value = headers[name]
    if (typeof value !== 'string' || !number.test(value)) continue
    const seconds = Number(value)
    if (seconds > 0 && (least === undefined || seconds < least)) least = seconds
  }
  return least
}
