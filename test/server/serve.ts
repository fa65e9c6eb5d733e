import { once } from 'node:events'
import { connect } from 'node:net'
import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import type { Runner } from '../../src/chain/run/runner.ts'
import type { ChainRequest, Client, Outcome } from '../../src/chain/request.ts'
import { createLoggerTo } from '../../src/cli/output/log/log.ts'
import { CurrentConfig } from '../../src/config/current.ts'
import { configSchema } from '../../src/config/schema.ts'
import type { ConfigInput } from '../../src/config/schema.ts'
import type { Chunk, MeterReading, Reply, Usage } from '../../src/contract/index.ts'
import { builtInKinds } from '../../src/providers/kinds.ts'
import { decorateHost } from '../../src/registry/decorate.ts'
import { createApp } from '../../src/server/app.ts'
import { replyFrom, StreamReply } from '../../src/chat/reply.ts'
import type { Owner } from '../fake-provider/ports.ts'

export interface Served {
  readonly app: FastifyInstance
  readonly url: string
  readonly port: number
  readonly currentConfig: CurrentConfig
  /** The requests that reached the runner. */
  readonly requests: ChainRequest[]
  readonly clients: Client[]
  /** Everything that was logged, as it was written. */
  readonly log: string[]
  post: (path: string, body: unknown, headers?: Record<string, string>) => Promise<Response>
}

export type Answer = (request: ChainRequest, client: Client) => Promise<Reply> | Reply

export interface ServeOptions {
  readonly config?: ConfigInput
  readonly answer?: Answer
  readonly meter?: Partial<MeterReading>
  readonly plugin?: (app: FastifyInstance) => void
}

/** Starts a server on a free port whose chains are replaced by a function. It closes with the test. */
export async function serve(t: Owner, options: ServeOptions = {}): Promise<Served> {
  const currentConfig = new CurrentConfig(configOf(options.config))
  const requests: ChainRequest[] = []
  const clients: Client[] = []
  const log: string[] = []
  const answer: Answer = options.answer ?? (() => replyFrom('hello', 'm'))
  const runner: Runner = {
    run: async (request, client) => {
      requests.push(request)
      clients.push(client)
      return outcomeOf(await answer(request, client), options.meter)
    },
    plan: () => ({ text: 'none', root: { kind: 'model' }, steps: [] }),
  }
  const { app } = await createApp({
    currentConfig,
    log: createLoggerTo({ write: (line: string) => log.push(line) }, 'debug'),
    prepare: async app => {
      decorateHost(app, {
        currentConfig,
        defaultUpstream: () => Promise.reject(new Error('not here')),
        kinds: builtInKinds,
      })
      options.plugin?.(app)
      return { runner }
    },
  })
  t.teardown(() => app.close())
  const { host } = currentConfig.value
  await app.listen({ host, port: 0 })
  // A TCP server that listens has an address of this shape.
  const { port } = app.server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}`
  const post: Served['post'] = (path, body, headers = {}) =>
    fetch(url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
  return { app, url, port, currentConfig, requests, clients, log, post }
}

/**
 * A checked configuration from the parts that a test cares about. Failed streams end with an event, so that tests can
 * read the error; test/server/stream/failure.test.ts tests the default.
 */
export function configOf(config: ConfigInput = {}) {
  return configSchema.parse({ stream_failure: 'event', ...config })
}

export const usage: Usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 }

/** The outcome of a chain, as the server receives it. */
export function outcomeOf(reply: Reply, meter: Partial<MeterReading> = {}): Outcome {
  return {
    reply,
    approach: 'none',
    cost: { calls: 1, rounds: 1 },
    meter: {
      calls: 1,
      attempts: 1,
      provider: 'fake',
      usage,
      cost: { usd: null, wasted_usd: null },
      partial: false,
      ...meter,
    },
  }
}

export const head = { id: 'chatcmpl-7', created: 7, model: 'm' }

/** A chunk with text, or with other fields of its choice. */
export function chunk(content: string, finish: string | null = null, index = 0): Chunk {
  return {
    ...head,
    object: 'chat.completion.chunk',
    choices: [{ index, delta: { content }, finish_reason: finish }],
  }
}

/** A streamed reply of these chunks; an Error among them breaks the stream off. */
export function streamOf(items: AsyncIterable<Chunk | Error> | readonly (Chunk | Error)[]): StreamReply {
  async function* source() {
    for await (const item of items) {
      if (item instanceof Error) throw item
      yield item
    }
  }
  return new StreamReply(head, source())
}

/** Sends bytes on a raw connection; returns everything received until the server closes it. */
export async function raw(port: number, bytes: string | Buffer): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  socket.setEncoding('utf8')
  let text = ''
  socket.on('data', (part: string) => (text += part))
  socket.on('error', () => {})
  socket.write(bytes)
  await once(socket, 'close')
  return text
}

export const hello = { model: 'm', messages: [{ role: 'user', content: 'Hi' }] }
