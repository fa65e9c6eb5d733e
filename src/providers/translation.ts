import type { ProviderConfig } from '../config/schema.ts'
import type { ChatRequest, Completion, Message, UpstreamErrorBody } from '../contract/index.ts'
import { HulumanageError } from '../contract/index.ts'
import { frame } from '../text/sse.ts'
import type { StoredIdClient } from '../text/stored-id.ts'
import type { idRules } from './spelling/calls/call-ids.ts'

/**
 * Translates chat completions to another API and back. The layers above a provider see only chat completions: timeouts,
 * failover, the check for a complete answer and usage are the same for every service.
 */
export interface Translation {
  /** The dialect of the service: requests of clients in the same dialect are relayed. */
  readonly dialect: string
  /**
   * The body of a call; the request contains the provider's own name of the model. Throws a `HulumanageError` if the
   * service cannot express the request: then nothing is sent, and another provider is tried.
   */
  readonly request: (request: ChatRequest, config: ProviderConfig) => object
  /** The form that the service requires of the ids of tool calls. */
  readonly callIds?: keyof typeof idRules
  /** Whether the service has custom tools, whose input is any text. */
  readonly customTools?: boolean
  /** Whether the service can be made to answer with any JSON object. */
  readonly jsonMode?: boolean
  /**
   * Settles what the service refuses in a body that is relayed; returns the same object if there is nothing. `model`: the
   * provider's own name of it.
   */
  readonly relayedBody?: (
    body: Readonly<Record<string, unknown>>,
    model: string,
  ) => Readonly<Record<string, unknown>>
  /** Leaves out thoughts that the service has refused; those of a chat by default. */
  readonly withoutSeals?: WithoutSeals
  /** Adapts the thinking of a body to what a model has refused. */
  readonly thinking?: ThinkingForms
  /**
   * Converts a complete answer, parsed, to a `chat.completion`; undefined if it is not an answer. Never called with
   * error objects. `asked`: the client's body, if it was relayed.
   */
  readonly completion: (answer: unknown, asked?: Readonly<Record<string, unknown>>) => unknown
  /** Whether the service may pause its answer to a request, which has to be continued then. */
  readonly mayPause?: (request: ChatRequest) => boolean
  /** The turn of a complete answer that the service has paused; undefined for any other. */
  readonly pausedTurn?: (answer: unknown) => PausedTurn | undefined
  /** Creates a translator for one stream. */
  readonly events: (options?: EventsOptions) => StreamTranslator
  /**
   * Corrects the types that clients rely on in a complete relayed answer; returns the object itself if they are right.
   * `completion` is its translation, `asked` the client's body. Without this function the answer stays as it is.
   */
  readonly relayedAnswer?: (
    answer: unknown,
    completion: Completion,
    asked?: Readonly<Record<string, unknown>>,
  ) => unknown
  /**
   * Creates a function that rewrites relayed text for the client: a complete answer, or the events of one stream from its
   * beginning. By default, relayed text is unchanged.
   */
  readonly relayed?: (provider: ProviderConfig, client: StoredIdClient) => (text: string) => string
}

/**
 * Removes the unwanted sealed or signed thoughts from a body, after asking about each of them. Returns the same object
 * if the body has no such thoughts.
 */
export type WithoutSeals = (
  body: Readonly<Record<string, unknown>>,
  isUnwanted: (seal: string) => boolean,
) => Readonly<Record<string, unknown>>

/**
 * A form of `thinking` that a model takes in place of one that it has refused: Claude models up to 4.5 think within a
 * budget, newer ones as long as they like, and others not at all.
 */
export type ThinkingForm = 'enabled' | 'adaptive' | 'none'

/** The forms of thinking in the bodies of an API. */
export interface ThinkingForms {
  /**
   * The form in which a service may take the thinking of a body that it has refused; undefined if the error is about
   * something else. `before`: the form that earlier refusals led to.
   */
  readonly afterRefusal: (
    error: UpstreamErrorBody,
    body: Readonly<Record<string, unknown>>,
    before: ThinkingForm | undefined,
  ) => ThinkingForm | undefined
  /** The body with its thinking in a form that the model takes; the same object if it has none in another form. */
  readonly inForm: (
    body: Readonly<Record<string, unknown>>,
    form: ThinkingForm,
  ) => Readonly<Record<string, unknown>>
}

/** A part of an answer. The service writes the rest once it gets it back. */
export interface PausedTurn {
  /** The message to add to the conversation. */
  readonly message: Message
  /** The fields to add to the request. */
  readonly fields: Readonly<Record<string, unknown>>
}

/** Options for the translation of a stream. */
export interface EventsOptions {
  /** Maximum length of an event, in characters. */
  readonly maxEventLength?: number | undefined
  /** The requested model, for streams that name none. */
  readonly model?: string | undefined
  /** The client's body, if it was relayed. */
  readonly asked?: Readonly<Record<string, unknown>> | undefined
  /** Gets each event as a client of the service's own API may read it: its type, and its JSON on one line. */
  readonly onEvent?: EventListener | undefined
  /** Called before the end of a stream whose answer is to be continued. */
  readonly onPause?: ((turn: PausedTurn) => void) | undefined
}

export type EventListener = (type: string, json: string) => void

/**
 * Takes the text of a stream as it arrives, cut anywhere, and returns the chat events of all complete events so far,
 * framed, with `[DONE]` only after the service's own end. Returns no events for a lack of progress, such as a ping.
 */
export interface StreamTranslator {
  (text: string): string
  /** The chat events of the service's own end, if the answer lacks nothing else; otherwise empty. */
  readonly end?: () => string
}

/** Frames an object as a server-sent event of chat completions. */
export function chatEvent(data: object): string {
  return frame(JSON.stringify(data))
}

/** The error for a request that a service cannot express. `param` is the field, which starts the message. */
export function untranslatable(param: string, why: string): HulumanageError {
  return new HulumanageError('upstream_rejected', `${param} ${why}`, { param, shouldRetry: false })
}
