import { callColumns, requestColumns } from '../columns.ts'
import type { Value } from '../columns.ts'
import { usageSums } from '../ledger.ts'

type Sum = (typeof usageSums)[number]
type Sums = Partial<Record<Sum, number>>

/** The sums of tokens and money that a call adds to. */
const sumsOfCalls = ['prompt', 'completion', 'cached', 'cache_write', 'reasoning', 'wasted', 'cost'] as const

/** Milliseconds of an hour, the finest division of usage. */
export const hourMs = 3_600_000
/** Hours of a day in UTC. */
const dayHours = 24
/** Milliseconds of a day in UTC. */
export const dayMs = dayHours * hourMs

/** Entries as they were encoded: the values of a request begin at one index, those of a call at another. */
type Values = readonly Value[]

const inRequest = placesOf(requestColumns)
const inCall = placesOf(callColumns)

/** The client, chain, provider and model of a group. */
type Names = readonly [client: Value, chain: Value, provider: Value, model: Value]

interface Group {
  readonly unit: number
  readonly names: Names
  readonly sums: Sums
}

/**
 * The usage of a batch, by hour, client, chain, provider and model. A request counts at the provider and model that answered
 * it, a call at its own.
 */
export class UsageDelta {
  readonly #groups = new Map<string, Group>()

  addRequest(values: Values, request: number): void {
    const sums = this.#sumsAt(values, request, request + inRequest.provider, request + inRequest.model)
    add(sums, 'requests', 1)
    add(sums, 'failed', values[request + inRequest.code] === null ? 0 : 1)
    add(sums, 'wasted_cost', values[request + inRequest.wasted_cost])
    if (values[request + inRequest.code] === null) addAnswer(sums, values, request)
  }

  addCall(values: Values, request: number, call: number): void {
    const kind = values[call + inCall.kind]
    if (kind === 'step') return
    const sums =
      values[call + inCall.provider] === null
        ? this.#sumsAt(values, request, request + inRequest.provider, request + inRequest.model)
        : this.#sumsAt(values, request, call + inCall.provider, call + inCall.model)
    if (kind === 'call') add(sums, 'calls', 1)
    for (const name of sumsOfCalls) add(sums, name, values[call + inCall[name]])
  }

  /** The same usage by day. */
  byDay(): UsageDelta {
    const days = new UsageDelta()
    for (const { unit, names, sums } of this.#groups.values()) {
      const ofDay = days.#sumsOf(Math.floor(unit / dayHours), names)
      for (const name of usageSums) add(ofDay, name, sums[name])
    }
    return days
  }

  /** The values to insert: the key, then each sum. */
  *rows(): Generator<Value[]> {
    for (const { unit, names, sums } of this.#groups.values()) {
      yield [unit, ...names, ...usageSums.map(name => sums[name] ?? (name.endsWith('cost') ? null : 0))]
    }
  }

  /** The sums of a request's hour, client and chain, and of the provider and model at these indexes. */
  #sumsAt(values: Values, request: number, provider: number, model: number): Sums {
    const hour = Math.floor(Number(values[request + inRequest.at]) / hourMs)
    const client = values[request + inRequest.client] ?? ''
    const chain = values[request + inRequest.chain] ?? ''
    return this.#sumsOf(hour, [client, chain, values[provider] ?? '', values[model] ?? ''])
  }

  #sumsOf(unit: number, names: Names): Sums {
    // No name holds this character: they are clipped, or come from the configuration.
    const [client, chain, provider, model] = names
    const key = `${unit}\0${client}\0${chain}\0${provider}\0${model}`
    const present = this.#groups.get(key)
    if (present) return present.sums
    const sums: Sums = {}
    this.#groups.set(key, { unit, names, sums })
    return sums
  }
}

/** Adds what an answer was worth. */
function addAnswer(sums: Sums, values: Values, request: number): void {
  const changed = values[request + inRequest.changed]
  add(sums, 'answer_ms', values[request + inRequest.ms])
  add(sums, 'path_ms', values[request + inRequest.path_ms])
  if (typeof changed === 'number') add(sums, 'compared', 1)
  add(sums, 'changed', changed)
}

function add(sums: Sums, name: Sum, value: Value | undefined): void {
  if (typeof value === 'number') sums[name] = (sums[name] ?? 0) + value
}

function placesOf<Name extends string>(columns: readonly Name[]): Readonly<Record<Name, number>> {
  return Object.fromEntries(columns.map((name, index) => [name, index])) as Record<Name, number>
}
