import type { ProviderConfig } from '../config/schema.ts'
import type { ChatRequest } from '../contract/index.ts'
import type { Kind } from './kind.ts'
import { responsesBody } from './responses/from-chat.ts'
import { responsesTranslation } from './responses/responses.ts'

/** Perplexity, which has closed its chat completions. Its API is Responses but for how an answer by schema is asked for. */
export const perplexityKind: Kind = {
  name: 'perplexity',
  summary: 'Perplexity, by its Responses API',
  baseUrl: 'https://api.perplexity.ai/v1',
  hosts: /^api\.perplexity\.ai$/,
  path: (operation, _model, config) => versionOf(config) + pathOf(operation, config),
  translation: { ...responsesTranslation, request: bodyOf },
}

/** Where it spoke chat completions its address had no version. */
function versionOf({ api, base_url: base = '/v1' }: ProviderConfig): string {
  return api === 'chat' || /\/v1\/?$/.test(base) ? '' : '/v1'
}

function pathOf(operation: string, { api }: ProviderConfig): string {
  if (operation !== 'chat') return '/embeddings'
  return api === 'chat' ? '/chat/completions' : '/responses'
}

/** Nothing is kept there. The model that was `sonar` has its maker's name before it, since those of others are served too. */
function bodyOf(request: ChatRequest, config: ProviderConfig): object {
  const { response_format: format, ...rest } = request
  const { store: _store, ...body } = responsesBody(rest, config) as Record<string, unknown>
  const model = request.model === 'sonar' ? 'perplexity/sonar' : request.model
  return { ...body, model, ...(format == null ? {} : { response_format: format }) }
}
