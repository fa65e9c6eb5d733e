import type { Config, ProviderConfig } from '../../config/schema.ts'
import { ServedModels } from '../../config/sections/model-patterns.ts'
import { priceOf } from '../../config/sections/price.ts'
import type { LabelValues } from '../../metrics/known-series.ts'
import type { ModelLabels } from './model-labels.ts'

/** The names of the providers that are in use. */
export function knownProviders({ providers }: Config): readonly LabelValues[] {
  return providers.filter(({ enabled }) => enabled).map(({ name }) => [name])
}

/**
 * Each provider with each model that the configuration says it serves, except for patterns of names and models that would be
 * counted as others.
 */
export function knownModels(config: Config, labels: ModelLabels): readonly LabelValues[] {
  return servedIn(config, labels).map(({ provider, model }) => [provider.name, model])
}

/** Those of them that have a price in the configuration. */
export function pricedModels(config: Config, labels: ModelLabels): readonly LabelValues[] {
  return servedIn(config, labels)
    .filter(({ provider, model }) => priceOf(provider, new ServedModels(provider).nameOf(model)))
    .map(({ provider, model }) => [provider.name, model])
}

interface Served {
  readonly provider: ProviderConfig
  readonly model: string
}

function servedIn({ providers }: Config, labels: ModelLabels): readonly Served[] {
  const served = providers
    .filter(({ enabled }) => enabled)
    .flatMap(provider => modelsOf(provider).map(model => ({ provider, model })))
  const named = labels.namedAmong(served.map(({ model }) => model))
  return served.filter(({ model }) => named.has(model))
}

function modelsOf({ models = [], model_map: map }: ProviderConfig): readonly string[] {
  return [...new Set([...models, ...Object.keys(map)])].filter(model => !model.includes('*'))
}
