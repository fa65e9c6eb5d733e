import t from 'tap'
import type { AttemptReport } from '../../../src/contract/index.ts'
import { callRows } from '../../../src/server/ledger/record/call-rows.ts'

function ended(facts: Partial<AttemptReport>, endedAt: number, totalMs: number) {
  const report: AttemptReport = {
    path: 'proxy',
    provider: 'a',
    model: 'm',
    reason: 'weighted',
    outcome: 'ok',
    status: 200,
    headMs: totalMs,
    totalMs,
    ...facts,
  }
  return { report, endedAt }
}

const usage = { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 }
const cost = { usd: 0.25, estimated: true as const }

t.test('a call that one of several attempts answered is answered, whichever attempt ends last', async t => {
  const fast = ended({ provider: 'b', reason: 'hedge', usage }, 1060, 20)
  const slow = ended({ outcome: 'client_closed', usage, cost }, 1070, 60)
  const [call, ...attempts] = callRows({ runs: [], attempts: [fast, slow] }, 1000)
  t.match(call, { kind: 'call', outcome: 'ok', start_ms: 10, ms: 60 })
  t.match(attempts, [
    { kind: 'attempt', provider: 'b', outcome: 'ok', start_ms: 40, wasted: 0 },
    { kind: 'attempt', provider: 'a', outcome: 'cancelled', start_ms: 10, wasted: 10, cost: 0.25 },
  ])
})

t.test('a call without an answer has the outcome of its last attempt', async t => {
  const first = ended({ outcome: 'upstream_error' }, 1010, 10)
  const last = ended({ outcome: 'timeout', provider: 'b' }, 1030, 15)
  t.match(callRows({ runs: [], attempts: [first, last] }, 1000)[0], {
    outcome: 'timeout',
    start_ms: 0,
    ms: 30,
  })
})
