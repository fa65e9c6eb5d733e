import type { CallRow, RequestRow, Value } from '../columns.ts'
import { usageSums } from '../ledger.ts'

type Sum = (typeof usageSums)[number]
type Sums = Partial<Record<Sum, number>>

/** The sums of tokens and money that a call adds to. */
const sumsOfCalls = ['prompt', 'completion', 'cached', 'cache_write', 'reasoning', 'wasted', 'cost'] as const

/** Milliseconds of an hour, the finest division of usage. */
export const hourMs = 3_600_000
/** Milliseconds of a day in UTC. */
export const dayMs = 24 * hourMs

/**
 * The usage of a batch, by a unit of time, client, chain, provider and model. A request counts at the provider and model that
 * answered it, a call at its own.
 */
export class UsageDelta {
  readonly #unitMs: number
  readonly #groups = new Map<string, { readonly key: readonly Value[]; readonly sums: Sums }>()

  constructor(unitMs: number) {
    this.#unitMs = unitMs
  }

  addRequest(request: RequestRow): void {
    const sums = this.#sumsOf(request, request)
    add(sums, 'requests', 1)
    add(sums, 'failed', request.code === null ? 0 : 1)
    add(sums, 'wasted_cost', request.wasted_cost)
  }

  addCall(request: RequestRow, call: CallRow): void {
    if (call.kind === 'step') return
    const sums = this.#sumsOf(request, call.provider === null ? request : call)
    if (call.kind === 'call') add(sums, 'calls', 1)
    for (const name of sumsOfCalls) add(sums, name, call[name])
  }

  /** The values to insert: the key, then each sum. */
  *rows(): Generator<Value[]> {
    for (const { key, sums } of this.#groups.values()) {
      yield [...key, ...usageSums.map(name => sums[name] ?? (name.endsWith('cost') ? null : 0))]
    }
  }

  #sumsOf(
    { at, client, chain }: RequestRow,
    { provider, model }: Pick<RequestRow, 'provider' | 'model'>,
  ): Sums {
    const key = [
      Math.floor(Number(at) / this.#unitMs),
      client ?? '',
      chain ?? '',
      provider ?? '',
      model ?? '',
    ]
    const name = JSON.stringify(key)
    const present = this.#groups.get(name)
    if (present) return present.sums
    const sums: Sums = {}
    this.#groups.set(name, { key, sums })
    return sums
  }
}

function add(sums: Sums, name: Sum, value: Value): void {
  if (typeof value === 'number') sums[name] = (sums[name] ?? 0) + value
}
