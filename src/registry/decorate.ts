import type { CurrentConfig } from '../config/current.ts'
import type { Step, Upstream } from '../contract/index.ts'
import type { Kind } from '../providers/kind.ts'
import { MemoryStore } from '../store/memory/memory-store.ts'
import type { Store } from '../store/store.ts'
import { aloneFleet } from './fleet.ts'
import type { Fleet } from './fleet.ts'
import type { App, HostDecorators } from './host.ts'
import { NamedRegistry, Registry } from './registry.ts'
import { checkStep } from './shape.ts'

/** The parts of a host before any file is loaded. */
export interface HostParts {
  readonly currentConfig: CurrentConfig
  readonly defaultUpstream: Upstream
  /** Default: none. */
  readonly defaultModels?: () => Promise<readonly string[]>
  readonly kinds?: readonly Kind[]
  /** Makes what is used in place of each kind, of those of plugins as well. Default: the kind itself. */
  readonly adaptKind?: ((kind: Kind) => Kind) | undefined
  /** Default: the memory of this process. */
  readonly store?: Store
  /** Default: this process alone. */
  readonly fleet?: Fleet
}

/** Decorates `app` with everything that plugins may use. The registry of steps is empty until `loadSteps` fills it. */
export function decorateHost(
  app: App,
  {
    currentConfig,
    defaultUpstream,
    defaultModels = () => Promise.resolve([]),
    kinds = [],
    adaptKind,
    store = new MemoryStore(() => currentConfig.value.cache.max_bytes),
    fleet = aloneFleet,
  }: HostParts,
): void {
  const host: HostDecorators = {
    steps: new NamedRegistry<Step>('step', checkStep),
    providers: new NamedRegistry('kind of provider', undefined, adaptKind),
    strategies: new Registry('strategy'),
    currentConfig,
    defaultUpstream,
    defaultModels,
    pools: new Set(),
    store,
    metrics: new Set(),
    healthSections: new Map(),
    failedFiles: [],
    fleet,
  }
  for (const kind of kinds) host.providers.add(kind)
  if (store.report().kind !== 'memory') host.healthSections.set('store', () => store.report())
  app.addHook('onClose', () => store.close())
  decorateAll(app, host)
}

/** Decorates `app` with each field of `parts`. */
export function decorateAll(app: App, parts: object): void {
  for (const [name, value] of Object.entries(parts)) app.decorate(name, value)
}
