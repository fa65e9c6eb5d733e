import { hash, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import type { CurrentConfig } from '../config/current.ts'

const maxKeyLength = 4096

export interface Access {
  readonly allowed: boolean
  /** A bearer key that is not one of ours: the client's own at a provider. */
  readonly clientKey?: string | undefined
}

/** Checks client keys against the running configuration, in constant time. */
export class KeyCheck {
  readonly #current: CurrentConfig
  readonly #keylessAllowed: () => boolean
  #keys: readonly string[] | undefined
  #digests: readonly Buffer[] = []

  /** `keylessAllowed`: whether everybody may come in while no keys are configured. */
  constructor(current: CurrentConfig, keylessAllowed: () => boolean) {
    this.#current = current
    this.#keylessAllowed = keylessAllowed
  }

  /** Whether clients need a key. */
  get required(): boolean {
    return !this.#keylessAllowed() || this.#current.value.api_keys.length > 0
  }

  check(headers: IncomingHttpHeaders): Access {
    const bearer = bearerOf(headers.authorization)
    if (!this.required) return { allowed: true, clientKey: bearer }
    if (this.#known(bearer)) return { allowed: true }
    const other = headers['x-api-key']
    if (typeof other === 'string' && this.#known(other)) return { allowed: true, clientKey: bearer }
    return { allowed: false }
  }

  #known(key: string | undefined): boolean {
    if (key === undefined || key === '' || key.length > maxKeyLength) return false
    const digest = digestOf(key)
    let known = false
    for (const candidate of this.#currentDigests()) known = timingSafeEqual(candidate, digest) || known
    return known
  }

  #currentDigests(): readonly Buffer[] {
    const keys = this.#current.value.api_keys
    if (keys !== this.#keys) {
      this.#keys = keys
      this.#digests = keys.map(digestOf)
    }
    return this.#digests
  }
}

function digestOf(key: string): Buffer {
  return hash('sha256', key, 'buffer')
}

function bearerOf(header: string | undefined): string | undefined {
  return header === undefined ? undefined : /^bearer +(\S+)\s*$/i.exec(header)?.[1]
}
