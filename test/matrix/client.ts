import { once } from 'node:events'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { Pool } from 'undici'
import { canaries, promptCanary } from './canaries.ts'

/** A response read to its end, or until it broke off. */
export interface Heard {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
}

export interface ErrorBody {
  readonly error: { message: string; type: string; param: string | null; code: string | null }
}

/** A request that any provider could answer. */
export const hello = {
  model: 'm',
  messages: [{ role: 'user', content: `Say ${promptCanary}` }],
}

/** A client with the key, which remembers everything it received. */
export class Client {
  /** Heads and bodies of all responses. */
  readonly heard: string[] = []
  readonly #pool: Pool
  readonly #sockets = new Set<RawClient>()
  readonly #port: number

  constructor(url: string) {
    this.#pool = new Pool(url, { allowH2: false })
    this.#port = Number(new URL(url).port)
  }

  get(path: string, headers: Record<string, string> = {}): Promise<Heard> {
    return this.#request('GET', path, undefined, headers)
  }

  /** Asks for a chat completion. */
  ask(fields: Readonly<Record<string, unknown>> = {}, headers: Record<string, string> = {}): Promise<Heard> {
    return this.#request('POST', '/v1/chat/completions', JSON.stringify({ ...hello, ...fields }), headers)
  }

  /** Sends a body to any path. */
  post(path: string, body: object, headers: Record<string, string> = {}): Promise<Heard> {
    return this.#request('POST', path, JSON.stringify(body), headers)
  }

  async #request(method: 'GET' | 'POST', path: string, body?: string, headers = {}): Promise<Heard> {
    const response = await this.#pool.request({
      path,
      method,
      headers: { authorization: `Bearer ${canaries.client}`, 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body }),
    })
    const heard = { status: response.statusCode, headers: response.headers, text: await response.body.text() }
    this.heard.push(JSON.stringify(heard.headers), heard.text)
    return heard
  }

  /** A separate connection, for clients that disconnect, stall or send odd bytes. */
  open(): RawClient {
    const raw = new RawClient(connect(this.#port, '127.0.0.1'))
    this.#sockets.add(raw)
    return raw
  }

  async close(): Promise<void> {
    for (const raw of this.#sockets) {
      raw.leave()
      this.heard.push(raw.text)
    }
    await this.#pool.destroy()
  }
}

/** A bare connection. */
export class RawClient {
  readonly socket: Socket
  text = ''
  #changed: () => void = () => {}

  constructor(socket: Socket) {
    this.socket = socket
    socket.setEncoding('utf8')
    socket.on('error', () => {})
    socket.on('data', (part: string) => {
      this.text += part
      this.#changed()
    })
    socket.on('close', () => this.#changed())
  }

  send(bytes: string | Buffer): this {
    this.socket.write(bytes)
    return this
  }

  /** Asks for a chat completion; the socket stays open. */
  ask(fields: Readonly<Record<string, unknown>> = {}): this {
    return this.send(postOf(fields))
  }

  /** Resolves when this text has arrived. Throws if the server closes first. */
  async hears(part: string): Promise<void> {
    while (!this.text.includes(part)) {
      if (this.socket.closed) throw new Error(`the server closed before "${part}": ${this.text}`)
      await new Promise<void>(resolve => (this.#changed = resolve))
    }
  }

  /** Resolves with everything received once the server has closed. */
  async whole(): Promise<string> {
    if (!this.socket.closed) await once(this.socket, 'close')
    return this.text
  }

  /** Breaks off, with a RST. */
  leave(): void {
    if (!this.socket.destroyed) this.socket.resetAndDestroy()
  }
}

/** The bytes of a request for a chat completion. */
export function postOf(fields: Readonly<Record<string, unknown>> = {}, connection = 'keep-alive'): string {
  const body = JSON.stringify({ ...hello, ...fields })
  return [
    'POST /v1/chat/completions HTTP/1.1',
    'host: localhost',
    `authorization: Bearer ${canaries.client}`,
    `connection: ${connection}`,
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
    '',
    body,
  ].join('\r\n')
}

/** The text of an answer: the first choice of a whole one, the joined pieces of a stream. */
export function textOf({ text }: Pick<Heard, 'text'>): string {
  if (!text.startsWith('data: ') && !text.startsWith(':')) return contentOf(JSON.parse(text), 'message')
  return dataOf(text)
    .filter(data => data !== '[DONE]')
    .map(data => contentOf(JSON.parse(data), 'delta'))
    .join('')
}

/** The data of each event of a stream. */
export function dataOf(text: string): readonly string[] {
  return [...text.matchAll(/^data: (.*)$/gm)].map(([, data = '']) => data)
}

function contentOf(value: unknown, field: 'message' | 'delta'): string {
  const { choices } = value as { choices?: readonly Record<string, { content?: string } | undefined>[] }
  return choices?.[0]?.[field]?.content ?? ''
}
