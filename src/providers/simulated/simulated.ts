import type * as undici from 'undici'
import type { ProviderConfig } from '../../config/schema.ts'
import { Dispatcher, errors } from '../../http/undici.ts'
import type { Kind } from '../kind.ts'
import { SimulatedCall } from './call.ts'
import { embeddingsReply } from './embeddings.ts'
import { SimulatedModel } from './model.ts'
import { detach } from '../../time/background.ts'

/**
 * The transport of a provider inside this process. It has the interface of undici, so that timeouts, parsing, failover
 * and balancing work as they do over the network.
 */
export class SimulatedDispatcher extends Dispatcher {
  readonly #model: SimulatedModel
  readonly #firstMs: number
  readonly #calls = new Set<SimulatedCall>()
  readonly #closed = Promise.withResolvers<void>()
  #closing = false

  constructor(config: ProviderConfig) {
    super()
    this.#model = new SimulatedModel(config)
    this.#firstMs = config.simulate?.latency_ms ?? 0
  }

  override dispatch(
    options: undici.Dispatcher.DispatchOptions,
    handler: undici.Dispatcher.DispatchHandler,
  ): boolean {
    const { method, path } = options
    const body = textOf(options.body)
    const reply = embeddingsReply(method, path, body, this.#firstMs) ?? this.#model.reply(method, path, body)
    const call = new SimulatedCall(reply, handler, () => this.#remove(call))
    this.#calls.add(call)
    if (this.#closing) call.abort(new errors.ClientClosedError())
    else call.start()
    return true
  }

  override close(): Promise<void>
  override close(whenClosed: () => void): void
  override close(whenClosed?: () => void): Promise<void> | void {
    this.#closing = true
    if (this.#calls.size === 0) this.#closed.resolve()
    if (!whenClosed) return this.#closed.promise
    detach(this.#closed.promise.then(whenClosed), 'closing a simulated model')
  }

  override destroy(error?: Error | null): Promise<void>
  override destroy(whenClosed: () => void): void
  override destroy(error: Error | null, whenClosed: () => void): void
  override destroy(first?: Error | null | (() => void), second?: () => void): Promise<void> | void {
    const whenClosed = typeof first === 'function' ? first : second
    const error = first instanceof Error ? first : new errors.ClientDestroyedError()
    this.#closing = true
    for (const call of this.#calls) call.abort(error)
    return whenClosed ? this.close(whenClosed) : this.close()
  }

  #remove(call: SimulatedCall): void {
    this.#calls.delete(call)
    if (this.#closing && this.#calls.size === 0) this.#closed.resolve()
  }
}

function textOf(body: undici.Dispatcher.DispatchOptions['body']): string {
  if (typeof body === 'string') return body
  return body instanceof Uint8Array ? Buffer.from(body).toString('utf8') : ''
}

/** Providers inside this process, to try everything without a key or a network. */
export const simulatedKind: Kind = {
  name: 'simulated',
  summary: 'A model simulated inside the server, to try things without a key',
  auth: 'none',
  dispatcher: config => new SimulatedDispatcher(config),
}
