import { request } from '../../http/undici.ts'
import type { Provider } from '../../providers/provider.ts'
import { readModelList } from './model-list.ts'

/** How long a list is valid, in milliseconds, and how long the lack of one. */
const validMs = { list: 600_000, none: 10_000 }
/** How long a client that asks for the models waits for the provider's list, in milliseconds. */
const patienceMs = 5_000

/** The models that a provider lists itself. It is asked when they are needed, and not again for ten minutes. */
export class ListedModels {
  readonly #provider: Provider
  #names: readonly string[] = []
  #validUntil = 0
  #asking: Promise<readonly string[]> | undefined

  constructor(provider: Provider) {
    this.#provider = provider
  }

  /** The names; those of the last list if the provider has none to send now, at first none. Never rejects. */
  async names(): Promise<readonly string[]> {
    if (performance.now() < this.#validUntil) return this.#names
    return await (this.#asking ??= this.#ask().finally(() => {
      this.#asking = undefined
    }))
  }

  async #ask(): Promise<readonly string[]> {
    const found = await this.#read().catch(() => undefined)
    this.#names = found ?? this.#names
    this.#validUntil = performance.now() + (found ? validMs.list : validMs.none)
    return this.#names
  }

  async #read(): Promise<readonly string[] | undefined> {
    if (this.#provider.kind.listsModels === false) return []
    const signal = AbortSignal.timeout(patienceMs)
    const { statusCode, body } = await request(this.#provider.dispatcher, {
      ...this.#provider.modelsCall(),
      signal,
    })
    if (statusCode === 200) return await readModelList(body)
    await body.dump()
    return undefined
  }
}
