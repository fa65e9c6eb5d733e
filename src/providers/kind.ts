import type { Dispatcher } from 'undici'
import type { ProviderConfig } from '../config/schema.ts'
import type { Operation } from '../contract/index.ts'
import type { Translation } from './translation.ts'

/** What of a service's API differs from OpenAI's: data, not a class. Plugins add their own with `app.providers.add`. */
export interface Kind {
  readonly name: string
  readonly summary: string
  /** Where the API starts, for providers that give no `base_url`. */
  readonly baseUrl?: string
  /** Hosts that mean this kind where a provider gives no `type`. */
  readonly hosts?: RegExp
  /** How the key is sent; `bearer` unless set. */
  readonly auth?: 'bearer' | 'api-key' | 'x-api-key' | 'none'
  /** Headers of every call, in lower case; those of the configuration replace them. */
  readonly headers?: Readonly<Record<string, string>>
  /** Path below the base URL for an operation on a model; `/chat/completions` and `/embeddings` unless set. */
  readonly path?: (operation: Operation, model: string, config: ProviderConfig) => string
  /** Path below the base URL that lists models, for health checks; `/models` unless set. */
  readonly modelsPath?: (config: ProviderConfig) => string
  /** False for services that reject `stream_options`; their streamed usage is estimated. */
  readonly streamUsage?: boolean
  /** For services that speak another API than chat completions. */
  readonly translation?: Translation
  /** Makes the transport; a pool of HTTP connections unless set. */
  readonly dispatcher?: (config: ProviderConfig) => Dispatcher
}

export type { Operation }
