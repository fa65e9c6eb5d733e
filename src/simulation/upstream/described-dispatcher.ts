import type * as undici from 'undici'
import type { ProviderConfig } from '../../config/schema.ts'
import { Dispatcher } from '../../http/undici.ts'
import { SimulatedModel } from '../../providers/simulated/model.ts'
import { authorOf, plainAnswer } from './answers.ts'
import type { Author } from './answers.ts'
import { DescribedCall } from './described-call.ts'
import type { DescribedProvider } from './described-provider.ts'

/**
 * The transport to a described provider. It has the interface of undici, so that everything above it works as it does over
 * the network: timeouts, parsing, failover and balancing.
 */
export class DescribedDispatcher extends Dispatcher {
  readonly #provider: DescribedProvider
  readonly #model: SimulatedModel
  readonly #author: Author
  /** Whether answers have to make sense to approaches. */
  readonly #speaks: () => boolean

  constructor(provider: DescribedProvider, config: ProviderConfig, speaks: () => boolean) {
    super()
    this.#provider = provider
    this.#model = new SimulatedModel(config)
    this.#author = authorOf(this.#model)
    this.#speaks = speaks
  }

  override dispatch(
    { method, path, body }: undici.Dispatcher.DispatchOptions,
    handler: undici.Dispatcher.DispatchHandler,
  ): boolean {
    if (method === 'GET') this.#list(path, handler)
    else new DescribedCall(this.#provider, body, handler, this.#speaks() ? this.#author : plainAnswer).start()
    return true
  }

  /** Lists the models of the provider, for health checks. */
  #list(path: string, handler: undici.Dispatcher.DispatchHandler): void {
    const { parts } = this.#model.reply('GET', path, '')
    new DescribedCall(this.#provider, undefined, handler, () => parts).start()
  }

  override close(): Promise<void>
  override close(whenClosed: () => void): void
  override close(whenClosed?: () => void): Promise<void> | void {
    if (!whenClosed) return Promise.resolve()
    whenClosed()
  }

  override destroy(error?: Error | null): Promise<void>
  override destroy(whenClosed: () => void): void
  override destroy(error: Error | null, whenClosed: () => void): void
  override destroy(first?: Error | null | (() => void), second?: () => void): Promise<void> | void {
    const whenClosed = typeof first === 'function' ? first : second
    return whenClosed ? this.close(whenClosed) : this.close()
  }
}
