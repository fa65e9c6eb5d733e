import { requestColumns } from '../../src/ledger/columns.ts'
import type { Value } from '../../src/ledger/columns.ts'
import { treeOf } from '../../src/ledger/tree.ts'

/** The end of the time that the requests are spread over, as Unix time in milliseconds. */
export const lastDay = Date.UTC(2026, 0, 31)
/** The length of that time: 30 days. */
export const spanMs = 30 * 86_400_000

const chains = ['proxy', 'proxy-bon', 'proxy-moa', 'cache-proxy']

/** Encoded entries, as a ledger gets them. */
export interface Entries {
  readonly values: readonly Value[]
  readonly count: number
}

/** Batches of `count` requests with a call each: of 50 clients, 20 models, 8 providers and 4 chains; one of 50 failed. */
export function* entriesOf(count: number, size: number): Generator<Entries> {
  for (let start = 0; start < count; start += size) {
    const values: Value[] = []
    const end = Math.min(count, start + size)
    for (let index = start; index < end; index++) append(index, count, values)
    yield { values, count: end - start }
  }
}

function append(index: number, count: number, values: Value[]): void {
  const model = `model-${index % 20}`
  const provider = `provider-${index % 8}`
  const tokens = {
    prompt: 900,
    completion: 300,
    cached: 500,
    cache_write: null,
    reasoning: 0,
    wasted: 0,
    estimated: null,
  }
  const failed = index % 50 === 0
  const cost = 0.004
  const request: Readonly<Record<string, Value>> = {
    ...tokens,
    cost,
    id: `request-${index}`,
    at: lastDay - spanMs + Math.floor((index / count) * spanMs),
    ms: 900,
    first_ms: 200,
    route: '/v1/chat/completions',
    status: failed ? 504 : 200,
    code: failed ? (index % 100 === 0 ? 'timeout' : 'upstream_error') : null,
    client: `client-${(index * 7) % 50}`,
    chain: chains[(index * 3) % 4]!,
    model,
    served: model,
    provider,
    calls: 1,
    attempts: 1,
  }
  const call = {
    ...tokens,
    n: 0,
    parent: null,
    kind: 'call',
    path: 'proxy',
    start_ms: 2,
    first_ms: 190,
    ms: 890,
    provider,
    model,
    reason: 'weighted',
    recovery: null,
    status: 200,
    outcome: 'ok',
    discarded: null,
    cost,
  }
  for (const column of requestColumns) values.push(request[column] ?? null)
  values.push(treeOf([call], tokens))
}
