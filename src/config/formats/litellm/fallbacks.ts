import type { Conversion } from '../conversion.ts'
import { isMapping } from '../../tree.ts'
import type { Path } from '../../problems.ts'
import { convertDeployment } from './deployment.ts'
import type { Deployment } from './deployment.ts'
import { noteUnknown } from './known-models.ts'
import type { Fallback, KnownModels } from './known-models.ts'
import { isLimited } from './limits.ts'
import type { Sections } from './sections.ts'

/** The models to ask when one fails. */
interface FallbackList {
  readonly fallbacks: readonly Fallback[]
  /** The place of the list. */
  readonly from: Path
}

/** The lists of `fallbacks`, and those that are for every group without a list of its own. */
export interface Fallbacks {
  readonly lists: ReadonlyMap<string, FallbackList>
  readonly ofAll: FallbackList | undefined
}

/** Reads `fallbacks`. Those of `*` are those of every group without a list of its own, as `default_fallbacks` are. */
export function readFallbacks(sections: Sections, ours: Conversion): Fallbacks {
  const lists = readLists(sections, 'fallbacks', ours)
  const section = sections.of('default_fallbacks')
  const given = section && listOf(section.get('default_fallbacks'), section.at('default_fallbacks'), ours)
  const all = lists.get('*')
  lists.delete('*')
  const from = all?.from ?? given?.from
  const fallbacks = [...(all?.fallbacks ?? []), ...(given?.fallbacks ?? [])]
  const names = fallbacks.map(({ name }) => name)
  const unique = fallbacks.filter(({ name }, index) => names.indexOf(name) === index)
  return { lists, ofAll: from && { fallbacks: unique, from } }
}

const causes = {
  context_window_fallbacks: 'context',
  content_policy_fallbacks: 'policy',
} as const

/** Converts the lists of fallbacks by cause. Those of `*` are those of every model without a list of its own. */
export function convertCauses(sections: Sections, known: KnownModels, ours: Conversion): void {
  for (const [key, cause] of Object.entries(causes)) {
    const lists = readLists(sections, key, ours)
    const all = lists.get('*')
    lists.delete('*')
    if (all && known.patterns.length > 0)
      ours.note(all.from, 'they do not apply to models that only a pattern matches', 'otherwise')
    for (const name of known.names) if (all && !lists.has(name)) lists.set(name, all)
    for (const [name, { fallbacks, from }] of lists) {
      if (name.includes('*')) {
        ours.note(
          from,
          `${name} is a pattern, but these fallbacks need the name of a model; left out`,
          'lost',
        )
        continue
      }
      const others = known.fallbacks(name, fallbacks, ours)
      if (!known.has(name)) noteUnknown(name, from, ours)
      else putFallbacks(cause, name, others, { from, ours })
    }
  }
}

/** The deployments of `model_list` by their name, and what is known of the models that requests name. */
interface Models {
  readonly groups: ReadonlyMap<string, readonly Deployment[]>
  readonly known: KnownModels
}

/** Converts the lists of models that have no group of their own: aliases, and names that a pattern matches. */
export function convertOwnLists({ lists }: Fallbacks, { groups, known }: Models, ours: Conversion): void {
  for (const [name, { fallbacks, from }] of lists) {
    if (groups.has(name)) continue
    if (name.includes('*') || !known.has(name)) noteUnknown(name, from, ours)
    else putFallbacks('any', name, known.fallbacks(name, fallbacks, ours), { from, ours })
  }
}

/** The fallbacks of a group are its last providers, or, where that would double limits, models to ask next. */
export function convertFallbacks(
  name: string,
  { lists, ofAll }: Fallbacks,
  { groups, known }: Models,
  ours: Conversion,
): void {
  const list = lists.get(name) ?? ofAll
  if (!list) return
  const others = known.fallbacks(name, list.fallbacks, ours)
  const aliases = (groups.get(name)?.[0]?.aliases ?? []).filter(alias => !lists.has(alias))
  const servings = others.flatMap(other => known.servingOf(other) ?? [])
  const members = servings.flatMap(({ group, matched }, index) => {
    const deployments = groups.get(group) ?? []
    return deployments.map(member => ({ ...member, name, aliases, matched, fallback: index + 1 }))
  })
  // A copy of a deployment has limits of its own. Only patterns, which no request names, need one.
  const hasGroups = servings.every(({ matched }) => matched === undefined)
  if (name.includes('*') || (hasGroups && !members.some(isLimited)))
    for (const member of members) convertDeployment(member, ours)
  else for (const one of [name, ...aliases]) putFallbacks('any', one, others, { from: list.from, ours })
}

function putFallbacks(
  cause: 'any' | (typeof causes)[keyof typeof causes],
  name: string,
  others: readonly string[],
  { from, ours }: { readonly from: Path; readonly ours: Conversion },
): void {
  if (others.length > 0) ours.put(['fallbacks', cause, name], others, from)
}

/** Reads a list such as `[{gpt-4o: [claude, llama]}]`, by the models that fall back. The first list of a model counts. */
function readLists(sections: Sections, key: string, ours: Conversion): Map<string, FallbackList> {
  const lists = new Map<string, FallbackList>()
  const section = sections.of(key)
  const value = section?.get(key)
  if (!section || value === undefined) return lists
  if (!Array.isArray(value)) ours.note(section.at(key), 'expected a list; left out', 'lost')
  for (const [index, item] of (Array.isArray(value) ? (value as unknown[]) : []).entries()) {
    const place = [...section.at(key), index]
    if (!isMapping(item)) ours.note(place, 'expected a model and its fallbacks; left out', 'lost')
    for (const [name, to] of isMapping(item) ? Object.entries(item) : [])
      if (!lists.has(name)) lists.set(name, listOf(to, [...place, name], ours))
  }
  return lists
}

/** Names in a list; anything else, such as fallbacks with messages of their own, is noted. */
function listOf(value: unknown, from: Path, ours: Conversion): FallbackList {
  const items = Array.isArray(value) ? (value as unknown[]) : [value]
  const fallbacks = items.flatMap((name, index) => {
    const place = Array.isArray(value) ? [...from, index] : from
    if (typeof name === 'string') return [{ name, from: place }]
    if (name !== null) ours.note(place, 'expected the name of a model; left out of fallbacks', 'lost')
    return []
  })
  return { fallbacks, from }
}
