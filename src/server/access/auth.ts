import { hash, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import type { CurrentConfig } from '../../config/current.ts'

const maxKeyLength = 4096

/** The result of checking the key of a request. */
export interface Access {
  readonly allowed: boolean
  /** A key that is not one of ours, as a bearer key or in `x-api-key`: the client's own key for a provider. */
  readonly clientKey?: string | undefined
  /** The digest of the key that was accepted; absent if none is required. */
  readonly tenant?: string | undefined
}

/** Checks client keys against the running configuration, in constant time. */
export class KeyCheck {
  readonly #current: CurrentConfig
  readonly #keylessAllowed: () => boolean
  #keys: readonly string[] | undefined
  #digests: readonly Digest[] = []

  /** `keylessAllowed`: whether every client is allowed while no keys are configured. */
  constructor(current: CurrentConfig, keylessAllowed: () => boolean) {
    this.#current = current
    this.#keylessAllowed = keylessAllowed
  }

  /** Whether clients need a key. */
  get required(): boolean {
    return !this.#keylessAllowed() || this.#current.value.api_keys.length > 0
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
    const tenant = this.#tenant(bearer)
    if (tenant !== undefined) return { allowed: true, clientKey: this.#foreign(apiKey), tenant }
    for (const name of this.headers) {
      const given = headers[name]
      const byHeader = typeof given === 'string' ? this.#tenant(given) : undefined
      if (byHeader !== undefined) return { allowed: true, clientKey: bearer, tenant: byHeader }
    }
    return { allowed: false }
  }

  /** A key that is not one of ours. */
  #foreign(key: string | undefined): string | undefined {
    return this.#tenant(key) === undefined ? key : undefined
  }

  /** The digest of one of our keys, as text; undefined for any other key. */
  #tenant(key: string | undefined): string | undefined {
    if (key === undefined || key === '' || key.length > maxKeyLength) return undefined
    const { bytes } = digestOf(key)
    let tenant: string | undefined
    for (const known of this.#currentDigests()) if (timingSafeEqual(known.bytes, bytes)) tenant = known.text
    return tenant
  }

  #currentDigests(): readonly Digest[] {
    const keys = this.#current.value.api_keys
    if (keys !== this.#keys) {
      this.#keys = keys
      this.#digests = keys.map(digestOf)
    }
    return this.#digests
  }
}

interface Digest {
  readonly bytes: Buffer
  readonly text: string
}

function digestOf(key: string): Digest {
  const bytes = hash('sha256', key, 'buffer')
  return { bytes, text: bytes.toString('hex') }
}

function bearerOf(header: string | undefined): string | undefined {
  return header === undefined ? undefined : /^bearer +(\S+)\s*$/i.exec(header)?.[1]
}

/** The key in the header that Anthropic's clients send. */
function apiKeyOf({ 'x-api-key': key }: IncomingHttpHeaders): string | undefined {
  return typeof key === 'string' && /^[\x21-\x7e]+$/.test(key) ? key : undefined
}
