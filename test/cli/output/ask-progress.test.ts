import t from 'tap'
import { AskProgress } from '../../../src/cli/output/ask-progress.ts'
import type { Outcome } from '../../../src/chain/request.ts'
import type { AttemptReport, RequestCost } from '../../../src/contract/index.ts'

function terminal(isTTY: boolean) {
  const written: string[] = []
  return { isTTY, written, write: (text: string) => written.push(text) }
}

const report: AttemptReport = {
  path: 'proxy.bon.grade',
  provider: 'quick',
  model: 'm',
  reason: 'weighted',
  outcome: 'ok',
  status: 200,
  headMs: 1,
  totalMs: 2,
}
const usage = { prompt_tokens: 4, completion_tokens: 5, total_tokens: 9 }
const outcome = outcomeOf({ usd: null, wasted_usd: null })

/** Only what progress reads of an outcome. */
function outcomeOf(cost: RequestCost): Outcome {
  return { approach: 'proxy-bon', meter: { calls: 4, provider: 'quick', cost } } as Outcome
}

t.test('rewrites one line, and clears it before the answer', async t => {
  const screen = terminal(true)
  const progress = new AskProgress(screen)
  progress.note('drawing 3\nanswers')
  progress.countAttempt(report)
  progress.countAttempt({ ...report, outcome: 'upstream_error' })
  progress.clear()
  progress.clear()
  t.same(screen.written, [
    '\r\u001B[Kdrawing 3 answers',
    '\r\u001B[Kproxy.bon.grade: 1 answered',
    '\r\u001B[Kproxy.bon.grade: 1 answered, 1 failed',
    '\r\u001B[K',
  ])
})

t.test('ends with the cost of the answer', async t => {
  const screen = terminal(true)
  new AskProgress(screen).finish(outcome, usage)
  t.match(screen.written.join(''), /^\nproxy-bon · quick · 4 calls · 9 tokens · \d+\.\d s\n$/)
})

t.test('states the cost in USD, as far as it is known', async t => {
  const lastLine = (cost: RequestCost) => {
    const screen = terminal(true)
    new AskProgress(screen).finish(outcomeOf(cost), usage)
    return screen.written.join('')
  }
  t.match(lastLine({ usd: 1.234, wasted_usd: 0 }), ' · $1.23 · ')
  t.match(lastLine({ usd: 0.000_012_34, wasted_usd: 0 }), ' · $0.000012 · ')
  const estimated = lastLine({ usd: 0.5, wasted_usd: 0.04, estimated: true })
  t.match(estimated, ' · about $0.5 ($0.04 of it wasted) · ')
  t.notMatch(lastLine({ usd: 0, wasted_usd: 0 }), '$')
})

t.test('is silent if the output is not a terminal', async t => {
  const pipe = terminal(false)
  const progress = new AskProgress(pipe)
  progress.note('drawing')
  progress.countAttempt(report)
  progress.clear()
  progress.finish(outcome, usage)
  t.same(pipe.written, [])
})
