import type { Registry } from '@prometheus-io/client'
import type { Metric } from './metric.ts'
import { prometheus } from './prometheus.ts'

/** A node of the tree of counts: the count of a sequence of label values, and the nodes of all longer sequences. */
class Branch {
  readonly branches = new Map<string, Branch>()
  value = 0

  at(label: string): Branch {
    let branch = this.branches.get(label)
    if (!branch) this.branches.set(label, (branch = new Branch()))
    return branch
  }
}

/**
 * A Prometheus counter that keeps its series in a tree with a level per label, and transfers them when it is scraped.
 * Looking up a series in the library costs more than everything else that is counted for a request.
 */
export class TalliedCounter implements Metric {
  readonly #name: string
  readonly #help: string
  readonly #labelNames: readonly string[]
  readonly #root = new Branch()

  constructor(name: string, help: string, labelNames: readonly string[]) {
    this.#name = name
    this.#help = help
    this.#labelNames = labelNames
  }

  /** Adds to the series of these label values: one for each label, in the order of the labels. */
  add(amount: number, ...values: readonly string[]): void {
    let branch = this.#root
    for (let level = 0; level < values.length; level++) branch = branch.at(values[level]!)
    branch.value += amount
  }

  register(registry: Registry): void {
    const series = () => seriesOf(this.#root, this.#labelNames, {})
    // The counter registers itself.
    void new (prometheus().Counter)({
      name: this.#name,
      help: this.#help,
      labelNames: [...this.#labelNames],
      registers: [registry],
      collect() {
        this.reset()
        for (const { labels, value } of series()) this.inc(labels, value)
      },
    })
  }
}

interface Series {
  readonly labels: Record<string, string>
  readonly value: number
}

function* seriesOf(
  { branches, value }: Branch,
  [name, ...names]: readonly string[],
  labels: Record<string, string>,
): Generator<Series> {
  if (name === undefined) yield { labels, value }
  else {
    for (const [label, branch] of branches) yield* seriesOf(branch, names, { ...labels, [name]: label })
  }
}
