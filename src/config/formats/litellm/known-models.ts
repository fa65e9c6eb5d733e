import type { Conversion } from '../conversion.ts'
import type { ForeignMapping } from '../foreign-mapping.ts'
import type { Path } from '../../problems.ts'
import { closestPattern, matchesPattern } from '../../../text/name-pattern.ts'
import { isSupported } from './target.ts'

/** An additional name of a group. */
export interface Alias {
  readonly group: string
  readonly from: Path
}

/** A model to fall back to, and its place in the file. */
export interface Fallback {
  readonly name: string
  readonly from: Path
}

/** The group whose deployments serve a model. */
export interface Serving {
  readonly group: string
  /** The part of the name that `*` of the group matches; undefined if the group has an exact name. */
  readonly matched: string | undefined
}

/** The models that requests may name: those of `model_list`, their aliases, and those that a pattern matches. */
export class KnownModels {
  /** All but patterns. */
  readonly names: readonly string[]
  readonly patterns: readonly string[]
  readonly #aliases: ReadonlyMap<string, Alias>
  /** Groups with a deployment that becomes a provider. */
  readonly #served: ReadonlySet<string>

  /** `aliases`: groups by their additional names. */
  constructor(entries: readonly ForeignMapping[], aliases: ReadonlyMap<string, Alias>) {
    const groupsOf = (some: readonly ForeignMapping[]) =>
      new Set(some.flatMap(entry => entry.text('model_name') ?? []))
    const listed = groupsOf(entries)
    const isServed = (entry: ForeignMapping) => {
      const params = entry.mapping('litellm_params')
      return params !== undefined && isSupported(params)
    }
    this.#aliases = aliases
    this.#served = groupsOf(entries.filter(isServed))
    const known = [...aliases].filter(([, { group }]) => listed.has(group)).map(([alias]) => alias)
    this.names = [...new Set([...listed, ...known])].filter(name => !name.includes('*'))
    this.patterns = [...listed].filter(name => name.includes('*'))
  }

  /** Whether requests may name a model. */
  has(name: string): boolean {
    return this.names.includes(name) || this.patterns.some(pattern => matchesPattern(name, pattern))
  }

  /** The group whose providers serve a model: its own, that of its alias, else that of the closest pattern. */
  servingOf(name: string): Serving | undefined {
    const exact = [name, this.#aliases.get(name)?.group].find(group => this.#served.has(group ?? ''))
    if (exact !== undefined) return { group: exact, matched: undefined }
    const pattern = closestPattern([...this.#served], name)
    return pattern === undefined ? undefined : { group: pattern, matched: name.slice(pattern.length - 1) }
  }

  /**
   * Those of a model's fallbacks that can be asked; the others are noted. Names of the model itself, such as its aliases, are
   * left out: it has just failed.
   */
  fallbacks(model: string, all: readonly Fallback[], ours: Conversion): readonly string[] {
    return all.flatMap(({ name, from }) => {
      if (name.includes('*'))
        ours.note(from, `${name} is a pattern, not a model; left out of fallbacks`, 'lost')
      else if (this.#isSame(name, model)) return []
      else if (this.servingOf(name)) return [name]
      else if (this.has(name))
        ours.note(from, `${name} has no service that is supported; left out of fallbacks`, 'lost')
      else noteUnknown(name, from, ours)
      return []
    })
  }

  /** Whether two names are of the same model: one may be an alias of the other, or both of a third. */
  #isSame(one: string, other: string): boolean {
    if (one === other) return true
    const [left, right] = [one, other].map(name => this.servingOf(name))
    return left !== undefined && left.group === right?.group && left.matched === right.matched
  }
}

/** Notes a name that no request can have. */
export function noteUnknown(name: string, from: Path, ours: Conversion): void {
  ours.note(from, `${name} is not a model_name; left out of aliases and fallbacks`, 'lost')
}
