import { didYouMean } from '../../text/did-you-mean.ts'
import type { Environment } from '../interpolate.ts'
import type { Origins } from '../origins.ts'
import type { Path, Problem } from '../problems.ts'
import { isMapping } from '../tree.ts'

/** The facts about kinds of services that a configuration is checked against, by the `type` of a provider. */
export type KnownKinds = ReadonlyMap<string, { readonly hasBaseUrl: boolean }>

/**
 * Checks the rules about providers that no schema can express; the tree may violate the schema as well. `isAll` means
 * that `kinds` is complete, so that any other `type` is an error.
 */
export function checkProviders(
  tree: unknown,
  origins: Origins,
  kinds: KnownKinds | undefined,
  isAll = false,
): Problem[] {
  if (!Array.isArray(tree)) return []
  const problems: (Problem | undefined)[] = []
  const positions = new Map<unknown, number>()
  for (const [index, entry] of tree.entries()) {
    if (typeof entry !== 'object' || entry === null) continue
    const provider = entry as Record<string, unknown>
    const path: Path = ['providers', index]
    const first = positions.get(provider['name'])
    if (typeof provider['name'] === 'string' && first === undefined) positions.set(provider['name'], index)
    if (first !== undefined) {
      const message = `${JSON.stringify(provider['name'])} is already the name of providers[${first}]`
      problems.push(origins.problem([...path, 'name'], message))
    }
    if (
      (provider['api_key'] ?? '') !== '' &&
      provider['api_keys'] !== undefined &&
      provider['api_keys'] !== null
    ) {
      problems.push(origins.problem([...path, 'api_keys'], 'conflicts with api_key; keep one of them'))
    }
    if (hasCredentials(provider['base_url']) && hasKey(provider)) {
      const message = 'has a user and password, and the provider a key; keep one of them'
      problems.push(origins.problem([...path, 'base_url'], message))
    }
    if (kinds) problems.push(checkKind(provider, path, origins, kinds, isAll))
  }
  return problems.filter(problem => problem !== undefined)
}

function hasCredentials(address: unknown): boolean {
  const url = typeof address === 'string' ? URL.parse(address) : null
  return url !== null && (url.username !== '' || url.password !== '')
}

function hasKey({
  api_key: key,
  api_keys: keys,
  forward_client_key: forwards,
}: Record<string, unknown>): boolean {
  return (typeof key === 'string' && key !== '') || Array.isArray(keys) || forwards === true
}

function checkKind(
  { type, base_url: baseUrl }: Record<string, unknown>,
  path: Path,
  origins: Origins,
  kinds: KnownKinds,
  isAll: boolean,
): Problem | undefined {
  const hasType = typeof type === 'string'
  const kind = kinds.get(hasType ? type : 'openai')
  if (kind && !kind.hasBaseUrl && (baseUrl ?? '') === '') {
    const reason = hasType ? ` for a provider of type ${JSON.stringify(type)}` : ''
    return origins.problem([...path, 'base_url'], `is required${reason}`)
  }
  if (kind || !hasType || !isAll) return undefined
  const hint = didYouMean(type, [...kinds.keys()]) ?? `known are ${[...kinds.keys()].join(', ')}`
  return origins.problem([...path, 'type'], 'unknown kind of service', hint)
}

const keyFields = ['api_key', 'api_keys'] as const

/**
 * A warning for each key that is the name of a variable, not its value: `api_key: OPENAI_API_KEY`, or
 * `${PREFIX}_API_KEY`, which is text behind a reference. No service has such a key.
 */
export function namesAsKeys(
  tree: Readonly<Record<string, unknown>>,
  origins: Origins,
  environment: Environment,
): Problem[] {
  const providers = Array.isArray(tree['providers']) ? (tree['providers'] as unknown[]) : []
  return providers.flatMap((entry, index) =>
    keyFields.flatMap(field => {
      const keys = isMapping(entry) ? [entry[field]].flat() : []
      const named = keys.filter(key => typeof key === 'string').filter(key => isSet(key, environment))
      return named.map(name => {
        const hint = `for its value, write \${${name}}, or \${\${PREFIX}_REST} if a part of the name varies`
        return origins.problem(['providers', index, field], 'is the name of a variable that is set', hint)
      })
    }),
  )
}

function isSet(name: string, environment: Environment): boolean {
  return Object.hasOwn(environment, name) && environment[name] !== name
}
