import type { Readable } from 'node:stream'
import type { HulumanageError } from '../contract/index.ts'

/** A client's request to an endpoint that this server does not know, which a provider gets unchanged. */
export interface PassedRequest {
  readonly method: PassedMethod
  /** Below the base URL of the API, with its query: `/images/edits?format=b64`. */
  readonly path: string
  /** The API that the client speaks: `chat` for OpenAI's, `responses` for that part of it, `messages` for Anthropic's. */
  readonly dialect: 'chat' | 'responses' | 'messages'
  /**
   * Whether the body is that of a call in the dialect, at a path below the call's own, such as
   * `/messages/count_tokens`. It is then written like the body of a call, with the same timeout for the answer.
   */
  readonly isCall?: boolean
  readonly contentType: string | undefined
  readonly accept: string
  readonly body: PassedBody
}

export type PassedMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** The body of a passed request. */
export interface PassedBody {
  /** Whether it is only partly in memory and sending has begun, so that it cannot be sent again. */
  readonly spent: boolean
  /** The reason why the rest did not arrive from the client, if it did not. */
  readonly error: HulumanageError | undefined
  /** Resolves when nothing more is expected from the client. */
  readonly arrived: Promise<void>
  /** Opens it for one attempt. */
  open: (names: ProviderNames) => OpenedBody
}

/** The spelling of one provider. */
export interface ProviderNames {
  /** Its own name of the model; empty if the request names none. */
  readonly model: string
  /** Changes a JSON body as configured. */
  readonly change: (body: JsonBody) => JsonBody
}

export type JsonBody = Readonly<Record<string, unknown>>

/** A body that is ready to be sent. */
export interface OpenedBody {
  readonly content: string | Uint8Array | Readable | null
  /** Bytes; undefined if it is not known. */
  readonly length: number | undefined
}
