import type { Conversion } from '../conversion.ts'
import type { ForeignMapping } from '../foreign-mapping.ts'
import type { Path } from '../../problems.ts'
import { isSupported } from './target.ts'

/** The models that requests may name: those of `model_list`, their aliases, and those that a pattern matches. */
export class KnownModels {
  /** All but patterns. */
  readonly names: readonly string[]
  readonly #listed: ReadonlySet<string>
  readonly #served: ReadonlySet<string>

  /** `aliases`: additional names of each `model_name`. */
  constructor(entries: readonly ForeignMapping[], aliases: ReadonlyMap<string, readonly string[]>) {
    const namesIn = (some: readonly ForeignMapping[]) =>
      some
        .flatMap(entry => entry.text('model_name') ?? [])
        .flatMap(name => [name, ...(aliases.get(name) ?? [])])
    const isServed = (entry: ForeignMapping) => {
      const params = entry.mapping('litellm_params')
      return params !== undefined && isSupported(params)
    }
    this.#listed = new Set(namesIn(entries))
    this.#served = new Set(namesIn(entries.filter(isServed)))
    this.names = [...this.#listed].filter(name => !name.includes('*'))
  }

  /** Whether requests may name a model. */
  has(name: string): boolean {
    return isAmong(name, this.#listed)
  }

  /** Those of some fallbacks that can be asked; the others are noted. `from`: where they stand. */
  fallbacks(names: readonly string[], from: Path, ours: Conversion): readonly string[] {
    return names.filter(name => {
      const isServed = isAmong(name, this.#served)
      if (!isServed && this.has(name))
        ours.note(from, `${name} has no service that is supported; left out of fallbacks`, 'lost')
      else if (!isServed) noteUnknown(name, from, ours)
      return isServed
    })
  }
}

/** Notes a name that no request can have. */
export function noteUnknown(name: string, from: Path, ours: Conversion): void {
  ours.note(from, `${name} is not a model_name; left out of aliases and fallbacks`, 'lost')
}

function isAmong(name: string, names: ReadonlySet<string>): boolean {
  if (names.has(name)) return true
  return [...names].some(one => one.endsWith('*') && name.startsWith(one.slice(0, -1)))
}
