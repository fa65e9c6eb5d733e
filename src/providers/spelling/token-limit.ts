import type { ChatRequest } from '../../contract/index.ts'

/** OpenAI's models that reject `max_tokens`. */
const reasoning = /(^|[-/:])(o[1-9]|gpt-[5-9])/

/**
 * Hosts of services that serve many models and ignore `max_completion_tokens`:
 * https://github.com/earendil-works/pi/issues/7143 for Z.AI, https://github.com/anomalyco/opencode/pull/44602 for Chutes and NVIDIA.
 */
const olderHosts =
  /^((www\.)?(opencode\.ai|ollama\.com)|api\.z\.ai|open\.bigmodel\.cn|llm\.chutes\.ai|integrate\.api\.nvidia\.com)$/

/** The port of Ollama, which ignores the newer name: https://github.com/ollama/ollama/issues/7125 */
const ollamaPort = '11434'

/** The name of the maximum length that a service takes whose models may be any, as far as its address says it. */
export function tokenLimitAt(address: string | undefined): 'max_tokens' | undefined {
  if (address === undefined) return undefined
  const { hostname, port } = new URL(address)
  return port === ollamaPort || olderHosts.test(hostname) ? 'max_tokens' : undefined
}

/**
 * Writes the maximum length under the name that the model takes: `max_completion_tokens` for OpenAI's models that
 * reason, `max_tokens` if `name` is that or if the configuration maps the client's model to another one. All other
 * requests keep the name that the client used.
 */
export function withTokenLimit(
  request: ChatRequest,
  model: string,
  name: 'max_tokens' | undefined,
): ChatRequest {
  const { max_tokens: older, max_completion_tokens: newer } = request
  if (older == null && newer == null) return request
  const wantsNewer = name === undefined && reasoning.test(model)
  const wantsOlder = name === 'max_tokens' || (!wantsNewer && model !== request.model)
  const unwanted = wantsNewer ? older : wantsOlder ? newer : older != null && newer != null ? older : null
  if (unwanted == null) return request
  const { max_tokens: _older, max_completion_tokens: _newer, ...rest } = request
  const limit = newer ?? older ?? null
  return wantsOlder ? { ...rest, max_tokens: limit } : { ...rest, max_completion_tokens: limit }
}
