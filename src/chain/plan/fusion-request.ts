import { enabledProviders } from '../../config/enabled.ts'
import { areNaming, namesIn } from '../../config/sections/model-patterns.ts'
import type { Config } from '../../config/schema.ts'
import type { ChainRequest } from '../request.ts'

/** The name under which OpenRouter offers its panel of models; here it means the step `fusion`. */
export const fusionModel = 'openrouter/fusion'

/** An entry of OpenRouter's request field `plugins`. */
interface FusionEntry {
  readonly id: 'fusion'
  readonly enabled?: unknown
  readonly analysis_models?: unknown
  readonly model?: unknown
}

/**
 * A request for OpenRouter's fusion, as a model or as a plugin, in the words of this server: the step `fusion` with the
 * panel and the model of the plugin. The same request if it asks for no fusion, or if OpenRouter itself is asked, which has
 * its own: a provider is OpenRouter, or names that model.
 */
export function readFusionRequest(received: ChainRequest, config: Config): ChainRequest {
  const { request, own } = received
  const isAlias = request.model === fusionModel
  const entry = fusionEntryOf(request['plugins'])
  if ((!isAlias && entry === undefined) || hasFusion(config)) return received
  if (entry?.enabled === false && !isAlias) return { ...received, request: withoutEntry(request) }

  const given = { ...paramsOf(entry), ...own.params?.['fusion'] }
  const named = isAlias ? modelOf(given, config) : request.model
  // Without a model, the name of the step alone says in the error what is missing.
  const model = named ?? config.model ?? 'fusion'
  const params = { ...own.params, fusion: given }
  return {
    ...received,
    request: { ...withoutEntry(request), model },
    own: { ...own, approach: own.approach ?? 'fusion', params },
  }
}

function fusionEntryOf(plugins: unknown): FusionEntry | undefined {
  return Array.isArray(plugins) ? plugins.find(isFusion) : undefined
}

function isFusion(plugin: unknown): plugin is FusionEntry {
  return typeof plugin === 'object' && plugin !== null && 'id' in plugin && plugin.id === 'fusion'
}

/** Whether a provider has OpenRouter's own fusion. */
function hasFusion(config: Config): boolean {
  const providers = enabledProviders(config)
  const addresses = [config.base_url, ...providers.map(provider => provider.base_url)]
  const names = providers.flatMap(({ models = [], model_map: mapped }) => [...models, ...Object.keys(mapped)])
  const prefixes = providers.flatMap(({ model_prefixes: starts = [] }) => starts)
  return (
    providers.some(({ type }) => type === 'openrouter') ||
    addresses.some(address => address !== undefined && URL.parse(address)?.hostname === 'openrouter.ai') ||
    areNaming(namesIn(names, prefixes), fusionModel)
  )
}

/** The params of the step; the rest of the entry is about searches on OpenRouter's servers. */
function paramsOf(entry: FusionEntry | undefined): Record<string, unknown> {
  const { analysis_models: models, model } = entry ?? {}
  return { ...(models == null ? {} : { analysis_models: models }), ...(model == null ? {} : { model }) }
}

/** The model of a request that names none: the one that writes, or the first of the panel. */
function modelOf(given: Readonly<Record<string, unknown>>, { steps }: Config): string | undefined {
  const configured = Object.hasOwn(steps, 'fusion') ? steps['fusion'] : undefined
  const { model, analysis_models: models } = { ...configured, ...given }
  const [first] = Array.isArray(models) ? models : []
  return [model, first].find(name => typeof name === 'string' && name !== '')
}

/** The request without its entry of `plugins`, which no service but OpenRouter knows. */
function withoutEntry(request: ChainRequest['request']): ChainRequest['request'] {
  const { plugins, ...rest } = request
  if (!Array.isArray(plugins)) return request
  const others = plugins.filter(plugin => !isFusion(plugin))
  return others.length === 0 ? rest : { ...rest, plugins: others }
}
