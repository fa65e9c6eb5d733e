import { Agent, request as httpRequest } from 'node:http'
import type { ClientRequest, IncomingMessage } from 'node:http'
import { paths } from '../fuzz/client/ask.ts'
import type { Heard } from '../fuzz/exchange.ts'
import type { Leave, Request } from './request.ts'

/** The response that a client received; `left` if it disconnected before the end. */
export interface Outcome extends Omit<Heard, 'ending'> {
  readonly ending: Heard['ending'] | 'left'
  /** The time at which it began to send the request, on the clock of `performance.now()`. */
  readonly sentAt: number
  /** The time at which it left. */
  readonly leftAt: number | undefined
}

/** Clients of a local server, each of which may leave before its answer is complete. */
export class ChaosClient {
  readonly #agent = new Agent({ keepAlive: true })
  readonly #port: number

  constructor(port: number) {
    this.#port = port
  }

  close(): void {
    this.#agent.destroy()
  }

  /** Sends a request, and reads the response to its end or until it leaves. */
  async send({ dialect, body, id, leave }: Request, deadlineMs: number): Promise<Outcome> {
    const bytes = Buffer.from(JSON.stringify(body))
    const sent = httpRequest({
      host: '127.0.0.1',
      port: this.#port,
      // A connection that is broken off must not be one that another client waits for.
      agent: leave ? false : this.#agent,
      method: 'POST',
      path: paths[dialect],
      headers: {
        'content-type': 'application/json',
        'content-length': bytes.length,
        'x-request-id': id,
        'anthropic-version': '2023-06-01',
      },
    })
    const departure = new Departure(sent, leave)
    const outcome = hear(sent, deadlineMs, departure)
    if (leave?.after === 'sent' && leave.amount < bytes.length) {
      sent.write(bytes.subarray(0, leave.amount), () => departure.go())
    } else sent.end(bytes)
    return await outcome
  }
}

function hear(sent: ClientRequest, deadlineMs: number, departure: Departure): Promise<Outcome> {
  const sentAt = performance.now()
  return new Promise(resolve => {
    let response: IncomingMessage | undefined
    const parts: Buffer[] = []
    const finish = (ending: Heard['ending']) => {
      clearTimeout(timer)
      const text = Buffer.concat(parts).toString('utf8')
      const { statusCode: status = 0, headers = {} } = response ?? {}
      const { leftAt } = departure
      resolve({ status, headers, text, ending: leftAt === undefined ? ending : 'left', sentAt, leftAt })
    }
    const timer = setTimeout(() => {
      finish('late')
      sent.destroy()
    }, deadlineMs)
    sent.on('error', () => finish('broken'))
    sent.on('finish', () => setImmediate(() => departure.onBytes(0)))
    sent.on('response', incoming => {
      response = incoming
      incoming.on('data', (part: Buffer) => {
        parts.push(part)
        departure.onBytes(part.length)
      })
      incoming.on('error', () => finish('broken'))
      incoming.on('close', () => finish(incoming.complete ? 'whole' : 'broken'))
    })
  })
}

/** The end of a request by its client. */
class Departure {
  readonly #sent: ClientRequest
  readonly #leave: Leave | undefined
  #received = 0
  leftAt: number | undefined

  constructor(sent: ClientRequest, leave: Leave | undefined) {
    this.#sent = sent
    this.#leave = leave
    if (leave?.after !== 'waited') return
    const timer = setTimeout(() => this.go(), leave.amount)
    sent.on('close', () => clearTimeout(timer))
  }

  onBytes(count: number): void {
    this.#received += count
    if (this.#leave?.after === 'received' && this.#received >= this.#leave.amount) this.go()
  }

  go(): void {
    if (this.leftAt !== undefined || this.#sent.destroyed) return
    this.leftAt = performance.now()
    if (this.#leave?.resets) this.#sent.socket?.resetAndDestroy()
    this.#sent.destroy()
  }
}
