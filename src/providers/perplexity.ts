import type { ProviderConfig } from '../config/schema.ts'
import type { ChatRequest } from '../contract/index.ts'
import type { Kind } from './kind.ts'
import { fromChatRequest } from './responses/from-chat.ts'
import { responsesTranslation } from './responses/responses.ts'

/**
 * Perplexity, which no longer offers chat completions. Its API is Responses, except for how structured output is
 * requested.
 */
export const perplexityKind: Kind = {
  name: 'perplexity',
  summary: 'Perplexity, through its Responses API',
  baseUrl: 'https://api.perplexity.ai/v1',
  hosts: /^api\.perplexity\.ai$/,
  path: (operation, _model, config) => versionOf(config) + pathOf(operation, config),
  translation: { ...responsesTranslation, request: toPerplexityRequest },
}

/** The address of its former chat completions has no version. */
function versionOf({ api, base_url: base = '/v1' }: ProviderConfig): string {
  return api === 'chat' || /\/v1\/?$/.test(base) ? '' : '/v1'
}

function pathOf(operation: string, { api }: ProviderConfig): string {
  if (operation !== 'chat') return '/embeddings'
  return api === 'chat' ? '/chat/completions' : '/responses'
}

/**
 * Perplexity stores no responses. `sonar` now needs the prefix of its maker, because models of others are served too.
 */
function toPerplexityRequest(request: ChatRequest, config: ProviderConfig): object {
  const { response_format: format, ...rest } = request
  const { store: _store, ...body } = fromChatRequest(rest, config) as Record<string, unknown>
  const model = request.model === 'sonar' ? 'perplexity/sonar' : request.model
  return { ...body, model, ...(format == null ? {} : { response_format: format }) }
}
