import { nativeFieldsOf, serverToolsOf } from '../../src/chat/notes/native-form.ts'
import { enabledProviders } from '../../src/config/enabled.ts'
import type { Config } from '../../src/config/schema.ts'
import type { ServedRequest } from '../../src/chat/provider-call.ts'
import type { ChatRequest } from '../../src/contract/index.ts'
import { bodyHeadersOf, accountHeaders } from '../../src/providers/headers/client-headers.ts'
import { canonical, digest } from './canonical.ts'

/** Increase it when the meaning of a key, or of the bytes stored under it, changes. */
const version = '1'

/** The digest of everything an answer depends on: the client, the chain with its params, the request, the destination. */
export function keyOf(request: ChatRequest, state: ServedRequest, config: Config): string {
  // These fields change how an answer is sent, not the answer.
  const { stream: _stream, stream_options: _options, ...content } = request
  const native = nativeFieldsOf(request)
  const server = serverToolsOf(request)
  return digest([
    version,
    state.tenant,
    state.clientKey,
    destination(config),
    state.chain,
    canonical(state.steps.map(step => [step.name, state.params(step)])),
    canonical(server || Object.keys(native).length > 0 ? [content, native, server] : content),
    // Chats and embeddings have different fields, but nothing keeps a client from sending both.
    ...(state.operation === 'embeddings' ? ['embeddings'] : []),
    ...namedIn(state, accountHeaders),
    ...unchangedParts(state),
  ])
}

/** The parts of a request that a service of the client's own API gets unchanged: a body says more than its translation. */
function unchangedParts(state: ServedRequest): readonly string[] {
  const { source } = state
  if (!source) return []
  const headers = namedIn(state, bodyHeadersOf(source.dialect))
  if (!source.body) return headers
  const { stream: _stream, stream_options: _options, ...body } = source.body
  return [canonical(body), ...headers]
}

/**
 * The headers with these names, such as those that say for whose account the client's key is used: the same key may have
 * several.
 */
function namedIn({ clientHeaders }: ServedRequest, names: readonly string[]): readonly string[] {
  if (clientHeaders === undefined) return []
  return names
    .filter(name => clientHeaders[name] !== undefined)
    .map(name => `${name}: ${clientHeaders[name]}`)
}

/** The keys of a provider that decide what answers. */
const answering = [
  'type',
  'api',
  'base_url',
  'models',
  'model_prefixes',
  'model_map',
  'headers',
  'api_version',
  'simulate',
  'defaults',
  'context_windows',
] as const

const destinations = new WeakMap<Config, string>()

/** The part of the configuration that decides which service answers; computed once for each configuration. */
function destination(config: Config): string {
  const present = destinations.get(config)
  if (present !== undefined) return present
  const providers = enabledProviders(config).map(provider =>
    Object.fromEntries(answering.map(name => [name, provider[name]])),
  )
  // Without fallbacks, the text is what it was before there were any: answers that are stored stay valid.
  const hasFallbacks = Object.values(config.fallbacks).some(models => Object.keys(models).length > 0)
  const fallbacks = hasFallbacks ? config.fallbacks : undefined
  const text = canonical({ base_url: config.base_url, providers, fallbacks })
  destinations.set(config, text)
  return text
}
