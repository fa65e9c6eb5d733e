import { promisify } from 'node:util'
import { brotliDecompress, unzip } from 'node:zlib'
import type { ChatRequest, Completion, Usage, Wire } from '../../contract/index.ts'
import type { AttemptOptions } from '../options.ts'
import { newCompletionId, textOf } from '../../chat/completion.ts'
import { estimateUsage, soundUsage } from '../../chat/estimate.ts'
import { badResponse } from '../failure.ts'
import { CompleteReply } from '../../chat/reply.ts'
import { failureOfErrorObject } from '../status.ts'
import { unixSeconds } from '../../time/unix-seconds.ts'

/** A provider's whole answer, kept as it came for a relay. */
export class JsonReply extends CompleteReply {
  readonly wire: Wire

  constructor(
    completion: Completion,
    provider: string,
    headers: Readonly<Record<string, string>>,
    bytes: Uint8Array,
    dialect: string = 'chat',
  ) {
    super(completion, provider)
    this.wire = { dialect, status: 200, headers, body: bytes }
  }
}

export interface ReadCompletion {
  readonly completion: Completion
  /** Nothing had to be filled in: the bytes may be relayed. */
  readonly untouched: boolean
}

/** Checks a whole answer: choices, each with something in it. Throws an `AttemptFailure` where it is no answer. */
export function readCompletion(
  { provider: { name: provider, translation }, request }: Pick<AttemptOptions, 'provider' | 'request'>,
  bytes: Buffer,
  secrets?: readonly string[],
): ReadCompletion {
  const sent = parseBody(provider, bytes)
  const { error } = (sent ?? {}) as { error?: unknown }
  if (error != null) throw failureOfErrorObject(provider, error, secrets)
  const value = translation ? translation.completion(sent) : sent
  const { choices, usage } = (value ?? {}) as { choices?: unknown; usage?: unknown }
  if (!Array.isArray(choices) || choices.length === 0)
    throw badResponse(provider, 'sent an answer without choices')
  if (!choices.every(isAnswered))
    throw badResponse(provider, 'sent a choice with neither content nor tool calls')
  const completion = whole(value as Completion, request, soundUsage(usage))
  return { completion, untouched: completion === sent }
}

/** Fills in what a lax provider left out, so that every answer is complete; returns the same object where nothing was. */
function whole(completion: Completion, request: ChatRequest, usage: Usage | undefined): Completion {
  const { id, model, created, object } = completion
  if (usage && usage === completion.usage && id && model && created && object) return completion
  const characters = completion.choices.reduce((sum, choice) => sum + textOf(choice.message).length, 0)
  return {
    ...completion,
    id: id ?? newCompletionId(),
    object: 'chat.completion',
    created: created ?? unixSeconds(),
    model: model ?? request.model,
    usage: usage ?? estimateUsage(request, characters),
  }
}

/** Undoes a content coding that was not asked for, within `limit` bytes. */
export async function decodeBody(
  provider: string,
  coding: string,
  bytes: Buffer,
  limit: number,
): Promise<Buffer> {
  const decode = coding === 'br' ? promisify(brotliDecompress) : promisify(unzip)
  if (!/^(br|gzip|x-gzip|deflate)$/.test(coding))
    throw badResponse(provider, 'sent a content-encoding that was not asked for')
  try {
    return await decode(bytes, { maxOutputLength: limit })
  } catch (error) {
    throw badResponse(provider, `sent a body that does not decode as ${coding} within the limit`, error)
  }
}

/** A body as JSON; throws an `AttemptFailure` where it is none. */
export function parseBody(provider: string, bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch (error) {
    throw badResponse(provider, 'sent a body that is not JSON', error)
  }
}

/** A message with any field beyond its role, or an end that explains why there is none. */
function isAnswered(choice: unknown): boolean {
  const { message, finish_reason } = (choice ?? {}) as { message?: unknown; finish_reason?: unknown }
  if (typeof message !== 'object' || message === null) return false
  if (finish_reason === 'length' || finish_reason === 'content_filter') return true
  return Object.entries(message).some(
    ([field, value]) => field !== 'role' && value != null && !isEmptyList(value),
  )
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0
}
