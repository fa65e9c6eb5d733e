import type { Conversion } from '../conversion.ts'
import { retriesAtOne } from '../failures.ts'
import { isMapping, valueAt } from '../../tree.ts'
import type { ForeignMapping } from '../foreign-mapping.ts'
import { convertDeployment } from './deployment.ts'
import type { Deployment } from './deployment.ts'
import { convertCauses, convertFallbacks, convertOwnLists, readFallbacks } from './fallbacks.ts'
import { KnownModels, noteUnknown } from './known-models.ts'
import type { Alias } from './known-models.ts'
import { noteLimits, weightsOf } from './limits.ts'
import { readInfo } from './model-info.ts'
import type { Sections } from './sections.ts'
import { isSupported } from './target.ts'

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
  const aliases = readAliases(sections, ours)
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
  noteLimits([...groups.values()].flat(), sections, strategyIn(ours), ours)
  for (const { group, from } of aliases.values()) if (!groups.has(group)) noteUnknown(group, from, ours)
  const fallbacks = readFallbacks(sections, ours)
  convertOwnLists(fallbacks, { groups, known }, ours)
  for (const [name, deployments] of groups) {
    for (const deployment of deployments) convertDeployment(deployment, ours)
    convertFallbacks(name, fallbacks, { groups, known }, ours)
  }
}

/** An alias is the name of its group, or a mapping with it. */
function readAliases(sections: Sections, ours: Conversion): ReadonlyMap<string, Alias> {
  const section = sections.of('model_group_alias')
  const value = section?.get('model_group_alias')
  const aliases = new Map<string, Alias>()
  if (!section || value === undefined) return aliases
  const place = section.at('model_group_alias')
  if (!isMapping(value)) ours.note(place, 'expected aliases and their models; left out', 'lost')
  for (const [alias, named] of isMapping(value) ? Object.entries(value) : []) {
    const group = isMapping(named) ? named['model'] : named
    const from = [...place, alias]
    if (typeof group === 'string') aliases.set(alias, { group, from })
    else ours.note(from, 'expected the name of one model; left out', 'lost')
  }
  return aliases
}

/** The strategy that the router's has become; the default if there is no router. */
function strategyIn({ tree }: Conversion): unknown {
  return valueAt(tree, ['routing', 'strategy']) ?? 'weighted'
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
  const weights = weightsOf(known, strategyIn(ours))
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
