import type { Config } from '../config/schema.ts'
import type { ProviderCall } from '../chat/provider-call.ts'
import { asksToThink } from '../chat/thoughts/effort.ts'
import type {
  AttemptReport,
  ChatRequest,
  Delta,
  Message,
  ModelOperation,
  Operation,
  RecoveryWay,
  Usage,
} from '../contract/index.ts'
import type { Outgoing, OutgoingOptions } from '../providers/endpoint.ts'
import type { Provider } from '../providers/provider.ts'
import type { Way } from '../providers/relayed-source.ts'
import type { PausedTurn } from '../providers/translation.ts'
import { withSharedMark } from '../providers/spelling/shared-prefix.ts'
import type { Impatience } from './attempt-timer.ts'
import type { AttemptFailure } from './failure.ts'
import type { Recover } from './recovery/recovery.ts'

/** Milliseconds for which an attempt waits. */
export interface AttemptTimeouts {
  /** To the end of a JSON answer. */
  readonly requestMs: number
  /** To the first content of a stream. */
  readonly firstTokenMs: number
  /** When a silent stream may be given up before that. */
  readonly impatience?: Impatience | undefined
  /** Between two events of a stream. */
  readonly idleMs: number
  /** Whether the model thinks: until its first content, any byte of its stream is a sign of life. */
  readonly thinks?: boolean | undefined
}

export interface AttemptOptions {
  readonly provider: Provider
  readonly request: ChatRequest
  readonly call: ProviderCall
  readonly timeouts: AttemptTimeouts
  /**
   * Maximum bytes of an answer that is read as a whole. Also limits the text of a stream, its native events that wait, both in
   * characters, and its bytes without any content.
   */
  readonly maxResponseBytes: number
  /** One of the provider's `api_keys`, if it has several. */
  readonly key?: string | undefined
  /** Why this provider was selected. */
  readonly reason: string
  /** Recovers a stream that breaks after its client has seen a part of it. */
  readonly recover?: Recover | undefined
  /** The way in which the attempt recovers a broken stream, if it does. */
  readonly recovery?: RecoveryWay | undefined
  /** The fields that the provider refused, so that the call was repeated without them. */
  readonly leftOut?: readonly string[] | undefined
  /** Called when the answer begins to arrive; makes the attempt request a stream, whose beginning is early. */
  readonly onBegin?: (() => void) | undefined
  /** Called before the end of an answer that its service has paused. Without it, that is the end of the answer. */
  readonly onPause?: ((turn: PausedTurn) => void) | undefined
  /** Called once, when the body has ended, broken off or been cancelled: the moment to release the slot. */
  readonly onEnd?: ((end: AttemptEnd) => void) | undefined
}

/** How an attempt ended. */
export interface AttemptEnd {
  readonly report: AttemptReport
  /** Undefined if the answer is complete. */
  readonly failure: AttemptFailure | undefined
  /** Tokens used by the answer, possibly an estimate; undefined if no reply was handed out. */
  readonly usage: Usage | undefined
}

/** Replaces the request by the one the chain has for this provider, such as one for a single choice. */
export function withFittingRequest(options: AttemptOptions): AttemptOptions {
  const { call, provider, request } = options
  if (!call.requestFor) return options
  const fitting = call.requestFor(provider.name, request)
  return fitting === request ? options : { ...options, request: fitting }
}

/** A request as a provider gets it. */
export interface Sent {
  readonly request: ChatRequest
  readonly way: Way
}

/** Decides what the provider gets, for one dispatch and the reading of its answer. */
export function sentFor(attempted: AttemptOptions): Sent {
  const request = sentRequest(attempted)
  return { request, way: attempted.provider.wayOf(request, attempted.call.request.source) }
}

/** The call to make. Throws if the service's API cannot express the request. */
export function outgoingFor(attempted: AttemptOptions, { request, way }: Sent): Outgoing {
  const { provider, call } = attempted
  return provider.outgoing(modelOperation(call.request.operation), request, way, outgoingOptions(attempted))
}

/** The parts of the call that are not in the request. */
export function outgoingOptions({ key, call }: AttemptOptions): OutgoingOptions {
  const { id: requestId, clientKey, clientHeaders, source } = call.request
  return { requestId, clientKey, key, source, clientHeaders }
}

/** The request without the fields of a step that the service has refused, and with a mark for the service's cache. */
function sentRequest({ provider, request, call, onBegin }: AttemptOptions): ChatRequest {
  const { asked } = call.request
  if (!asked) return request
  const model = provider.modelFor(request.model)
  const fitting = provider.fields.applyToStep({ request, asked }, model)
  const sent = onBegin && fitting.stream !== true ? { ...fitting, stream: true } : fitting
  return marksPay(provider, call) && takesMarks(provider, model) ? withSharedMark(sent, asked) : sent
}

