import type { Source } from '../../chat/provider-call.ts'
import type { ChatRequest } from '../../contract/index.ts'

type Fields = Readonly<Record<string, unknown>>

/** A request, and the client's body that it was read from. */
export interface Filled {
  readonly request: ChatRequest
  readonly source: Source | undefined
}

/** Fields with two names: a request that has one of them needs no default for the other. */
const twins: Readonly<Record<string, string>> = {
  max_tokens: 'max_completion_tokens',
  max_completion_tokens: 'max_tokens',
}

/** The names that the other APIs have for fields of chat completions, as far as they mean the same. */
const ownNames: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  messages: { temperature: 'temperature', top_p: 'top_p', top_k: 'top_k' },
  responses: {
    temperature: 'temperature',
    top_p: 'top_p',
    max_tokens: 'max_output_tokens',
    max_completion_tokens: 'max_output_tokens',
    service_tier: 'service_tier',
  },
}

/**
 * Adds the default fields of a provider to a chat request that does not set them. A body that is relayed in another API
 * gets those that this API has, too. Returns the given objects if nothing is missing, so that the client's bytes can be
 * sent as they are.
 */
export function withDefaults(defaults: Fields, request: ChatRequest, source: Source | undefined): Filled {
  const missing = missingIn(request, defaults, field => field)
  const added = source?.body && source.request === request ? missingInBody(source, defaults) : {}
  if (isEmpty(missing) && isEmpty(added)) return { request, source }
  const filled = { ...request, ...missing }
  if (source?.request !== request) return { request: filled, source }
  const body = source.body && { ...source.body, ...added }
  return { request: filled, source: { ...source, request: filled, bytes: undefined, body } }
}

/** The defaults for a client's body, by the names of its API. */
function missingInBody({ dialect, body = {} }: Source, defaults: Fields): Fields {
  const names = ownNames[dialect]
  // Anthropic takes no other temperature from a request that lets the model think.
  return names && body['thinking'] == null ? missingIn(body, defaults, field => names[field]) : {}
}

/** The defaults for fields that are absent or null, by the names that `nameOf` has for them. */
function missingIn(body: Fields, defaults: Fields, nameOf: (field: string) => string | undefined): Fields {
  const missing: Record<string, unknown> = {}
  for (const [field, value] of Object.entries(defaults)) {
    const name = nameOf(field)
    if (name === undefined || body[name] != null || body[twins[name] ?? name] != null) continue
    missing[name] = value
  }
  return missing
}

function isEmpty(fields: Fields): boolean {
  return Object.keys(fields).length === 0
}
