import { closestPattern } from '../../text/name-pattern.ts'
import type { ProviderConfig } from '../schema.ts'

/** Matches every model that no other provider names. */
const anyModel = '*'

/** The names of models in a configuration: whole names, patterns such as `gpt-*`, and whether the rest is served, too. */
export interface ModelNames {
  readonly whole: ReadonlySet<string>
  /** The beginnings of names, without the `*`; the longest first. */
  readonly prefixes: readonly string[]
  readonly rest: boolean
}

type Names = Pick<ProviderConfig, 'models' | 'model_prefixes' | 'model_map'> &
  Partial<Pick<ProviderConfig, 'context_windows'>>

/** The models of one provider, and the names it knows them by. */
export class ServedModels {
  readonly #names: ModelNames | undefined
  readonly #mapped: Readonly<Record<string, string>>
  readonly #mapsPatterns: boolean
  readonly #windows: Readonly<Record<string, number>> | undefined

  constructor({ models, model_prefixes: prefixes, model_map: mapped, context_windows: windows }: Names) {
    this.#windows = windows
    this.#names =
      models || prefixes ? namesIn([...(models ?? []), ...Object.keys(mapped)], prefixes) : undefined
    this.#mapped = mapped
    this.#mapsPatterns = Object.keys(mapped).some(name => name.endsWith(anyModel))
  }

  /** Whether it serves models that only `*` matches. */
  get rest(): boolean {
    return this.#names?.rest ?? false
  }

  /** Whether it may serve a model. */
  includes(model: string): boolean {
    return !this.#names || this.#names.rest || areNaming(this.#names, model)
  }

  /** Whether the configuration names a model for this provider, by itself or by a pattern other than `*`. */
  isNamed(model: string): boolean {
    return this.#names !== undefined && areNaming(this.#names, model)
  }

  /** Whether the size of any model's context window is known. */
  get hasWindows(): boolean {
    return this.#windows !== undefined
  }

  /** The size of a requested model's context window in tokens, if it is known. The longest pattern that matches decides. */
  windowOf(model: string): number | undefined {
    const closest = closestPattern(Object.keys(this.#windows ?? {}), this.nameOf(model))
    return closest === undefined ? undefined : this.#windows?.[closest]
  }

  /** The name this provider uses for a requested model. */
  nameOf(model: string): string {
    if (this.#mapsPatterns) return mappedName(this.#mapped, model)
    return Object.hasOwn(this.#mapped, model) ? (this.#mapped[model] ?? model) : model
  }
}

/** The largest context window that one of these providers has for a model, in tokens; undefined if none is known. */
export function largestWindow(providers: readonly Names[], model: string): number | undefined {
  const sizes = providers.flatMap(provider => {
    if (!provider.context_windows) return []
    const served = new ServedModels(provider)
    return served.includes(model) ? (served.windowOf(model) ?? []) : []
  })
  return sizes.length === 0 ? undefined : Math.max(...sizes)
}

/** Sorts names and patterns. Only a `*` at the end of a name makes it a pattern. */
export function namesIn(names: readonly string[], prefixes: readonly string[] = []): ModelNames {
  const patterns = names.filter(name => name.length > 1 && name.endsWith(anyModel))
  const starts = [...prefixes, ...patterns.map(pattern => pattern.slice(0, -1))]
  return {
    whole: new Set(names.filter(name => !name.endsWith(anyModel))),
    prefixes: starts.toSorted((one, other) => other.length - one.length),
    rest: names.includes(anyModel),
  }
}

/** Whether a model is named, by itself or by a pattern. */
export function areNaming({ whole, prefixes }: ModelNames, model: string): boolean {
  return whole.has(model) || prefixes.some(prefix => model.startsWith(prefix))
}

/**
 * The name under which a provider knows a model. The longest pattern that matches decides; a `*` in its value is what the
 * `*` of the pattern has matched: `openai/*: '*'` takes the prefix off.
 */
function mappedName(mapped: Readonly<Record<string, string>>, model: string): string {
  if (Object.hasOwn(mapped, model)) return mapped[model] ?? model
  const closest = closestPattern(Object.keys(mapped), model)
  const name = closest === undefined ? undefined : mapped[closest]
  if (closest === undefined || name === undefined) return model
  return name.replace(anyModel, () => model.slice(closest.length - 1))
}
