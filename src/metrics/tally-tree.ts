/** A node of the tree: the tally of a sequence of label values, and the nodes of all longer sequences. */
class Branch<T> {
  readonly branches = new Map<string, Branch<T>>()
  tally: T | undefined
}

/** Label values by their names. */
export type Labels = Readonly<Record<string, string>>

/** The labels of a series. */
export function labelsOf(names: readonly string[], values: readonly string[]): Labels {
  return Object.fromEntries(names.map((name, index) => [name, values[index]!]))
}

/**
 * Tallies by label values, in a tree with a level for each label. Looking up a series in the Prometheus library costs more
 * than everything else that is counted for a request.
 */
export class TallyTree<T> {
  readonly #root = new Branch<T>()
  readonly #labelNames: readonly string[]
  readonly #create: () => T
  #size = 0

  /** `create` returns the tally of a new series. */
  constructor(labelNames: readonly string[], create: () => T) {
    this.#labelNames = labelNames
    this.#create = create
  }

  /** The number of series. */
  get size(): number {
    return this.#size
  }

  /** The tally of these label values, one for each label in the order of the labels; undefined before the first. */
  find(values: readonly string[]): T | undefined {
    let branch: Branch<T> | undefined = this.#root
    for (let level = 0; level < values.length && branch; level++) branch = branch.branches.get(values[level]!)
    return branch?.tally
  }

  /** The tally of these label values, which is created when they are new. */
  at(values: readonly string[]): T {
    return this.find(values) ?? this.#add(values)
  }

  #add(values: readonly string[]): T {
    let branch = this.#root
    for (const value of values) {
      const next = branch.branches.get(value) ?? new Branch<T>()
      branch.branches.set(value, next)
      branch = next
    }
    this.#size++
    return (branch.tally = this.#create())
  }

  /** All tallies with their labels. */
  *[Symbol.iterator](): Generator<readonly [Labels, T]> {
    yield* talliesBelow(this.#root, this.#labelNames, {})
  }
}

function* talliesBelow<T>(
  { branches, tally }: Branch<T>,
  [name, ...names]: readonly string[],
  labels: Labels,
): Generator<readonly [Labels, T]> {
  if (tally !== undefined) yield [labels, tally]
  if (name === undefined) return
  for (const [label, branch] of branches) yield* talliesBelow(branch, names, { ...labels, [name]: label })
}
