import { hash } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import type { CurrentConfig } from '../../config/current.ts'
import type { Config } from '../../config/schema.ts'
import type { NamedClient } from '../../config/sections/clients.ts'
import type { ClientDirectory } from './clients/client-directory.ts'
import { knownKeysOf } from './clients/known-keys.ts'
import type { KnownKey, KnownKeys } from './clients/known-keys.ts'
import type { KeptClient } from './clients/kept-client.ts'

const maxKeyLength = 4096

/** The headers in which clients of Anthropic and of Azure send their keys. */
const clientKeyHeaders = ['x-api-key', 'api-key'] as const

/** The result of checking the key of a request. */
export interface Access {
  readonly allowed: boolean
  /** A key that is not one of ours, as a bearer key or in one of `clientKeyHeaders`: the client's own key for a provider. */
  readonly clientKey?: string | undefined
  /** The digest of the key that was accepted, or the name of its client; absent if none is required. */
  readonly tenant?: string | undefined
  /** The client of the key, if it has a name; also if its key has expired. */
  readonly client?: NamedClient | undefined
  /** Whether other clients have keys, too. */
  readonly hasOthers?: boolean
  /** Whether the client has got a newer key. */
  readonly isReplaced?: boolean | undefined
  /** Whether a key that is refused may be that of a client in the ledger, which could not be read yet. */
  readonly isUncertain?: boolean
  /** The role of the key; undefined if it may do everything. */
  readonly role?: NamedClient['role'] | undefined
}

/**
 * Checks client keys against the running configuration and the clients kept in the ledger. A key is found by its digest,
 * however many there are; the time that takes says nothing about the keys, whose digests nobody can choose.
 */
export class KeyCheck {
  readonly #current: CurrentConfig
  readonly #kept: Pick<ClientDirectory, 'value' | 'isUnknown'>
  readonly #keylessAllowed: () => boolean
  #config: Config | undefined
  #clients: readonly KeptClient[] | undefined
  #known: KnownKeys = new Map()
  /** Whether the keys belong to several clients. */
  #areMany = false
  #headers: ReadonlySet<string> = new Set()

  /** `keylessAllowed`: whether every client is allowed while there are no keys. */
  constructor(
    current: CurrentConfig,
    kept: Pick<ClientDirectory, 'value' | 'isUnknown'>,
    keylessAllowed: () => boolean,
  ) {
    this.#current = current
    this.#kept = kept
    this.#keylessAllowed = keylessAllowed
  }

  /** Whether clients need a key. */
  get required(): boolean {
    const { api_keys: keys, clients } = this.#current.value
    return !this.#keylessAllowed() || keys.length > 0 || clients.length > 0 || this.#kept.value.length > 0
  }

  /** The headers that may carry a key besides `Authorization: Bearer`, in lower case. */
  get headers(): ReadonlySet<string> {
    this.#follow()
    return this.#headers
  }

  /** Checks the key in the headers of a request. */
  check(headers: IncomingHttpHeaders): Access {
    const bearer = bearerOf(headers.authorization)
    const apiKey = apiKeyOf(headers)
    if (!this.required) return { allowed: true, clientKey: bearer ?? apiKey }
    const owner = this.#ownerOf(bearer)
    if (owner) return accessOf(owner, this.#foreign(apiKey), this.#areMany)
    for (const name of this.headers) {
      const given = headers[name]
      const byHeader = typeof given === 'string' ? this.#ownerOf(given) : undefined
      if (byHeader) return accessOf(byHeader, bearer, this.#areMany)
    }
    const isGiven = bearer !== undefined || [...this.headers].some(name => headers[name] !== undefined)
    return { allowed: false, isUncertain: isGiven && this.#kept.isUnknown }
  }

  /** A key that is not one of ours. */
  #foreign(key: string | undefined): string | undefined {
    return this.#ownerOf(key) === undefined ? key : undefined
  }

  /** The owner of one of our keys; undefined for any other key. */
  #ownerOf(key: string | undefined): KnownKey | undefined {
    if (key === undefined || key === '' || key.length > maxKeyLength) return undefined
    this.#follow()
    return this.#known.get(hash('sha256', key))
  }

  /** Takes over the configuration and the clients if they have changed. */
  #follow(): void {
    const config = this.#current.value
    const clients = this.#kept.value
    if (config === this.#config && clients === this.#clients) return
    this.#config = config
    this.#clients = clients
    this.#known = knownKeysOf(config, clients)
    this.#areMany = new Set(this.#known.values().map(({ tenant }) => tenant)).size > 1
    this.#headers = new Set([...clientKeyHeaders, config.api_key_header.toLowerCase()])
  }
}

function accessOf(
  { tenant, client, role, endsAt, isReplaced }: KnownKey,
  clientKey: string | undefined,
  hasOthers: boolean,
): Access {
  if (Date.now() >= endsAt) return { allowed: false, client, isReplaced }
  return { allowed: true, clientKey, tenant, client, role, hasOthers }
}

function bearerOf(header: string | undefined): string | undefined {
  return header === undefined ? undefined : /^bearer +(\S+)\s*$/i.exec(header)?.[1]
}

/** The key in a header of Anthropic's or Azure's clients. */
function apiKeyOf(headers: IncomingHttpHeaders): string | undefined {
  const keys = clientKeyHeaders.map(name => headers[name])
  return keys.find((key): key is string => typeof key === 'string' && /^[\x21-\x7e]+$/.test(key))
}
