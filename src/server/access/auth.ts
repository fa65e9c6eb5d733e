import { hash, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import type { CurrentConfig } from '../../config/current.ts'
import type { Config } from '../../config/schema.ts'
import { digestOfKey } from '../../config/sections/clients.ts'
import type { NamedClient } from '../../config/sections/clients.ts'

const maxKeyLength = 4096

/** The result of checking the key of a request. */
export interface Access {
  readonly allowed: boolean
  /** A key that is not one of ours, as a bearer key or in `x-api-key`: the client's own key for a provider. */
  readonly clientKey?: string | undefined
  /** The digest of the key that was accepted, or the name of its client; absent if none is required. */
  readonly tenant?: string | undefined
  /** The client of the key, if the configuration names it; also if its key has expired. */
  readonly client?: NamedClient | undefined
  /** The role of the key; undefined if it may do everything. */
  readonly role?: NamedClient['role'] | undefined
}

/** Checks client keys against the running configuration, in constant time. */
export class KeyCheck {
  readonly #current: CurrentConfig
  readonly #keylessAllowed: () => boolean
  #config: Config | undefined
  #known: readonly KnownKey[] = []

  /** `keylessAllowed`: whether every client is allowed while no keys are configured. */
  constructor(current: CurrentConfig, keylessAllowed: () => boolean) {
    this.#current = current
    this.#keylessAllowed = keylessAllowed
  }

  /** Whether clients need a key. */
  get required(): boolean {
    const { api_keys: keys, clients } = this.#current.value
    return !this.#keylessAllowed() || keys.length > 0 || clients.length > 0
  }

  /**
   * The headers that may carry a key besides `Authorization: Bearer`, in lower case; Anthropic's clients send the
   * first.
   */
  get headers(): ReadonlySet<string> {
    return new Set(['x-api-key', this.#current.value.api_key_header.toLowerCase()])
  }

  /** Checks the key in the headers of a request. */
  check(headers: IncomingHttpHeaders): Access {
    const bearer = bearerOf(headers.authorization)
    const apiKey = apiKeyOf(headers)
    if (!this.required) return { allowed: true, clientKey: bearer ?? apiKey }
    const owner = this.#ownerOf(bearer)
    if (owner) return accessOf(owner, this.#foreign(apiKey))
    for (const name of this.headers) {
      const given = headers[name]
      const byHeader = typeof given === 'string' ? this.#ownerOf(given) : undefined
      if (byHeader) return accessOf(byHeader, bearer)
    }
    return { allowed: false }
  }

  /** A key that is not one of ours. */
  #foreign(key: string | undefined): string | undefined {
    return this.#ownerOf(key) === undefined ? key : undefined
  }

  /** The owner of one of our keys; undefined for any other key. */
  #ownerOf(key: string | undefined): KnownKey | undefined {
    if (key === undefined || key === '' || key.length > maxKeyLength) return undefined
    const digest = hash('sha256', key, 'buffer')
    let owner: KnownKey | undefined
    for (const known of this.#knownKeys()) if (timingSafeEqual(known.digest, digest)) owner = known
    return owner
  }

  #knownKeys(): readonly KnownKey[] {
    const config = this.#current.value
    if (config !== this.#config) {
      this.#config = config
      this.#known = knownKeysOf(config)
    }
    return this.#known
  }
}

/** A key that clients may present. */
interface KnownKey {
  readonly digest: Buffer
  /** One text for each plain key, and for each named client, whatever its key. */
  readonly tenant: string
  readonly client?: NamedClient
  readonly role: NamedClient['role'] | undefined
  /** Unix time in milliseconds from which the key is refused. */
  readonly endsAt: number
}

/**
 * The keys of a configuration. If a named client has one of `api_keys`, the name counts. Plain keys are for everything
 * until a client is named as the operator: from then on, they belong to users like others.
 */
function knownKeysOf({ api_keys: keys, clients }: Config): readonly KnownKey[] {
  const role = clients.some(client => client.role === 'operator') ? ('user' as const) : undefined
  const plain = keys.map(key => {
    const digest = hash('sha256', key, 'buffer')
    return { digest, tenant: digest.toString('hex'), role, endsAt: Infinity }
  })
  const named = clients.map(client => {
    const endsAt = client.expires === undefined ? Infinity : Date.parse(client.expires)
    const digest = digestOfKey(client.key)
    return { digest, tenant: `client:${client.name}`, client, role: client.role, endsAt }
  })
  return [...plain, ...named]
}

function accessOf({ tenant, client, role, endsAt }: KnownKey, clientKey: string | undefined): Access {
  if (Date.now() >= endsAt) return { allowed: false, client }
  return { allowed: true, clientKey, tenant, client, role }
}

function bearerOf(header: string | undefined): string | undefined {
  return header === undefined ? undefined : /^bearer +(\S+)\s*$/i.exec(header)?.[1]
}

/** The key in the header that Anthropic's clients send. */
function apiKeyOf({ 'x-api-key': key }: IncomingHttpHeaders): string | undefined {
  return typeof key === 'string' && /^[\x21-\x7e]+$/.test(key) ? key : undefined
}
