import type { FastifyInstance } from 'fastify'
import type { ConfigView } from '../config/current.ts'
import type { HulumanageError, Step, Upstream } from '../contract/index.ts'
import type { Metric } from '../metrics/metric.ts'
import type { Kind } from '../providers/kind.ts'
import type { Store } from '../store/store.ts'
import type { Fleet } from './fleet.ts'
import type { Provider } from '../providers/provider.ts'
import type { Strategy } from '../contract/strategy.ts'
import type { NamedRegistry, Registry } from './registry.ts'

/** The decorators of `app`, which Fastify plugins use. */
export interface HostDecorators {
  /** Approaches and wrappers by name. */
  readonly steps: StepRegistry
  /** Kinds of services, by the `type:` of a provider. */
  readonly providers: NamedRegistry<Kind>
  /** Ways to choose a provider, by the `strategy:` of the routing. */
  readonly strategies: Registry<Strategy>
  /** The running configuration; subscribe to follow reloads. */
  readonly currentConfig: ConfigView
  /** The upstream of `base_url`, for requests that no wrapper sends elsewhere. */
  readonly defaultUpstream: Upstream
  /** The models that the service of `base_url` lists itself. */
  readonly defaultModels: () => Promise<readonly string[]>
  /** Pools in which a provider is found by its name. */
  readonly pools: Set<ProviderPool>
  /** State that outlives a request, and that servers may share. */
  readonly store: Store
  /** Figures of plugins for `/metrics`; complete once all plugins are loaded. */
  readonly metrics: Set<Metric>
  /**
   * Sections of `/health`, by name. A `status` of `unhealthy` or `degraded` is the server's, too, and `ok: false` makes it
   * `degraded`; it remains ready in any case.
   */
  readonly healthSections: Map<string, () => unknown>
  /** The plugin files that did not load, and why. */
  readonly failedFiles: { readonly file: string; readonly error: HulumanageError }[]
  /** The processes that serve the same port: figures for people are those of all. */
  readonly fleet: Fleet
}

/** A source of providers by name. */
export interface ProviderPool {
  get: (name: string) => { readonly provider: Provider } | undefined
  /** The models that its providers list themselves and that requests may use. */
  readonly listings: readonly Listing[]
}

/** The models that one provider lists itself. */
export interface Listing {
  readonly provider: string
  readonly models: readonly string[]
}

/** Steps by name. Takes the name from the step, and refuses a value that is not a valid step. */
export type StepRegistry = NamedRegistry<Step>

declare module 'fastify' {
  interface FastifyInstance extends HostDecorators {}

  interface FastifyContextConfig {
    /** The named clients that may use the route: `user` unless set. Plain keys may use every route. */
    audience?: 'user' | 'operator' | 'everyone'
    /** Changes how the server works for all clients: if it asks for keys, only those of named operators will do. */
    changesServer?: boolean
  }
}

export type App = FastifyInstance
