import { convertCache } from '../cache.ts'
import type { Conversion } from '../conversion.ts'
import { convertCooldown, retriesAtOne } from '../failures.ts'
import type { Path } from '../../problems.ts'
import { isMapping } from '../../tree.ts'
import type { ForeignMapping } from '../foreign-mapping.ts'
import type { Format } from '../format.ts'
import { convertDeployment, isLimited } from './deployment.ts'
import type { Deployment } from './deployment.ts'
import { readInfo } from './model-info.ts'
import { Sections } from './sections.ts'
import { KnownModels, noteUnknown } from './known-models.ts'
import { convertGeneral, noteCallbacks, noteLogging } from './operations.ts'
import { convertRedis } from '../redis.ts'
import { isSupported } from './target.ts'
import { wholeWeights } from '../weights.ts'

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
    // The router's own limit, if it has one, replaces it.
    settings?.move('request_timeout', ['timeouts', 'request'])
    convertFailures(sections, ours)
    // The router's Redis also serves the cache.
    if (router) convertRouter(router, ours)
    if (settings) convertSettings(settings, ours)
    const general = theirs.mapping('general_settings')
    if (general) convertGeneral(general, ours)
    const entries = theirs.mappings('model_list')
    const shared = readShared(router, settings)
    const known = new KnownModels(entries, shared.aliases)
    for (const section of [router, settings]) if (section) convertCauses(section, known, ours)
    convertModels(entries, shared, known, ours)
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
  router.move('timeout', ['timeouts', 'request'])
  router.move('stream_timeout', ['timeouts', 'first_token'])
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

/** The lists of fallbacks by cause, in either section. Those of `*` are those of every model without a list of its own. */
function convertCauses(section: ForeignMapping, known: KnownModels, ours: Conversion): void {
  for (const [key, cause] of [
    ['context_window_fallbacks', 'context'],
    ['content_policy_fallbacks', 'policy'],
  ] as const) {
    const list = section.get(key)
    const lists = new Map((Array.isArray(list) ? (list as unknown[]) : []).flatMap(pairsOf))
    const ofAll = textsOf(lists.get('*'))
    lists.delete('*')
    for (const name of known.names) {
      const others = ofAll.filter(other => other !== name)
      if (others.length > 0 && !lists.has(name)) lists.set(name, others)
    }
    for (const [name, to] of lists) {
      const others = known.fallbacks(textsOf(to), section.at(key), ours)
      if (!known.has(name)) noteUnknown(name, section.at(key), ours)
      else if (others.length > 0) ours.put(['fallbacks', cause, name], others, section.at(key))
    }
  }
}

/** Settings that the deployments have in common. */
interface Shared {
  readonly retries: number | undefined
  /** Seconds before a retry. */
  readonly retryDelay: number | undefined
  /** Additional names of each group. */
  readonly aliases: ReadonlyMap<string, readonly string[]>
  /** The groups to fall back to when a group fails, by its name. */
  readonly fallbacks: ReadonlyMap<string, readonly string[]>
  readonly fallbacksOfAll: readonly string[]
  /** The section that has `fallbacks`, or would have them. */
  readonly place: Path
  readonly dropsParams: unknown
}

function readShared(...sections: readonly (ForeignMapping | undefined)[]): Shared {
  const values = (key: string): unknown[] => sections.map(section => section?.get(key))
  const aliases = new Map<string, string[]>()
  for (const [alias, group] of values('model_group_alias').flatMap(pairsOf)) {
    const name = isMapping(group) ? group['model'] : group
    if (typeof name === 'string') aliases.set(name, [...(aliases.get(name) ?? []), alias])
  }
  const fallbacks = new Map(
    values('fallbacks')
      .flat()
      .flatMap(pairsOf)
      .map(([name, to]) => [name, textsOf(to)]),
  )
  const retries = sections.map(section => section?.number('num_retries')).find(value => value !== undefined)
  const dropsParams = values('drop_params').find(value => value !== undefined)
  // Those of `*` are those of every group without a list of its own, as `default_fallbacks` are.
  const fallbacksOfAll = [
    ...new Set([...(fallbacks.get('*') ?? []), ...values('default_fallbacks').flatMap(textsOf)]),
  ]
  const retryDelay = sections
    .map(section => section?.number('retry_after'))
    .find(value => value !== undefined)
  const place = sections.find(section => section?.get('fallbacks') !== undefined)?.path ?? ['router_settings']
  return { retries, retryDelay, aliases, fallbacks, fallbacksOfAll, place, dropsParams }
}

