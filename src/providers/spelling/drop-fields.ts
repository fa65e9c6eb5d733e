import type { ProviderConfig } from '../../config/schema.ts'

type Body = Readonly<Record<string, unknown>>

/** Fields to leave out or to send under other names. */
interface FieldChanges {
  readonly drop: readonly string[]
  readonly rename: Readonly<Record<string, string>>
}

/** Leaves out and renames top-level fields of bodies, as the configuration of a provider says. */
export class ConfiguredFields {
  readonly #all: FieldChanges
  readonly #perModel: readonly (readonly [string, FieldChanges])[]
  /** Whether nothing is configured. */
  readonly none: boolean

  constructor({ drop, rename, model_fields: perModel }: ProviderConfig) {
    this.#all = { drop, rename }
    this.#perModel = Object.entries(perModel)
    this.none = this.#perModel.length === 0 && drop.length === 0 && Object.keys(rename).length === 0
  }

  /** Whether a field of calls to a model is left out. */
  drops(field: string, model: string): boolean {
    return !this.none && this.#changesFor(model).some(({ drop }) => drop.includes(field))
  }

  /** The body as it is sent; the same object if it has none of the fields. */
  apply<T extends Body>(body: T, model: string): T | Body {
    if (this.none) return body
    const changes = this.#changesFor(model)
    const dropped = new Set(changes.flatMap(({ drop }) => drop))
    const names = new Map(changes.flatMap(({ rename }) => Object.entries(rename)))
    if (!Object.keys(body).some(field => dropped.has(field) || names.has(field))) return body
    const kept = Object.entries(body).filter(([field]) => !dropped.has(field))
    return Object.fromEntries(kept.map(([field, value]) => [names.get(field) ?? field, value]))
  }

  #changesFor(model: string): readonly FieldChanges[] {
    const matching = this.#perModel.filter(([pattern]) => matches(pattern, model))
    return [this.#all, ...matching.map(([, changes]) => changes)]
  }
}

/** Whether a model has the name, or begins with it if it ends with `*`. */
function matches(pattern: string, model: string): boolean {
  return pattern.endsWith('*') ? model.startsWith(pattern.slice(0, -1)) : model === pattern
}