/** Whether marks save more than they cost: calls that are made all at once each write to the cache, and none reads from it. */
function marksPay({ config }: Provider, { request: { cost } }: ProviderCall): boolean {
  return cost.rounds > 1 || (config.warm_cache && cost.calls > 1)
}

/** Whether a mark makes the service cache a prompt: services that take marks for all models heed those for Claude. */
function takesMarks({ accepts, translation }: Provider, model: string): boolean {
  return accepts.cacheControl && (translation?.dialect === 'messages' || /claude/i.test(model))
}

function modelOperation(operation: Operation | undefined): ModelOperation {
  return operation === 'embeddings' ? 'embeddings' : 'chat'
}

/** Words of a server that cannot render a conversation with the template of its model: some answer 500 to it. */
const ofTemplate = /\bjinja\b/i

/**
 * Learns from a refusal: the provider leaves out what it was about from now on, or has begun to since the call was sent.
 * Returns the options to repeat the call with; undefined if nothing in it was dispensable.
 */
export function learnFromRefusal(
  attempted: AttemptOptions,
  failure: AttemptFailure,
  { request, way }: Sent,
): AttemptOptions | undefined {
  const { upstream, blame } = failure
  if (!upstream || !(blame === 'request' || (blame === 'failing' && ofTemplate.test(upstream.message))))
    return undefined
  const { provider, call, leftOut = [] } = attempted
  const { log, operation } = call.request
  // It may have been refused only for what was learned meanwhile.
  if (provider.fields.learned > way.learned) return attempted
  const learned = provider.leaveOutRefused(modelOperation(operation), request, way, call.request, upstream)
  if (learned === undefined) return undefined
  const { field, changesCall } = learned
  const facts = { provider: provider.name, model: request.model, field }
  if (!changesCall) {
    log.warn(
      facts,
      'provider refused a part of the request; later calls that can do without it are sent without it',
    )
    return undefined
  }
  log.warn(
    facts,
    'provider refused a part of the request; repeating the call without it, or with the value shown for it',
  )
  return { ...attempted, leftOut: [...leftOut, field] }
}

/** Notes the fields in which a service sends thoughts, from a message or a piece of one. */
export function noteThoughts({ provider, request }: AttemptOptions, message: Message | Delta): void {
  provider.fields.thoughts.note(provider.modelFor(request.model), message)
}

/** Whether a call is made with the client's own key, or with none if the client sent none. */
export function isOfClientsKey({ provider }: AttemptOptions): boolean {
  return provider.config.forward_client_key
}

/** Texts that are sent to the provider and that its errors must not repeat to the client. */
export function secretsIn({ provider, call }: AttemptOptions): readonly string[] {
  return provider.endpoint.secretsWith(call.request.clientKey)
}

/** Seconds that an answer may take if the configuration does not say. */
export const plainSeconds = 30
/** The same for models that think before they answer, and for services that read a long prompt slowly. */
const patientSeconds = 300

/** Names of models that are known to think. */
const thinkers =
  /(?:^|[^a-z0-9])(?:o[134]|gpt-(?:5|oss)|r1|qwq|qwen3|magistral|gemini-(?:2\.5|3)|grok-(?:3-mini|4)|kimi-k(?:2[.p-][5-9]|[3-9])|seed-(?:1[.-][6-9]|[2-9]|oss)|glm-(?:4\.[5-9]|5)|minimax-m\d)(?![a-z0-9])|think|reason|deep-research/i

/** The configured timeouts. A provider's own replaces those that wait for an answer. */
export function timeoutsOf({ timeouts }: Config, provider: Provider, request: ChatRequest): AttemptTimeouts {
  const own = provider.config.timeout
  const thinks = isThinking(provider, request)
  const fallback = thinks || provider.endpoint.isPrivate ? patientSeconds : plainSeconds
  return {
    requestMs: (own ?? timeouts.request ?? fallback) * 1000,
    firstTokenMs: (own ?? timeouts.first_token ?? timeouts.request ?? fallback) * 1000,
    idleMs: timeouts.idle * 1000,
    thinks,
  }
}

/** Whether a model is known to think before it answers, or is asked to. */
function isThinking(provider: Provider, request: ChatRequest): boolean {
  return asksToThink(request) ?? thinkers.test(provider.modelFor(request.model))
}
