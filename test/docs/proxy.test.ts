import { readFileSync } from 'node:fs'
import t from 'tap'
import { Breaker } from '../../plugins/proxy/state/breaker.ts'
import { AttemptFailure } from '../../src/attempt/failure.ts'
import type { Blame } from '../../src/attempt/failure.ts'

const blames: Record<Blame, true> = {
  request: true,
  nobody: true,
  unable: true,
  client: true,
  model: true,
  limited: true,
  failing: true,
  slow: true,
  refused: true,
  unreachable: true,
  key: true,
}

/** The rows of the table of verdicts: the fate of the call, and the charge. */
function documented(): ReadonlyMap<string, readonly [call: string, charged: string]> {
  const text = readFileSync(new URL('../../docs/proxy.md', import.meta.url), 'utf8')
  const rows = text.matchAll(/^\| `(\w+)` *\|[^|]*\| ([^|]*?) *\| ([^|]*?) *\|$/gm)
  return new Map([...rows].map(([, verdict, call, charged]) => [verdict!, [call!, charged!]]))
}

/** The charge for failures of a verdict, by the calls that a breaker then admits. */
function chargedFor(failure: AttemptFailure): string {
  const breaker = new Breaker({ threshold: 3, cooldownMs: 5_000, maxCooldownMs: 300_000, slowStartMs: 0 })
  for (let count = 1; count <= 3; count++) {
    breaker.failed(failure, { requestId: `r${count}`, model: 'm', target: 'm', probe: false }, count)
    const isOut = breaker.admits('m', count) === 'no'
    const scope = breaker.admits('other', count) === 'no' ? 'the provider' : 'the model'
    if (isOut) return `${scope}, ${count === 1 ? 'at once' : 'by count'}`
  }
  return 'nobody'
}

t.test('the table of verdicts is that of the code', async t => {
  const table = documented()
  for (const blame of Object.keys(blames) as Blame[]) {
    const failure = new AttemptFailure('upstream_error', 'x', { provider: 'p', blame })
    const call = failure.retryable ? 'goes to the next provider' : 'is answered with that error'
    t.strictSame(table.get(blame), [call, chargedFor(failure)], blame)
  }
})
