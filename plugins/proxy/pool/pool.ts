import { enabledProviders } from '../../../src/config/enabled.ts'
import type { Config, ProviderConfig } from '../../../src/config/schema.ts'
import { kindOf } from '../../../src/providers/kinds.ts'
import type { Kinds } from '../../../src/providers/kinds.ts'
import { Provider } from '../../../src/providers/provider.ts'
import type { Listing } from '../../../src/registry/host.ts'
import type { Store } from '../../../src/store/store.ts'
import { Notices } from '../state/notices.ts'
import { ProviderState } from '../state/provider-state.ts'
import type { RestLogger } from '../state/rest-log.ts'
import { Drains } from './drains.ts'
import { KeyTurns } from './key-turns.ts'
import { Member } from './member.ts'
import { detach } from '../../../src/time/background.ts'

type PoolStore = Pick<Store, 'leases' | 'budget' | 'notices'>

/** The configured providers. A reload keeps what has not changed, connections included, and lets running calls finish. */
export class ProviderPool {
  readonly #kinds: Kinds
  readonly #store: PoolStore
  readonly #notices: Notices
  readonly #log: RestLogger
  readonly #turns = new KeyTurns()
  readonly #drains: Drains
  #members = new Map<string, Member>()
  /** In the order of the configuration. */
  members: readonly Member[] = []
  #connectMs = 0

  constructor(kinds: Kinds, store: PoolStore, log: RestLogger) {
    this.#kinds = kinds
    this.#store = store
    this.#log = log
    this.#notices = new Notices(store.notices, () => this.members.map(({ state }) => state))
    this.#drains = new Drains(store.notices, log)
  }

  get(name: string): Member | undefined {
    return this.#members.get(name)
  }

  /** The models that providers list themselves and that the configuration lets them serve. */
  get listings(): readonly Listing[] {
    return this.members.map(({ name, provider, listed }) => ({
      provider: name,
      models: listed.filter(model => provider.serves(model)),
    }))
  }

  /** Applies a configuration. Throws before it changes anything if a provider in it cannot be built. */
  update(config: Config): void {
    const connectMs = config.timeouts.connect * 1000
    const providers = enabledProviders(config).map(
      entry => this.#reuse(entry, connectMs) ?? this.#build(entry, connectMs),
    )
    const members = providers.map((provider, order) => this.#place(provider, order, config))
    const next = new Map(members.map(member => [member.name, member]))
    for (const [name, member] of this.#members) if (!next.has(name)) closeProvider(member)
    this.#members = next
    this.members = members
    this.#applyDrains()
    this.#connectMs = connectMs
  }

  /** Takes a provider out of service, or back into it, on all servers. Returns false if it is so already. */
  drain(name: string, drained: boolean, by: string | undefined): boolean {
    const isChanged = this.#drains.set(name, drained, by)
    this.#applyDrains()
    return isChanged
  }

  /**
   * Applies what other servers find out about providers and what operators do there, then calls `onChange`. Returns an
   * unsubscribe function.
   */
  listen(onChange: () => void): () => void {
    const unsubscribe = [
      this.#notices.subscribe(onChange),
      this.#drains.subscribe(() => {
        this.#applyDrains()
        onChange()
      }),
    ]
    return () => {
      for (const end of unsubscribe) end()
    }
  }

  /** Closes the connections once running calls have finished. */
  async close(): Promise<void> {
    await Promise.all(this.members.map(member => member.provider.close()))
  }

  #applyDrains(): void {
    for (const member of this.members) member.drain = this.#drains.of(member.name)
  }

  #reuse(entry: ProviderConfig, connectMs: number): Provider | undefined {
    const present = this.#members.get(entry.name)?.provider
    const isSame =
      present && connectMs === this.#connectMs && JSON.stringify(present.config) === JSON.stringify(entry)
    return isSame ? present : undefined
  }

  #build(entry: ProviderConfig, connectMs: number): Provider {
    return new Provider(entry, kindOf(entry, this.#kinds), connectMs)
  }

  /** The member of that name, updated, or a new one. */
  #place(provider: Provider, order: number, config: Config): Member {
    const member = this.#members.get(provider.name)
    if (!member) {
      const state = this.#stateOf(provider, config)
      return new Member(provider, state, order, this.#store.leases(provider.name))
    }
    member.order = order
    if (member.provider === provider) member.state.configure(config)
    else {
      closeProvider(member)
      member.provider = provider
      member.listed = []
      member.listedAt = undefined
      member.forgetMeasurements()
      member.state = this.#stateOf(provider, config, member.state)
    }
    return member
  }

  #stateOf(provider: Provider, config: Config, previous?: ProviderState): ProviderState {
    const turn = this.#turns.of(provider.config.api_keys ?? [])
    const surroundings = { store: this.#store, notices: this.#notices, log: this.#log }
    return new ProviderState(provider.config, config, surroundings, { previous, turn })
  }
}

/** Lets the running calls of a provider end, then closes its connections. */
function closeProvider({ name, provider }: Member): void {
  detach(provider.close(), `closing the connections to provider ${name}`)
}
