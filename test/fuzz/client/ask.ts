import { Agent, request as httpRequest } from 'node:http'
import type { IncomingMessage } from 'node:http'
import type { Dialect, Heard } from '../exchange.ts'

/** The path of each dialect. */
export const paths: Readonly<Record<Dialect, string>> = {
  chat: '/v1/chat/completions',
  completions: '/v1/completions',
  responses: '/v1/responses',
  messages: '/v1/messages',
  embeddings: '/v1/embeddings',
}

/** A client of a local server, which reads every response to its end, however it ends. */
export class FuzzClient {
  readonly #agent = new Agent({ keepAlive: true })
  readonly #port: number

  constructor(port: number) {
    this.#port = port
  }

  /** Asks in a dialect. */
  ask(dialect: Dialect, body: unknown, deadlineMs: number): Promise<Heard> {
    return this.#request('POST', paths[dialect], JSON.stringify(body), deadlineMs)
  }

  get(path: string, deadlineMs: number): Promise<Heard> {
    return this.#request('GET', path, '', deadlineMs)
  }

  close(): void {
    this.#agent.destroy()
  }

  #request(method: string, path: string, body: string, deadlineMs: number): Promise<Heard> {
    const headers = {
      'anthropic-version': '2023-06-01',
      ...(body === ''
        ? {}
        : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
    }
    return new Promise(resolve => {
      let response: IncomingMessage | undefined
      const parts: Buffer[] = []
      const finish = (ending: Heard['ending']) => {
        clearTimeout(timer)
        const text = Buffer.concat(parts).toString('utf8')
        resolve({ status: response?.statusCode ?? 0, headers: response?.headers ?? {}, text, ending })
      }
      const sent = httpRequest({
        host: '127.0.0.1',
        port: this.#port,
        agent: this.#agent,
        method,
        path,
        headers,
      })
      const timer = setTimeout(() => {
        finish('late')
        sent.destroy()
      }, deadlineMs)
      sent.on('error', () => finish('broken'))
      sent.on('response', incoming => {
        response = incoming
        incoming.on('data', (part: Buffer) => parts.push(part))
        incoming.on('error', () => finish('broken'))
        incoming.on('close', () => finish(incoming.complete ? 'whole' : 'broken'))
      })
      sent.end(body)
    })
  }
}
