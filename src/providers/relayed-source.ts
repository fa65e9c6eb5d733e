import type { Source } from '../chat/provider-call.ts'
import type { ChatRequest } from '../contract/index.ts'
import type { Features } from './answers/answers-to.ts'
import type { ChangedFields } from './fields/changed-fields.ts'
import { needsFunctions } from './fields/refused-tools.ts'
import type { Translation } from './translation.ts'

/** The body of a client in a dialect that some services speak. */
export type BodySource = Source & { readonly body: NonNullable<Source['body']> }

/**
 * How a call is sent. It decides how the answer is read: a refusal that is learned or forgotten while the call is under way
 * does not change what the service was asked.
 */
export interface Way {
  /** The client's body if it is relayed, as well as the answer: client and service have the same API. */
  readonly relayed: BodySource | undefined
  /** The features of chat that the service has in some form of its own, without those that it has refused. */
  readonly has: Features
  /** Whether the usage of a stream is requested, for accounting, although the client did not ask for it. */
  readonly addsUsage: boolean
  /** How many refusals had been learned from. */
  readonly learned: number
}

/** The service that may get the body. */
interface Service {
  readonly translation: Translation | undefined
  readonly fields: ChangedFields
  /** Its own name of the model. */
  readonly model: string
}

/**
 * Whether bodies are relayed both ways: client and service have the same API, and no step replaced the request. A request is
 * translated if it has tools that the service knows only as functions.
 */
export function isRelayed(
  request: ChatRequest,
  source: Source | undefined,
  { translation, fields, model }: Service,
): source is BodySource {
  const isOfService =
    translation !== undefined &&
    source?.body !== undefined &&
    source.request === request &&
    source.dialect === translation.dialect
  if (!isOfService || fields.none || source.only) return isOfService
  return !needsFunctions(source.body, field => fields.mayDrop(field, model))
}

/** The client's bytes, or its body with the service's name of the model. */
export function relayedBody(
  { bytes, body }: BodySource,
  { translation, fields, model }: Service,
): string | Uint8Array {
  const relayed = fields.apply(translation?.relayedBody?.(body, model) ?? body, model)
  return bytes && relayed === body && body['model'] === model ? bytes : JSON.stringify({ ...relayed, model })
}
