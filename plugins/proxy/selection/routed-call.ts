import type { Config } from '../../../src/config/schema.ts'
import type { ProviderCall } from '../../../src/chat/provider-call.ts'
import type { ChatRequest, Operation } from '../../../src/contract/index.ts'
import type { Strategy } from '../../../src/contract/strategy.ts'
import { estimateUsage } from '../../../src/chat/estimate.ts'

/** Tokens assumed for an answer whose length the request does not limit. */
const assumedAnswerTokens = 1_000

/** A model call that needs a provider. */
export class RoutedCall {
  readonly request: ChatRequest
  readonly call: ProviderCall
  readonly strategy: Strategy
  #tokens: number | undefined

  constructor(request: ChatRequest, call: ProviderCall, strategy: Strategy) {
    this.request = request
    this.call = call
    this.strategy = strategy
  }

  /** The configuration that the client's request began with. */
  get config(): Config {
    return this.call.request.config
  }

  get model(): string {
    return this.request.model
  }

  /** The one provider that holds what the request refers to, such as an earlier response. */
  get requiredProvider(): string | undefined {
    return this.call.request.source?.provider
  }

  /** The most tokens it is expected to use. Estimated at first use: only rate limits need it. */
  get tokens(): number {
    return (this.#tokens ??= expectedTokens(this.request, this.call.request.operation))
  }
}

/** The most tokens a request is expected to use. */
export function expectedTokens(request: ChatRequest, operation: Operation = 'chat'): number {
  if (operation === 'embeddings') {
    const content = JSON.stringify(request['input'] ?? '')
    return estimateUsage({ ...request, messages: [{ role: 'user', content }] }, 0).prompt_tokens
  }
  const answer = request.max_completion_tokens ?? request.max_tokens ?? assumedAnswerTokens
  return estimateUsage(request, 0).prompt_tokens + answer * (request.n ?? 1)
}
