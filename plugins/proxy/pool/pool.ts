import { enabledProviders } from '../../../src/config/enabled.ts'
import type { Config, ProviderConfig } from '../../../src/config/schema.ts'
import { kindOf } from '../../../src/providers/kinds.ts'
import type { Kinds } from '../../../src/providers/kinds.ts'
import { Provider } from '../../../src/providers/provider.ts'
import type { Leases, Store } from '../../../src/store/store.ts'
import type { SlotOwner } from './slots.ts'

/** A provider's place in the pool. Running calls are counted under its name and outlive reloads. */
export class Member implements SlotOwner {
  provider: Provider
  order: number
  active = 0
  readonly leases: Leases

  constructor(provider: Provider, order: number, leases: Leases) {
    this.provider = provider
    this.order = order
    this.leases = leases
  }

  get name(): string {
    return this.provider.name
  }

  get weight(): number {
    return this.provider.config.weight
  }

  get limit(): number | undefined {
    return this.provider.config.max_concurrent
  }
}

/** The configured providers. A reload keeps what has not changed, connections included, and lets old calls finish. */
export class ProviderPool {
  readonly #kinds: Kinds
  readonly #store: Pick<Store, 'leases'>
  #members = new Map<string, Member>()
  /** In the order of the configuration. */
  members: readonly Member[] = []
  #connectMs = 0

  constructor(kinds: Kinds, store: Pick<Store, 'leases'>) {
    this.#kinds = kinds
    this.#store = store
  }

  get(name: string): Member | undefined {
    return this.#members.get(name)
  }

  /** Takes over the providers of a configuration; returns the names of those that are new or have changed. */
  update(config: Config): string[] {
    const connectMs = config.timeouts.connect * 1000
    const changed: string[] = []
    const next = new Map<string, Member>()
    const built = enabledProviders(config).map(
      entry => this.#reuse(entry, connectMs) ?? this.#build(entry, connectMs),
    )
    for (const [order, provider] of built.entries()) {
      const present = this.#members.get(provider.name)
      if (present?.provider !== provider) changed.push(provider.name)
      const member = present ?? new Member(provider, order, this.#store.leases(provider.name))
      const replaced = member.provider
      member.provider = provider
      member.order = order
      next.set(provider.name, member)
      if (replaced !== provider) void replaced.close()
    }
    for (const [name, member] of this.#members) if (!next.has(name)) void member.provider.close()
    this.#members = next
    this.members = [...next.values()]
    this.#connectMs = connectMs
    return changed
  }

  /** Ends the connections once running calls have finished. */
  async close(): Promise<void> {
    await Promise.all(this.members.map(member => member.provider.close()))
  }

  #reuse(entry: ProviderConfig, connectMs: number): Provider | undefined {
    const present = this.#members.get(entry.name)?.provider
    const same =
      present && connectMs === this.#connectMs && JSON.stringify(present.config) === JSON.stringify(entry)
    return same ? present : undefined
  }

  #build(entry: ProviderConfig, connectMs: number): Provider {
    return new Provider(entry, kindOf(entry, this.#kinds), connectMs)
  }
}
