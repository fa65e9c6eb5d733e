import { Agent, request as httpRequest } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { answer, FakeProvider } from '../fake-provider.ts'
import { Scene } from '../chaos/scene.ts'
import { model } from '../chaos/request.ts'
import { percentile } from './trend.ts'

export interface OverloadOptions {
  /** How many times more requests are sent than the provider can answer. */
  readonly factor: number
  /** The seconds for which they are sent. */
  readonly seconds: number
}

export interface OverloadReport {
  readonly sent: number
  readonly answered: number
  readonly refused: number
  /** The part of the provider's capacity that was used, from 0 to 1. */
  readonly goodput: number
  /** The 99th percentile of the time to a refusal, in milliseconds. */
  readonly refusalMs: number
  readonly wrong: readonly string[]
}

/** Calls that the provider answers at one time. */
const slots = 10
/** Milliseconds that each takes. */
const callMs = 250

interface Ending {
  readonly status: number
  readonly retryAfter: string | undefined
  readonly ms: number
}

/** Sends many times the requests that a server with one slow provider can answer, at a steady rate. */
export async function runOverload({ factor, seconds }: OverloadOptions): Promise<OverloadReport> {
  let running = 0
  let most = 0
  const fake = new FakeProvider(async () => {
    most = Math.max(most, ++running)
    await sleep(callMs)
    running -= 1
    return answer('ok')
  })
  const members = new Map([['slow', { fake, entry: { max_concurrent: slots } }]])
  const queue = { max_concurrent: slots, max_waiting: 2 * slots, timeout: 30 }
  const scene = await Scene.start(members, { queue, routing: { health_check: { enabled: false } } })
  const agent = new Agent({ keepAlive: true })
  try {
    const ask = () => post(scene.subject.port, agent)
    await Promise.all(Array.from({ length: slots }, ask))
    await scene.rest()
    const count = Math.round(((slots * 1000) / callMs) * factor * seconds)
    const began = performance.now()
    const asking: Promise<Ending>[] = []
    for (let number = 0; number < count; number += 1) {
      const waitMs = began + (number / count) * seconds * 1000 - performance.now()
      if (waitMs > 1) await sleep(waitMs)
      asking.push(ask())
    }
    const endings = await Promise.all(asking)
    const capacity = ((performance.now() - began) / callMs) * slots
    agent.destroy()
    const wrong = [...faultsOf(endings), ...(await scene.leftOver())]
    if (most > slots) wrong.push(`${most} calls at one time, of ${slots} that may run`)
    return { ...figuresOf(endings, capacity), wrong }
  } finally {
    agent.destroy()
    await scene.stop()
  }
}

function figuresOf(endings: readonly Ending[], capacity: number): Omit<OverloadReport, 'wrong'> {
  const answered = endings.filter(({ status }) => status === 200).length
  const refused = endings.filter(({ status }) => status === 429 || status === 503)
  const refusalMs = percentile(
    refused.map(({ ms }) => ms),
    0.99,
  )
  return {
    sent: endings.length,
    answered,
    refused: refused.length,
    goodput: answered / capacity,
    refusalMs,
  }
}

/** Every request is answered, or refused with the time after which to come back. */
function faultsOf(endings: readonly Ending[]): string[] {
  const kinds = new Map<string, number>()
  for (const { status, retryAfter } of endings) {
    const isRefusal = status === 429 || status === 503
    if (status === 200 || (isRefusal && Number(retryAfter) > 0)) continue
    const kind = isRefusal ? `${status} without Retry-After` : `status ${status}`
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
  }
  return [...kinds].map(([kind, count]) => `${count} times ${kind}`)
}

function post(port: number, agent: Agent): Promise<Ending> {
  const body = JSON.stringify({ model, messages: [{ role: 'user', content: 'Hi' }] })
  const began = performance.now()
  return new Promise(resolve => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
    const options = { host: '127.0.0.1', port, agent, method: 'POST', path: '/v1/chat/completions', headers }
    const sent = httpRequest(options, response => {
      const { statusCode: status = 0, headers } = response
      const end = () => resolve({ status, retryAfter: headers['retry-after'], ms: performance.now() - began })
      response.on('error', () => resolve({ status: 0, retryAfter: undefined, ms: 0 }))
      response.on('end', end).resume()
    })
    sent.on('error', () => resolve({ status: 0, retryAfter: undefined, ms: 0 }))
    sent.end(body)
  })
}
