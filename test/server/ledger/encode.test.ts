import t from 'tap'
import { entryColumns } from '../../../src/ledger/columns.ts'
import type { Value } from '../../../src/ledger/columns.ts'
import { encodeRecord } from '../../../src/server/ledger/record/encode.ts'
import type { RecordedWork } from '../../../src/server/ledger/record/request-end.ts'

t.test('each value of a record is in its column', async t => {
  const facts = { id: 'i', at: 1, ms: 2, route: 'r', status: 3, client: 'c', cache: 'hit' }
  const cost = { usd: 0.5, wasted_usd: 0.25 }
  const end = { ...facts, startedAt: 0, firstMs: 4, code: null, asked: 'asked', served: 's', cost }
  const meter = { attempts: 5, calls: 6, provider: 'p', spent: 'usd', degraded: 'less' }
  const [first, answer] = [{ isOneOfSeveral: true, differsFrom: () => true }, {}]
  const run = { chain: 'bon', model: 'm', meter, drafts: { first, answer } }
  const usage = {
    prompt_tokens: 7,
    completion_tokens: 8,
    total_tokens: 15,
    prompt_tokens_details: { cached_tokens: 9, cache_creation_tokens: 10 },
    completion_tokens_details: { reasoning_tokens: 11 },
    estimated: true as const,
  }
  const report = {
    path: 'x',
    provider: 'p',
    model: 'm',
    reason: 'weighted',
    outcome: 'ok',
    headMs: 1,
    totalMs: 12,
  }
  const work = { runs: [run], attempts: [{ report: { ...report, usage }, endedAt: 12 }] }
  const values: Value[] = []
  encodeRecord(end, work as unknown as RecordedWork, values)
  t.strictSame(Object.fromEntries(entryColumns.map((name, index) => [name, values[index]])), {
    ...facts,
    first_ms: 4,
    code: null,
    chain: 'bon',
    model: 'm',
    served: 's',
    provider: 'p',
    calls: 6,
    attempts: 5,
    prompt: 7,
    completion: 8,
    cached: 9,
    cache_write: 10,
    reasoning: 11,
    wasted: 0,
    estimated: 1,
    cost: 0.5,
    wasted_cost: 0.25,
    spent: 'usd',
    degraded: 'less',
    path_ms: 12,
    changed: 1,
    tree: '[["x",0,1,12,"p","m","weighted",null,null,"ok",null,null]]',
  })
  t.equal(values.length, entryColumns.length)
})
