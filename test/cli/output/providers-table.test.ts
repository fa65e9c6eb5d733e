import t from 'tap'
import type { Cause } from '../../../plugins/proxy/state/circuit.ts'
import type { RestReason } from '../../../plugins/proxy/state/notice-format.ts'
import { renderProviders } from '../../../src/cli/output/providers-table.ts'
import { shownProvider } from '../../../src/cli/remote/shown-provider.ts'

const provider = {
  name: 'one',
  type: 'openai',
  host: 'one.test',
  status: 'unhealthy',
  active: 0,
  max_concurrent: null,
  requests: 3,
  failures: 3,
  last_error: 'upstream_error (status 500)',
}
const since = '2026-01-31T12:00:00.000Z'

/** The state in the row of a provider with these fields. */
function stateOf(fields: object): string {
  const shown = shownProvider.parse({ ...provider, ...fields })
  const [, row = ''] = renderProviders([shown]).split('\n')
  return /^one +one\.test +(.+?) {2,}0 /.exec(row)?.[1] ?? row
}

t.test(
  'a provider that rests is shown with the time since when, why, and when it is asked again',
  async t => {
    const resting = { since, reason: 'unreachable', model: null }
    t.equal(
      stateOf({ resting, retry_in: 5 }),
      `unhealthy since ${since} (cannot be reached), asked again in 5 s`,
    )
    t.equal(
      stateOf({ resting, retry_in: 0 }),
      `unhealthy since ${since} (cannot be reached)`,
      'a probe is due',
    )
    const ofModel = { since, reason: 'rate_limit_exceeded', model: 'm' }
    t.equal(
      stateOf({ status: 'degraded', resting: ofModel, retry_in: 5 }),
      `degraded since ${since} (m: rate limit reached), asked again in 5 s`,
    )
    t.equal(
      stateOf({ status: 'drained', drained: { since, by: 'ann' }, resting }),
      `drained since ${since} by ann`,
    )
    t.equal(
      stateOf({ resting: { ...resting, reason: 'new' } }),
      `unhealthy since ${since} (new)`,
      'a later version',
    )
    t.equal(stateOf({}), 'unhealthy', 'a server of an earlier version states neither')
  },
)

/** Every reason that this version states. */
const reasons = Object.keys({
  counted: true,
  unreachable: true,
  key: true,
  model: true,
  rate_limit_exceeded: true,
  upstream_overloaded: true,
} satisfies Record<Cause | RestReason, true>)

t.test('each reason has words, and the dashboard has the same', async t => {
  const part = new URL('../../../src/server/dashboard/page/parts/rest-reason.js', import.meta.url).href
  const { restReason } = (await import(part)) as { restReason: (resting: object) => string }
  for (const reason of reasons)
    for (const model of [null, 'm']) {
      const resting = { since, reason, model }
      const words = restReason(resting)
      t.equal(stateOf({ resting }), `unhealthy since ${since} (${words})`)
      t.not(words, model === null ? reason : `m: ${reason}`, 'not the bare reason')
    }
  t.equal(restReason({ reason: 'model', model: 'm' }), 'does not have m')
  t.equal(restReason({ reason: 'new', model: 'm' }), 'm: new')
})

t.test('the maximum of running calls is the one that adapts, if there is one', t => {
  const runningOf = (fields: object) => {
    const [, row = ''] = renderProviders([shownProvider.parse({ ...provider, active: 2, ...fields })]).split(
      '\n',
    )
    return /unhealthy +(2(?: of \d+)?) +3 +3 /.exec(row)?.[1]
  }
  t.equal(runningOf({}), '2')
  t.equal(runningOf({ max_concurrent: 9 }), '2 of 9')
  t.equal(runningOf({ max_concurrent: 9, adaptive_limit: 4 }), '2 of 4')
  t.end()
})
