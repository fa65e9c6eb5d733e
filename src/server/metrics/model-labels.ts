/** Maximum models with their own series: the names are chosen by clients, so their number must be bounded. */
const maxModels = 100
/** Maximum of those series for models that no provider has answered for. */
const maxUnproven = 50
/** The label of all other models. */
const others = 'other'

/** Chooses the label of a model: its name while there are few. Names that clients make up cannot use up all labels. */
export class ModelLabels {
  readonly #labels = new Set<string>()

  /** `proven`: whether a provider has answered for the model. */
  labelOf(model: string, proven: boolean): string {
    if (this.#labels.has(model)) return model
    if (this.#labels.size >= (proven ? maxModels : maxUnproven)) return others
    this.#labels.add(model)
    return model
  }

  /** The models that would be labelled by their names if providers answered for all of `models` next. */
  namedAmong(models: readonly string[]): ReadonlySet<string> {
    const room = maxModels - this.#labels.size
    const [named, fresh] = [new Set<string>(), new Set<string>()]
    for (const model of models) (this.#labels.has(model) ? named : fresh).add(model)
    return new Set([...named, ...[...fresh].slice(0, room)])
  }
}
