import type { Readable } from 'node:stream'
import type { ProviderConfig } from '../config/schema.ts'
import type { PassedMethod } from '../chat/passed-request.ts'
import type { Source } from '../chat/provider-call.ts'
import type { Dispatcher } from 'undici'
import { isPrivateHost } from '../http/private-host.ts'
import { createTransport } from '../http/transport.ts'
import { basicAuthorization, loginIn } from '../text/address-login.ts'
import { withClientHeaders } from './headers/client-headers.ts'
import type { ClientHeaders } from './headers/client-headers.ts'
import { fixedHeaders, keyHeader } from './headers/fixed-headers.ts'
import type { Kind, ModelOperation } from './kind.ts'

/** The path of each operation in OpenAI's API, below the base URL. */
export const defaultPaths: Record<ModelOperation, string> = {
  chat: '/chat/completions',
  embeddings: '/embeddings',
}
/** The path of OpenAI's Responses API. */
export const responsesPath = '/responses'

/** The request of one attempt, ready for the transport. */
export interface Outgoing {
  readonly origin: string
  readonly path: string
  readonly method: PassedMethod
  readonly headers: string[]
  readonly body: string | Uint8Array | Readable | null
}

/** The parts of a call that differ between requests. */
export interface OutgoingOptions {
  readonly requestId: string
  readonly clientKey?: string | undefined
  /** One of `api_keys`, if there are several. */
  readonly key?: string | undefined
  readonly source?: Source | undefined
  /** Headers of the client's request that belong to its body or its key. */
  readonly clientHeaders?: ClientHeaders | undefined
}

/** The address of a provider and the headers of its calls, as configured. */
export class Endpoint {
  readonly origin: string
  /** Whether it is on this machine or in a private network. */
  readonly isPrivate: boolean
  readonly #config: ProviderConfig
  readonly #kind: Kind
  readonly #basePath: string
  readonly #baseQuery: string
  readonly #headers: readonly string[]
  /** Names of the headers that the configuration sets. */
  readonly #ownHeaders: ReadonlySet<string>
  readonly #secrets: readonly string[]

  constructor(config: ProviderConfig, kind: Kind, base: string) {
    const url = new URL(base)
    this.origin = url.origin
    this.isPrivate = isPrivateHost(url.hostname)
    this.#config = config
    this.#kind = kind
    this.#basePath = url.pathname.replace(/\/+$/, '')
    this.#baseQuery = url.search
    this.#ownHeaders = new Set(Object.keys(config.headers).map(name => name.toLowerCase()))
    const basic = this.#ownHeaders.has('authorization') ? undefined : basicAuthorization(url)
    this.#headers = [...(basic === undefined ? [] : ['authorization', basic]), ...fixedHeaders(config, kind)]
    this.#secrets = secretsOf(config, url)
  }

  /** The connections to it. */
  connect(connectTimeoutMs: number): Dispatcher {
    const config = this.#config
    return (
      this.#kind.dispatcher?.(config) ??
      createTransport({
        origin: this.origin,
        connectTimeoutMs,
        connections: config.max_connections ?? (config.max_concurrent && config.max_concurrent + 1),
        keepAliveMs: config.keepalive_timeout * 1000,
        caFile: config.ca_file,
        http2: config.http2,
      })
    )
  }

  /** Whether the configuration has a key, or a header instead of one. */
  get hasKey(): boolean {
    const { api_key: key, api_keys: keys = [] } = this.#config
    return (
      Boolean(key) ||
      keys.length > 0 ||
      this.#headers.includes('authorization') ||
      keyHeaders.some(name => this.#ownHeaders.has(name))
    )
  }

  /** Whether the base URL has no path. */
  get isRoot(): boolean {
    return this.#basePath === ''
  }

  /** The address of a path below the base URL, for messages: without credentials and query. */
  addressOf(path: string): string {
    return `${this.origin}${this.#basePath}${path.split('?', 1)[0]}`
  }

  /** A call; its path is below the base URL, and has the query of both. */
  call(method: Outgoing['method'], path: string, headers: string[], body: Outgoing['body']): Outgoing {
    const query = path.includes('?') && this.#baseQuery ? `&${this.#baseQuery.slice(1)}` : this.#baseQuery
    return { origin: this.origin, path: `${this.#basePath}${path}${query}`, method, headers, body }
  }

  /** The headers of a call, as a flat list of names and values. `relayed`: the dialect of the client's body, if relayed. */
  headersOf({ requestId, clientKey, key, clientHeaders }: OutgoingOptions, relayed?: string): string[] {
    const forwards = this.#config.forward_client_key
    const own = forwards ? clientKey : key
    const use = { relayed, ownKey: forwards && clientKey !== undefined, configured: this.#ownHeaders }
    const common = clientHeaders ? withClientHeaders(this.#headers, clientHeaders, use) : this.#headers
    const headers = [...common, 'x-request-id', requestId]
    if (own !== undefined) headers.push(...Object.entries(keyHeader(own, this.#kind)).flat())
    return headers
  }

  /** The secrets of a call, which nobody else may see: keys, header values, and what the address contains of them. */
  secretsWith(clientKey: string | undefined): readonly string[] {
    return this.#config.forward_client_key && clientKey ? [...this.#secrets, clientKey] : this.#secrets
  }
}

const keyHeaders = ['authorization', 'x-api-key', 'api-key']

/** Values of fewer than eight characters are ignored: they would match ordinary words. */
function secretsOf(
  { api_key: key = '', api_keys: keys = [], headers }: ProviderConfig,
  url: URL,
): readonly string[] {
  const { username, password, searchParams } = url
  const query = [...searchParams].filter(([name]) => name !== 'api-version').map(([, value]) => value)
  return [key, ...keys, ...Object.values(headers), username, password, loginIn(url) ?? '', ...query].filter(
    secret => secret.length >= 8,
  )
}
