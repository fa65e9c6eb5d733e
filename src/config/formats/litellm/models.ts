import type { Conversion } from '../conversion.ts'
import { retriesAtOne } from '../failures.ts'
import { isMapping } from '../../tree.ts'
import type { ForeignMapping } from '../foreign-mapping.ts'
import { convertDeployment } from './deployment.ts'
import type { Deployment } from './deployment.ts'
import { convertCauses, convertFallbacks, convertOwnLists, readFallbacks } from './fallbacks.ts'
import { KnownModels, noteUnknown } from './known-models.ts'
import type { Alias } from './known-models.ts'
import { readInfo } from './model-info.ts'
import type { Sections } from './sections.ts'
import { isSupported } from './target.ts'
import { wholeWeights } from '../weights.ts'

/** Settings that the deployments have in common. */
interface Shared {
  readonly retries: number | undefined
  /** Seconds before a retry. */
  readonly retryDelay: number | undefined
  readonly dropsParams: unknown
  /** Groups by their additional names. */
  readonly aliases: ReadonlyMap<string, Alias>
}

/** Converts `model_list`, with its aliases and fallbacks. Deployments with the same name share its requests by weight. */
export function convertModels(
  entries: readonly ForeignMapping[],
  sections: Sections,
  ours: Conversion,
): void {
  const aliases = readAliases(sections)
  const shared: Shared = {
    retries: sections.of('num_retries')?.number('num_retries'),
    retryDelay: sections.of('retry_after')?.number('retry_after'),
    dropsParams: sections.of('drop_params')?.get('drop_params'),
    aliases,
  }
  const known = new KnownModels(entries, aliases)
  convertCauses(sections, known, ours)
  const groups = new Map<string, Deployment[]>()
  for (const [name, members] of Map.groupBy(entries, entry => entry.text('model_name'))) {
    if (name === undefined) for (const entry of members) ours.report(entry.path, 'model_name is required')
    else groups.set(name, deploymentsOf(name, members, shared, ours))
  }
  for (const { group, from } of aliases.values()) if (!groups.has(group)) noteUnknown(group, from, ours)
  const fallbacks = readFallbacks(sections, ours)
  convertOwnLists(fallbacks, { groups, known }, ours)
  for (const [name, deployments] of groups) {
    for (const deployment of deployments) convertDeployment(deployment, ours)
    convertFallbacks(name, fallbacks, { groups, known }, ours)
  }
}

/** An alias is the name of its group, or a mapping with it. */
function readAliases(sections: Sections): ReadonlyMap<string, Alias> {
  const section = sections.of('model_group_alias')
  const value = section?.get('model_group_alias')
  const aliases = new Map<string, Alias>()
  if (!section || !isMapping(value)) return aliases
  for (const [alias, named] of Object.entries(value)) {
    const group = isMapping(named) ? named['model'] : named
    if (typeof group === 'string')
      aliases.set(alias, { group, from: [...section.at('model_group_alias'), alias] })
  }
  return aliases
}

function deploymentsOf(
  name: string,
  members: readonly ForeignMapping[],
  { dropsParams, retryDelay, ...shared }: Shared,
  ours: Conversion,
): Deployment[] {
  const aliases = [...shared.aliases].filter(([, { group }]) => group === name).map(([alias]) => alias)
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
