import type { ProviderConfig } from '../config/schema.ts'
import type { ChatRequest } from '../contract/index.ts'
import { HulumanageError } from '../contract/index.ts'

/**
 * Chat completions said in another API and back. What lies above a provider sees chat completions only: clocks,
 * failover, the check for a whole answer and usage are the same for every service.
 */
export interface Translation {
  /** The dialect that the service speaks: clients that speak it as well are relayed. */
  readonly dialect: string
  /**
   * The body of a call; the request has the provider's own name of the model. Throws a `HulumanageError` for what the
   * service cannot be asked: then nothing is sent, and another provider is tried.
   */
  readonly request: (request: ChatRequest, config: ProviderConfig) => object
  /** A whole answer, parsed, as a `chat.completion`; undefined where it is no answer. Error objects never come here. */
  readonly completion: (answer: unknown) => unknown
  /** A translator for one stream. */
  readonly events: () => StreamTranslator
  /**
   * What the client is told for a relayed text, a whole answer or events of one stream from its beginning on; as it came
   * unless set.
   */
  readonly relayed?: (provider: string) => (text: string) => string
}

/**
 * Takes a stream's text as it comes, cut anywhere, and gives the chat events of what is whole so far, framed, with
 * `[DONE]` only after the service's own end. Gives nothing for what is no progress, such as a ping.
 */
export type StreamTranslator = (text: string) => string

/** A server-sent event with an object in it, as chat completions frame them. */
export function chatEvent(data: object): string {
  return `data: ${JSON.stringify(data)}\n\n`
}

/** A request that a service has no words for. `param` is the field, which begins the message. */
export function untranslatable(param: string, why: string): HulumanageError {
  return new HulumanageError('upstream_rejected', `${param} ${why}`, { param, shouldRetry: false })
}
