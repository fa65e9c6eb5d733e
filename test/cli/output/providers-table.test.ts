import t from 'tap'
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
