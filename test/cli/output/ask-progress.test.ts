import t from 'tap'
import { AskProgress } from '../../../src/cli/output/ask-progress.ts'
import type { Outcome } from '../../../src/chain/request.ts'
import type { AttemptReport } from '../../../src/contract/index.ts'

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
// Only what progress reads of it.
const outcome = { approach: 'proxy-bon', meter: { calls: 4, provider: 'quick' } } as Outcome

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

t.test('is silent if the output is not a terminal', async t => {
  const pipe = terminal(false)
  const progress = new AskProgress(pipe)
  progress.note('drawing')
  progress.countAttempt(report)
  progress.clear()
  progress.finish(outcome, usage)
  t.same(pipe.written, [])
})
