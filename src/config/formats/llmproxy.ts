import type { Path } from '../problems.ts'
import { azureAddress } from './service-address.ts'
import { convertCache } from './cache.ts'
import type { Conversion } from './conversion.ts'
import { convertCooldown, retriesAtOne } from './failures.ts'
import type { ForeignMapping } from './foreign-mapping.ts'
import type { Format } from './format.ts'
import { convertRedis } from './redis.ts'
import { wholeWeights } from './weights.ts'

/** LLMProxy's `llmproxy.yaml`: groups of weighted endpoints; the model of a request names a group. */
export const llmproxyFormat: Format = {
  name: 'llmproxy',
  summary: 'llmproxy.yaml of LLMProxy: model_groups, general_settings, cache_params',
  matches: keys => keys.has('model_groups'),
  convert: (theirs, ours) => {
    ours.put(['approach'], 'proxy', [])
    ours.put(['routing', 'strategy'], 'weighted', [])
    const settings = theirs.mapping('general_settings')
    const retries = settings && convertSettings(settings, ours)
    // Beside the settings, or among them, as in files of LiteLLM.
    const cache = theirs.mapping('cache_params') ?? settings?.mapping('cache_params')
    convertCache(settings, cache, ours)
    for (const group of theirs.mappings('model_groups')) convertGroup(group, retries, ours)
  },
}

/** Returns `num_retries`, which the endpoints of each group share. */
function convertSettings(settings: ForeignMapping, ours: Conversion): number | undefined {
  settings.move('bind_address', ['host'])
  settings.move('bind_port', ['port'])
  settings.move('log_level', ['monitoring', 'log_level'])
  const isTimed = settings.get('request_timeout') !== undefined
  settings.move(isTimed ? 'request_timeout' : 'http_timeout', ['timeouts', 'request'])
  if (isTimed) settings.omit('http_timeout', 'request_timeout takes precedence', 'otherwise')
  settings.move('http_max_connections', ['queue', 'max_concurrent'])
  settings.omit('response_affinity_ttl', 'the id of a response says which provider has it', 'nothing')
  convertFailures(settings, ours)
  convertRedis(settings, ours)
  return settings.number('num_retries')
}

/** As many failures in a row as allowed take an endpoint out of service, and for no time at all if `cooldown_time` is 0. */
function convertFailures(settings: ForeignMapping, ours: Conversion): void {
  const allowed = settings.number('allowed_fails')
  const threshold = allowed === undefined ? undefined : Math.max(1, allowed)
  ours.put(['routing', 'failure_threshold'], threshold, settings.at('allowed_fails'))
  const cooldown = settings.get('cooldown_time')
  if (cooldown === 0) ours.put(['monitoring', 'track_errors'], false, settings.at('cooldown_time'))
  else convertCooldown(cooldown, settings.at('cooldown_time'), ours)
}

function convertGroup(group: ForeignMapping, retries: number | undefined, ours: Conversion): void {
  const name = group.text('model_group')
  if (name === undefined) return ours.report(group.path, 'model_group is required')
  const entries = group.mappings('models')
  const given = entries.map(entry => entry.number('weight') ?? 1)
  // Those of weight 0 are asked when all others are out. If no others exist, they take turns.
  const hasOthers = given.some(weight => weight > 0)
  const weights = wholeWeights(given)
  for (const [index, entry] of entries.entries()) {
    const at = ours.addProvider(name, entry.path)
    const params = entry.mapping('params')
    const deployment = params && convertParams(params, at, ours)
    if (!params) ours.report(entry.path, 'params is required: the address of the endpoint, and its key')
    const written = entry.text('model')
    const model = deployment ?? written
    ours.put([...at, 'models'], [name], group.at('model_group'))
    if (model !== name) ours.put([...at, 'model_map', name], model, entry.at('model'))
    ours.put([...at, 'weight'], weights[index] || 1, entry.at('weight'))
    if (hasOthers && weights[index] === 0) ours.put([...at, 'fallback_only'], true, entry.at('weight'))
    const ownRetries = retries === undefined ? 0 : retriesAtOne(retries, entries.length)
    if (ownRetries > 0 && params?.get('max_retries') === undefined)
      ours.put([...at, 'retries', 'max'], ownRetries, ['general_settings', 'num_retries'])
  }
}

const moved = {
  api_key: ['api_key'],
  api_version: ['api_version'],
  timeout: ['timeout'],
  rpm: ['rate_limit', 'rpm'],
  tpm: ['rate_limit', 'tpm'],
  max_retries: ['retries', 'max'],
  default_headers: ['headers'],
  organization: ['headers', 'openai-organization'],
} as const

/** Returns the deployment if the endpoint is an Azure resource that names one. */
function convertParams(params: ForeignMapping, at: Path, ours: Conversion): string | undefined {
  const key = ['base_url', 'api_base', 'azure_endpoint'].find(name => params.get(name) !== undefined)
  const address = key === undefined ? 'https://api.openai.com/v1' : params.get(key)
  const isAzure = params.get('api_version') !== undefined || key === 'azure_endpoint'
  const place = key === undefined ? params.path : params.at(key)
  const azure = isAzure && typeof address === 'string' ? azureAddress(address) : undefined
  if (azure) ours.put([...at, 'type'], 'azure', place)
  ours.put([...at, 'base_url'], azure?.resource ?? address, place)
  for (const [name, to] of Object.entries(moved)) params.move(name, [...at, ...to])
  return azure && (params.text('azure_deployment') ?? azure.deployment)
}
