import type { Hub, HubConnection, HubListener } from '../../../src/store/hub.ts'
import { MemoryHub } from '../../../src/store/memory/memory-hub.ts'

/** A connection to a hub that can break, and a hub that can lose all it has, as a Redis that restarts. */
export class BreakingConnection implements HubConnection {
  readonly kind = 'memory'
  readonly hub: Hub
  #current = newHub()
  #epoch = 0
  #listener: HubListener | undefined
  #held: { readonly name: keyof Hub; readonly answer: Promise<unknown> } | undefined

  constructor() {
    this.hub = new Proxy({} as Hub, { get: (_, name: keyof Hub) => this.#method(name) })
  }

  #method(name: keyof Hub): unknown {
    if (name === 'epoch') return async () => String(this.#epoch)
    if (this.#held?.name !== name) return this.#current[name]
    const { answer } = this.#held
    this.#held = undefined
    return () => answer
  }

  async open(listener: HubListener): Promise<void> {
    this.#listener = listener
    await listener.onUp()
  }

  async close(): Promise<void> {}

  /** Keeps the next call of a method from the hub until the test answers it. */
  hold(name: keyof Hub): PromiseWithResolvers<unknown> {
    const held = Promise.withResolvers<unknown>()
    this.#held = { name, answer: held.promise }
    return held
  }

  break(): void {
    this.#listener?.onDown(new Error('gone'))
  }

  async reconnect(): Promise<void> {
    await this.#listener?.onUp()
  }

  /** Breaks, and comes back empty, apart from what `others` put into it before. */
  async lose(others?: () => Promise<unknown>): Promise<void> {
    this.break()
    this.#current = newHub()
    this.#epoch++
    await others?.()
    await this.reconnect()
  }
}

function newHub(): Hub {
  return new MemoryHub(() => 1_000).join('peer', () => {})
}
