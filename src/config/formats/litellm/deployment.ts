import type { Conversion } from '../conversion.ts'
import { isMapping } from '../../tree.ts'
import type { ForeignMapping } from '../foreign-mapping.ts'
import { convertRateLimits, isLimited } from './limits.ts'
import type { ReadPrice } from './prices.ts'
import { convertTarget, readTarget, refusalOf } from './target.ts'

/** One deployment of a model, with the settings it shares with others of the same name. */
export interface Deployment {
  /** The entry of `model_list`. */
  readonly entry: ForeignMapping
  readonly params: ForeignMapping
  /** The size of the model's context window in tokens. */
  readonly window: number | undefined
  /** Whether its model is asked through OpenAI's Responses API. */
  readonly answersResponses: boolean
  /** The price of its model, if the file states it. */
  readonly price: ReadPrice | undefined
  /** The model that requests ask for; `*` matches every model. */
  readonly name: string
  readonly aliases: readonly string[]
  readonly weight: number | undefined
  /** Retries at this deployment, unless the parameters set them. */
  readonly retries: number
  /** Seconds before the first of them. */
  readonly retryDelay: number | undefined
  /** Whether fields that the service does not support are left out, unless the parameters set it. */
  readonly dropsParams: unknown
  /** Its position among the fallbacks, counted from 1, if it is a fallback. */
  readonly fallback?: number
  /** The part of the name that replaces `*` in its model, if it is a fallback that a pattern serves. */
  readonly matched?: string | undefined
}

const limits = {
  timeout: ['timeout'],
  max_parallel_requests: ['max_concurrent'],
  extra_headers: ['headers'],
  organization: ['headers', 'openai-organization'],
} as const
/** Fields of requests that an entry may set for those that do not. */
const defaults = [
  'temperature',
  'top_p',
  'top_k',
  'max_tokens',
  'max_completion_tokens',
  'stop',
  'seed',
  'presence_penalty',
  'frequency_penalty',
  'logit_bias',
  'response_format',
  'reasoning_effort',
  'service_tier',
  'verbosity',
  'thinking',
  'parallel_tool_calls',
  'web_search_options',
] as const
const moved = { order: ['priority'], ...limits } as const

/** Converts one entry of `model_list` to a provider, or to a note if its service is not supported. */
export function convertDeployment(deployment: Deployment, ours: Conversion): void {
  const { entry, params, name, aliases, window, price, matched } = deployment
  const { service, model } = readTarget(params)
  const refusal = refusalOf(params)
  if (refusal) {
    ours.note(refusal.at, `${refusal.reason}; left out`, 'lost')
    return params.markRead()
  }
  const at = ours.addProvider(
    `${name.includes('*') ? service : name}${deployment.fallback ? '-fallback' : ''}`,
    entry.path,
  )
  const asked = matched === undefined ? model : model.replace('*', () => matched)
  const target = convertTarget(params, { service, model: asked }, at, ours)
  const names = [name, ...aliases]
  ours.put([...at, 'models'], names, entry.at('model_name'))
  for (const requested of names.filter(other => other !== target)) {
    ours.put([...at, 'model_map', requested], target, params.at('model'))
  }
  if (deployment.answersResponses && isOpenai(service))
    ours.put([...at, 'api'], 'responses', entry.at('model_info'))
  ours.put([...at, 'context_windows'], window && { [target]: window }, entry.at('model_info'))
  ours.put([...at, 'price'], price, entry.path)
  ours.put([...at, 'weight'], deployment.weight, params.at('weight'))
  if (deployment.fallback !== undefined) {
    if (isLimited(deployment))
      ours.note(
        entry.path,
        'its limits count for itself and once more for each pattern it is a fallback of',
        'otherwise',
      )
    ours.put([...at, 'fallback_only'], true, entry.path)
    ours.put([...at, 'priority'], deployment.fallback, entry.path)
  }
  for (const [key, to] of Object.entries(deployment.fallback === undefined ? moved : limits))
    params.move(key, [...at, ...to])
  convertRateLimits(deployment, at)
  const drops = params.get('drop_params') ?? deployment.dropsParams
  ours.put([...at, 'drop_unsupported'], drops, params.at('drop_params'))
  params.move('additional_drop_params', [...at, 'drop'])
  for (const field of defaults) params.move(field, [...at, 'defaults', field])
  const extra = params.get('extra_body')
  for (const [field, value] of Object.entries(isMapping(extra) ? extra : {}))
    ours.put([...at, 'defaults', field], value, params.at('extra_body'))
  const retries =
    params.number('max_retries') ?? params.number('num_retries') ?? (deployment.retries || undefined)
  ours.put([...at, 'retries', 'max'], retries, params.at('max_retries'))
  if (retries) ours.put([...at, 'retries', 'delay'], deployment.retryDelay, params.path)
}

function isOpenai(service: string): boolean {
  return service === 'openai' || service === 'azure'
}
