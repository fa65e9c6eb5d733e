import { isMapping } from '../../config/tree.ts'

/** Fields whose value is a distribution. */
const distributions: ReadonlySet<string> = new Set([
  'first_token_ms',
  'token_ms',
  'total_ms',
  'answer_tokens',
  'error_ms',
  'prompt_tokens',
])

/** Writes out what may be written as a number: a distribution that is always one value, a rate that always holds, a status. */
export function expandScenario(tree: unknown): unknown {
  if (!isMapping(tree)) return tree
  const { rps, requests, providers } = tree
  return {
    ...tree,
    ...(isScalar(rps) && { rps: [{ rps }] }),
    ...(Array.isArray(requests) && { requests: requests.map(expandFields) }),
    ...(isMapping(providers) && { providers: mapValues(providers, expandProvider) }),
  }
}

function expandProvider(provider: unknown): unknown {
  if (!isMapping(provider)) return provider
  const { models, outages } = provider
  return {
    ...(expandFields(provider) as object),
    ...(isMapping(models) && { models: mapValues(models, expandFields) }),
    ...(Array.isArray(outages) && { outages: outages.map(expandOutage) }),
  }
}

function expandOutage(outage: unknown): unknown {
  return isMapping(outage) && typeof outage['as'] === 'number'
    ? { ...outage, as: String(outage['as']) }
    : outage
}

function expandFields(fields: unknown): unknown {
  if (!isMapping(fields)) return fields
  const entries = Object.entries(fields).map(([name, value]) => [
    name,
    distributions.has(name) && isScalar(value) ? { always: value } : value,
  ])
  return Object.fromEntries(entries) as unknown
}

function mapValues(mapping: Record<string, unknown>, change: (value: unknown) => unknown): object {
  return Object.fromEntries(Object.entries(mapping).map(([name, value]) => [name, change(value)]))
}

/** Text is left to the schema, which refuses it. */
function isScalar(value: unknown): boolean {
  return typeof value === 'number' || typeof value === 'string'
}
