import type { Registry } from '@prometheus-io/client'
import { prometheus } from './prometheus.ts'

/** What was counted under some label values, and under those with one more. */
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
 * A Prometheus counter whose series are kept in a tree, with a level for each label, and handed over when they are
 * scraped: finding a series in the library costs more than all else that is counted for a request.
 */
export class TalliedCounter {
  readonly #name: string
  readonly #help: string
  readonly #labelNames: readonly string[]
  readonly #root = new Branch()

  constructor(name: string, help: string, labelNames: readonly string[]) {
    this.#name = name
    this.#help = help
    this.#labelNames = labelNames
  }

  /** Adds to the series of these label values, given in the order of their names, one for each. */
  add(amount: number, ...values: readonly string[]): void {
    let branch = this.#root
    for (let level = 0; level < values.length; level++) branch = branch.at(values[level]!)
    branch.value += amount
  }

  /** Has the counter read whenever the registry is scraped. */
  register(registry: Registry): void {
    const series = () => seriesOf(this.#root, this.#labelNames, {})
    // It registers itself.
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
