import type { Dispatcher } from 'undici'
import type { ProviderConfig } from '../config/schema.ts'
import type { ModelOperation } from '../contract/index.ts'
import type { Accepts } from './spelling/accepts.ts'
import type { Translation } from './translation.ts'

/**
 * The differences between a service's API and OpenAI's, as data. Plugins add their own kinds with
 * `app.providers.add`.
 */
export interface Kind {
  readonly name: string
  readonly summary: string
  /** The base URL of the API, for providers without a `base_url`. */
  readonly baseUrl?: string
  /** Matches the hosts of this kind, for providers without a `type`. */
  readonly hosts?: RegExp
  /** How the key is sent; `bearer` by default. */
  readonly auth?: 'bearer' | 'api-key' | 'x-api-key' | 'none'
  /** Headers of every call, in lower case; those of the configuration override them. */
  readonly headers?: Readonly<Record<string, string>>
  /** Path below the base URL for an operation on a model; `/chat/completions` and `/embeddings` by default. */
  readonly path?: (operation: ModelOperation, model: string, config: ProviderConfig) => string
  /** Path below the base URL for any other endpoint of the API; the endpoint's own path by default. `model` may be empty. */
  readonly otherPath?: (path: string, model: string, config: ProviderConfig) => string
  /** Path below the base URL that lists models, for health checks; `/models` by default. */
  readonly modelsPath?: (config: ProviderConfig) => string
  /** False for services whose list does not contain the names used in requests. */
  readonly listsModels?: boolean
  /** False for services that reject `stream_options`; their streamed usage is estimated. */
  readonly streamUsage?: boolean
  /** The parts of a chat that this service accepts and not every other does; absent if any model may be behind it. */
  readonly accepts?: Partial<Accepts>
  /**
   * The fields of an assistant's message at the end of a conversation with which a model continues that message; undefined
   * if it is not known to. Models that think have to begin with their thoughts instead.
   */
  readonly continues?: (
    model: string,
    config: ProviderConfig,
  ) => Readonly<Record<string, unknown>> | undefined
  /** For services with an API other than chat completions. */
  readonly translation?: Translation
  /** Creates the transport; a pool of HTTP connections by default. */
  readonly dispatcher?: (config: ProviderConfig) => Dispatcher
}

export type { ModelOperation }
