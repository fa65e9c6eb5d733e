import type { Config } from '../../config/schema.ts'
import type { LabelValues } from '../../metrics/known-series.ts'

/** The names of the providers that are in use. */
export function knownProviders({ providers }: Config): readonly LabelValues[] {
  return providers.filter(({ enabled }) => enabled).map(({ name }) => [name])
}

/** Each provider with each model that the configuration says it serves, except for patterns of names. */
export function knownModels({ providers }: Config): readonly LabelValues[] {
  return providers
    .filter(({ enabled }) => enabled)
    .flatMap(({ name, models = [], model_map: map }) =>
      [...new Set([...models, ...Object.keys(map)])]
        .filter(model => !model.includes('*'))
        .map(model => [name, model]),
    )
}
