import { convertCache } from '../cache.ts'
import type { Conversion } from '../conversion.ts'
import { convertCooldown } from '../failures.ts'
import type { ForeignMapping } from '../foreign-mapping.ts'
import type { Format } from '../format.ts'
import { convertModels } from './models.ts'
import { convertGeneral, noteCallbacks, noteLogging } from './operations.ts'
import { convertPreCallChecks } from './pre-call-checks.ts'
import { convertRedis } from '../redis.ts'
import { Sections } from './sections.ts'
import { convertTimeouts } from './timeouts.ts'

/** The configuration of LiteLLM's proxy: a list of deployments, of which those with the same name share the load. */
export const litellmFormat: Format = {
  name: 'litellm',
  summary: 'config.yaml of LiteLLM: model_list, router_settings, litellm_settings',
  matches: keys => keys.has('model_list'),
  convert: (theirs, ours) => {
    ours.put(['approach'], 'proxy', [])
    const router = theirs.mapping('router_settings')
    const settings = theirs.mapping('litellm_settings')
    const sections = new Sections([router, settings], ours)
    convertFailures(sections, ours)
    convertPreCallChecks(sections, ours)
    // The router's Redis also serves the cache.
    if (router) convertRouter(router, ours)
    if (settings) convertSettings(settings, ours)
    const general = theirs.mapping('general_settings')
    if (general) convertGeneral(general, ours)
    convertTimeouts(router, settings)
    convertModels(theirs.mappings('model_list'), sections, ours)
  },
}

/** Our strategy for each of theirs. For others, `weighted` is used, which is noted. */
const strategies: ReadonlyMap<string, string> = new Map([
  ['simple-shuffle', 'weighted'],
  ['least-busy', 'least_busy'],
  ['latency-based-routing', 'least_latency'],
  ['usage-based-routing', 'usage'],
  ['usage-based-routing-v2', 'usage'],
  ['cost-based-routing', 'least_cost'],
])

const preCallChecks =
  'a prompt is checked against the context window of every deployment with max_input_tokens in its model_info'

function convertRouter(router: ForeignMapping, ours: Conversion): void {
  const named = router.text('routing_strategy') ?? 'simple-shuffle'
  const strategy = strategies.get(named) ?? 'weighted'
  ours.put(['routing', 'strategy'], strategy, router.at('routing_strategy'))
  if (!strategies.has(named)) {
    ours.note(
      router.at('routing_strategy'),
      `there is no strategy ${named} here; ${strategy} is used instead`,
      'otherwise',
    )
  }
  if (strategy === 'least_cost') {
    const message = 'a deployment is used last unless it has input_cost_per_token and output_cost_per_token'
    ours.note(router.at('routing_strategy'), message, 'otherwise')
  }
  router.omit(
    'retry_after',
    'retries at the same deployment wait that long; another one is asked at once',
    'otherwise',
  )
  router.omit('enable_pre_call_checks', preCallChecks, 'otherwise', false)
  convertRedis(router, ours)
  if (router.get('disable_cooldowns') === true) {
    ours.put(['monitoring', 'track_errors'], false, router.at('disable_cooldowns'))
  }
}

/** One failure more than allowed takes a deployment out of service. A `cooldown_time` of 0 is the default, as none is. */
function convertFailures(sections: Sections, ours: Conversion): void {
  const counting = sections.of('allowed_fails')
  const allowed = counting?.number('allowed_fails')
  if (counting && allowed !== undefined)
    ours.put(['routing', 'failure_threshold'], allowed + 1, counting.at('allowed_fails'))
  const cooling = sections.of('cooldown_time')
  const cooldown = cooling?.get('cooldown_time')
  if (cooling && cooldown !== 0) convertCooldown(cooldown, cooling.at('cooldown_time'), ours)
}

function convertSettings(settings: ForeignMapping, ours: Conversion): void {
  settings.omit('telemetry', 'this server reports to nobody; left out', 'nothing')
  noteCallbacks(settings, ours)
  noteLogging(settings)
  if (settings.get('json_logs') === true) {
    ours.put(['monitoring', 'log_format'], 'json', settings.at('json_logs'))
  }
  if (settings.get('set_verbose') === true) {
    ours.put(['monitoring', 'log_level'], 'debug', settings.at('set_verbose'))
  }
  convertCache(settings, settings.mapping('cache_params'), ours)
}
