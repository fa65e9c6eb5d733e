import { azureAddress, isAnthropicPath, withOneVersion } from '../formats/service-address.ts'
import type { Origins } from '../origins.ts'
import type { Path, Problem } from '../problems.ts'
import type { Config, ProviderConfig } from '../schema.ts'
import { isMapping } from '../tree.ts'

/** Endpoints that people paste along with the base URL of an API. */
const endpoints =
  /\/(?:chat\/completions|completions|responses|messages(?:\/count_tokens)?|embeddings|models)\/*$/
/** The endpoints of Anthropic's API. */
const ofMessages = /\/messages(?:\/count_tokens)?\/*$/
/** A version at the end of a path. */
const version = /\/v\d[\w.]*\/*$/
const azureHosts = /\.(?:openai|cognitiveservices|services\.ai)\.azure\.com$/

const anthropicHost = 'api.anthropic.com'
/** Services with their API at /v1 and nothing at the root. */
const versioned = new Set([anthropicHost, 'api.openai.com'])

type Mapping = Record<string, unknown>

/**
 * Reduces the addresses of a tree that nobody has checked yet to base URLs, so that they work in whatever form they were
 * copied: with `/chat/completions` at the end, with the version twice, without that of Anthropic's API, which its SDKs add, or as
 * the target URI that Azure shows. Returns warnings of those that may be meant for another API.
 */
export function normalizeAddresses(tree: Mapping, origins: Origins): Problem[] {
  const providers = Array.isArray(tree['providers']) ? (tree['providers'] as unknown[]) : []
  const listed = providers.map((entry, index) => [['providers', index, 'base_url'], entry] as const)
  const all: readonly (readonly [Path, unknown])[] = [[['base_url'], tree], ...listed]
  const unclear = all.filter(([, entry]) => isMapping(entry) && isUnclear(entry, entry !== tree))
  normalize(tree)
  for (const entry of providers) if (isMapping(entry)) normalizeProvider(entry)
  return [
    ...unclear.map(([path, entry]) =>
      origins.problem(
        path,
        "is called by OpenAI's API, but may be an address of Messages",
        entry === tree
          ? 'list it under providers, with type: anthropic'
          : 'set type: anthropic, or type: openai',
      ),
    ),
    ...all.flatMap(([path, entry]) => [
      ...rootAddress(path, entry, origins),
      ...foundryModels(path, entry, origins),
    ]),
  ]
}

/**
 * The same configuration with base URLs that mean what they are when they are read again: one that would be taken for another
 * without the endpoint that was copied with it, such as that of Messages below no version, has an endpoint.
 */
export function withReadableAddresses(config: Config): Config {
  const upstream = readable(config, normalize, '/chat/completions')
  return { ...config, ...upstream, providers: config.providers.map(readableProvider) }
}

function readableProvider(provider: ProviderConfig): ProviderConfig {
  return { ...provider, ...readable(provider, normalizeProvider, endpointOf(provider)) }
}

type Addressed = Readonly<Partial<Pick<ProviderConfig, 'base_url' | 'type'>>>

function readable(
  { base_url, type }: Addressed,
  read: (entry: Mapping) => void,
  endpoint: string,
): Addressed {
  const again: Mapping = { base_url, type }
  read(again)
  const url = urlOf(base_url)
  if (!url || (again['base_url'] === base_url && again['type'] === type)) return {}
  url.pathname = `${withoutSlash(url.pathname)}${endpoint}`
  return { base_url: url.href }
}

/** An endpoint of a provider, below its base URL. */
function endpointOf({ type, base_url }: ProviderConfig): string {
  if (type === 'anthropic') return '/messages'
  const url = urlOf(base_url)
  return url && isAzure(type, url) ? '/openai/chat/completions' : '/chat/completions'
}

/** Whether an address that goes to OpenAI's API ends as those of Messages do. The upstream of chains alone has no type. */
function isUnclear(entry: Mapping, hasType: boolean): boolean {
  const url = urlOf(entry['base_url'])
  if (!url || url.hostname === anthropicHost) return false
  if (!ofMessages.test(url.pathname) && !isAnthropicPath(url.pathname)) return false
  return !hasType || (entry['type'] == null && !tellsMessages(url))
}

