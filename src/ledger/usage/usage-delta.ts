import { entryColumns } from '../columns.ts'
import type { Value } from '../columns.ts'
import { usageSums } from '../ledger.ts'
import { inTree, isOnlyCall, treeRows } from '../tree.ts'
import type { TreeRow } from '../tree.ts'

/** The sums of a group, in the order of `usageSums`; null while nothing is known. */
type Sums = (number | null)[]

/** Milliseconds of an hour, the finest division of usage. */
export const hourMs = 3_600_000
/** Hours of a day in UTC. */
const dayHours = 24
/** Milliseconds of a day in UTC. */
export const dayMs = dayHours * hourMs

/** Entries as they were encoded: the values of each begin at an index. */
type Values = readonly Value[]

const inEntry = placesOf(entryColumns)
const inSums = placesOf(usageSums)

/** The sums of tokens that a call adds to: their places in an entry, in the row of a call and in the sums. */
const tokenPlaces = (['prompt', 'completion', 'cached', 'cache_write', 'reasoning', 'wasted'] as const).map(
  name => ({ entry: inEntry[name], tree: inTree[name], sum: inSums[name] }),
)

/** The client, chain, provider and model of a group. */
type Names = readonly [client: Value, chain: Value, provider: Value, model: Value]

interface Group {
  readonly unit: number
  readonly names: Names
  readonly sums: Sums
}

/** Changes a value into one that the database accepts. */
export interface Cleaners {
  readonly name: (value: Value) => Value
  readonly figure: (value: Value) => Value
}

const asItIs: Cleaners = { name: value => value, figure: value => value }

/**
 * The usage of a batch, by hour, client, chain, provider and model. A request counts at the provider and model that answered
 * it, a call at its own.
 */
export class UsageDelta {
  readonly #groups = new Map<string, Group>()
  readonly #clean: Cleaners
  /** The group that was added to last: the next entry often belongs to it, too. */
  #last: Group | undefined

  /** `clean`: for the values of calls, which are stored as text and so may hold anything. */
  constructor(clean = asItIs) {
    this.#clean = clean
  }

  /** Adds the request whose values start at an index, and its calls. */
  addEntry(values: Values, at: number): void {
    const provider = values[at + inEntry.provider] ?? ''
    const model = values[at + inEntry.model] ?? ''
    this.#addRequest(values, at, this.#sumsAt(values, at, provider, model))
    for (const row of treeRows(String(values[at + inEntry.tree])))
      if (row[inTree.kind] !== 'step') this.#addCall(values, at, row)
  }

  #addRequest(values: Values, at: number, sums: Sums): void {
    add(sums, inSums.requests, 1)
    add(sums, inSums.wasted_cost, values[at + inEntry.wasted_cost])
    if (values[at + inEntry.code] !== null) return add(sums, inSums.failed, 1)
    // The answer was worth this.
    const changed = values[at + inEntry.changed]
    add(sums, inSums.answer_ms, values[at + inEntry.ms])
    add(sums, inSums.path_ms, values[at + inEntry.path_ms])
    if (typeof changed === 'number') add(sums, inSums.compared, 1)
    add(sums, inSums.changed, changed)
  }

  #addCall(values: Values, at: number, row: TreeRow): void {
    const isOnly = isOnlyCall(row)
    const { name, figure } = this.#clean
    const provider = row[inTree.provider] ?? null
    const sums =
      provider === null
        ? this.#sumsAt(values, at, values[at + inEntry.provider] ?? '', values[at + inEntry.model] ?? '')
        : this.#sumsAt(values, at, name(provider), name(row[inTree.model] ?? ''))
    if (isOnly || row[inTree.kind] === 'call') add(sums, inSums.calls, 1)
    add(sums, inSums.cost, figure(row[inTree.cost] ?? null))
    for (const { entry, tree, sum } of tokenPlaces)
      add(sums, sum, isOnly ? values[at + entry] : figure(row[tree] ?? null))
  }

  /** The same usage by day. */
  byDay(): UsageDelta {
    const days = new UsageDelta()
    for (const { unit, names, sums } of this.#groups.values()) {
      const ofDay = days.#sumsOf(Math.floor(unit / dayHours), names)
      for (let place = 0; place < sums.length; place++) add(ofDay, place, sums[place])
    }
    return days
  }

  /** The values to insert: the key, then each sum. */
  *rows(): Generator<Value[]> {
    for (const { unit, names, sums } of this.#groups.values()) {
      yield [
        unit,
        ...names,
        ...usageSums.map((name, place) => sums[place] ?? (name.endsWith('cost') ? null : 0)),
      ]
    }
  }

  /** The sums of a request's hour, client and chain, and of a provider and a model. */
  #sumsAt(values: Values, at: number, provider: Value, model: Value): Sums {
    const hour = Math.floor(Number(values[at + inEntry.at]) / hourMs)
    const client = values[at + inEntry.client] ?? ''
    const chain = values[at + inEntry.chain] ?? ''
    const last = this.#last
    if (last?.unit === hour && isNamed(last.names, client, chain, provider, model)) return last.sums
    return this.#sumsOf(hour, [client, chain, provider, model])
  }

  #sumsOf(unit: number, names: Names): Sums {
    // No name holds this character: they are clipped, or come from the configuration.
    const [client, chain, provider, model] = names
    const key = `${unit}\0${client}\0${chain}\0${provider}\0${model}`
    let group = this.#groups.get(key)
    if (!group) this.#groups.set(key, (group = { unit, names, sums: usageSums.map(() => null) }))
    this.#last = group
    return group.sums
  }
}

function isNamed(names: Names, client: Value, chain: Value, provider: Value, model: Value): boolean {
  return names[3] === model && names[2] === provider && names[1] === chain && names[0] === client
}

function add(sums: Sums, place: number, value: Value | undefined): void {
  if (typeof value === 'number') sums[place] = (sums[place] ?? 0) + value
}

function placesOf<Name extends string>(columns: readonly Name[]): Readonly<Record<Name, number>> {
  return Object.fromEntries(columns.map((name, index) => [name, index])) as Record<Name, number>
}