function pairsOf(value: unknown): [string, unknown][] {
  return isMapping(value) ? Object.entries(value) : []
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter(item => typeof item === 'string') : []
}

/** Deployments with the same name share its requests by weight. */
function convertModels(
  entries: readonly ForeignMapping[],
  shared: Shared,
  known: KnownModels,
  ours: Conversion,
): void {
  const groups = new Map<string, Deployment[]>()
  for (const [name, members] of Map.groupBy(entries, entry => entry.text('model_name'))) {
    if (name === undefined) for (const entry of members) ours.report(entry.path, 'model_name is required')
    else groups.set(name, deploymentsOf(name, members, shared, ours))
  }
  const { aliases, fallbacks, fallbacksOfAll, place } = shared
  for (const name of aliases.keys()) if (!groups.has(name)) noteUnknown(name, place, ours)
  for (const [name, to] of fallbacks) {
    if (groups.has(name) || name === '*') continue
    // It is one that a pattern matches.
    if (known.has(name))
      ours.put(['fallbacks', 'any', name], known.fallbacks(to, place, ours), [...place, 'fallbacks'])
    else noteUnknown(name, place, ours)
  }
  for (const [name, deployments] of groups) {
    for (const deployment of deployments) convertDeployment(deployment, ours)
    const asked = fallbacks.get(name) ?? fallbacksOfAll.filter(other => other !== name)
    convertFallbacks(name, groups, known.fallbacks(asked, place, ours), ours)
  }
}

/** The fallbacks of a group are its last providers, or, where that would double limits, models to ask next. */
function convertFallbacks(
  name: string,
  groups: ReadonlyMap<string, readonly Deployment[]>,
  others: readonly string[],
  ours: Conversion,
): void {
  const { aliases = [], entry } = groups.get(name)?.[0] ?? {}
  const members = others.flatMap((other, index) =>
    (groups.get(other) ?? []).map(member => ({ ...member, name, aliases, fallback: index + 1 })),
  )
  const isListed = others.every(other => groups.has(other))
  // A copy of a deployment has limits of its own. Only patterns, which no request names, need one.
  const needsCopies = name.includes('*') || (isListed && others.some(other => other.includes('*')))
  if (needsCopies || (isListed && !members.some(isLimited)))
    for (const member of members) convertDeployment(member, ours)
  else if (entry)
    for (const one of [name, ...aliases]) ours.put(['fallbacks', 'any', one], others, entry.path)
}

function deploymentsOf(
  name: string,
  members: readonly ForeignMapping[],
  shared: Shared,
  ours: Conversion,
): Deployment[] {
  const { dropsParams, retryDelay } = shared
  const aliases = shared.aliases.get(name) ?? []
  const known = members.flatMap(entry => {
    const params = entry.mapping('litellm_params')
    if (!params) ours.report(entry.path, 'litellm_params is required')
    return params ? [{ entry, params, ...readInfo(entry, params, ours) }] : []
  })
  const weights = wholeWeights(known.map(({ params }) => params.number('weight') ?? 1))
  const usable = known.filter(({ params }) => isSupported(params)).length
  const retries = shared.retries === undefined ? 0 : retriesAtOne(shared.retries, usable || 1)
  return known.map((place, index) => ({
    ...place,
    name,
    aliases,
    retries,
    retryDelay,
    dropsParams,
    weight: weights[index],
  }))
}