/** A warning of a base URL without a path: most services have their API below one. */
function rootAddress(path: Path, entry: unknown, origins: Origins): Problem[] {
  const url = isMapping(entry) ? urlOf(entry['base_url']) : undefined
  if (!isMapping(entry) || !url || !isRoot(url) || rootTypes.test(url.hostname)) return []
  const type = entry['type']
  if (type !== undefined && type !== 'openai') return []
  return [origins.problem(path, 'has no path', `most services have their API at ${url.origin}/v1`)]
}

/** Services that have their API at the root, or whose kind adds the path. */
const rootTypes = /(?:\.azure\.com|(?:^|\.)(?:deepseek\.com|perplexity\.ai|blackbox\.ai))$/

/** A warning of an address of Foundry's own API in Azure, which the kind for Azure does not call. */
function foundryModels(path: Path, entry: unknown, origins: Origins): Problem[] {
  const url = isMapping(entry) ? urlOf(entry['base_url']) : undefined
  if (!isMapping(entry) || !url || !url.hostname.endsWith('.services.ai.azure.com')) return []
  if (!isAzure(entry['type'], url) || !/^\/models(?:\/|$)/.test(url.pathname)) return []
  const hint = `its models are at ${url.origin}/openai/v1, too`
  return [origins.problem(path, "is called by Azure OpenAI's API, which is not below /models", hint)]
}

function normalize(entry: Mapping): void {
  const url = urlOf(entry['base_url'])
  if (!url) return
  const isBare = versioned.has(url.hostname) && isRoot(url)
  const base = baseOf(url)
  const path = withOneVersion(isBare || lacksVersion(entry, url) ? `${base}/v1` : base)
  if (path === withoutSlash(url.pathname)) return
  url.pathname = path
  entry['base_url'] = textOf(url)
}

function baseOf({ pathname }: URL): string {
  return withoutSlash(pathname.replace(endpoints, ''))
}

/** Whether a base URL is one for SDKs of Anthropic, which add `/v1/messages`. A complete address is taken at its word. */
function lacksVersion({ type }: Mapping, url: URL): boolean {
  return type === 'anthropic' && !ofMessages.test(url.pathname) && !version.test(baseOf(url))
}

/**
 * Whether an address is that of Messages beside a service's own API, and no endpoint of another API was copied with it. Behind
 * `/anthropic/v1` there may be a chat API, too, but none in Azure.
 */
function tellsMessages(url: URL): boolean {
  if (ofMessages.test(url.pathname) || azureHosts.test(url.hostname)) return isAnthropicPath(baseOf(url))
  return /\/anthropic\/*$/.test(url.pathname)
}

function normalizeProvider(entry: Mapping): void {
  const url = urlOf(entry['base_url'])
  if (url && tellsMessages(url)) entry['type'] ??= 'anthropic'
  if (!url || !isAzure(entry['type'], url)) return normalize(entry)
  const apiVersion = url.searchParams.get('api-version')
  if (apiVersion !== null) {
    entry['api_version'] ??= apiVersion
    url.searchParams.delete('api-version')
  }
  if (/\/responses\/*$/.test(url.pathname)) entry['api'] ??= 'responses'
  const { resource, deployment } = azureAddress(baseOf(url))
  url.pathname = withoutSlash(resource)
  entry['base_url'] = textOf(url)
  // The deployment is the only model at such an address.
  if (deployment !== undefined && isEmpty(entry['model_map'])) entry['model_map'] = { '*': deployment }
}

/** Whether a provider is one of OpenAI's models in Azure. */
function isAzure(type: unknown, url: URL): boolean {
  return type === 'azure' || (type == null && azureHosts.test(url.hostname))
}

function urlOf(value: unknown): URL | undefined {
  return typeof value === 'string' && /^https?:/i.test(value) ? (URL.parse(value) ?? undefined) : undefined
}

/** Whether an address has no path; one with slashes alone is the same, as `${BASE}/` may be. */
function isRoot({ pathname }: URL): boolean {
  return withoutSlash(pathname) === ''
}

/** An address whose path has no slash at its end. A query may end with one. */
function textOf(url: URL): string {
  return url.search === '' ? withoutSlash(url.href) : url.href
}

function withoutSlash(text: string): string {
  return text.replace(/\/+$/, '')
}

function isEmpty(value: unknown): boolean {
  return value == null || (isMapping(value) && Object.keys(value).length === 0)
}
