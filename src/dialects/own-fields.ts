import { z } from 'zod'
import type { OwnFields } from '../chain/request.ts'
import { describeRefusal } from '../config/expectation.ts'
import { withFields } from '../chat/read/fields.ts'
import { HulumanageError } from '../contract/index.ts'
import { clip } from '../text/clip.ts'
import { didYouMean } from '../text/did-you-mean.ts'
import { isObject, maxModelLength, schemaError } from './check.ts'
import type { Body } from './check.ts'
import type { ReadOptions } from './dialect.ts'

/** A chain is part of a model's name, and no longer than one. */
const text = z.string().min(1).max(maxModelLength).nullish()

const ownFields = z.object({
  hulumanage_approach: text,
  optillm_approach: text,
  proxy_wrap: text,
  wrap: text,
  wrapped_approach: text,
  hulumanage_params: z.record(z.string(), z.record(z.string(), z.unknown())).nullish(),
  hulumanage_budget: z
    .strictObject({
      calls: z.exactOptional(z.int().min(1)),
      tokens: z.exactOptional(z.int().min(1)),
      usd: z.exactOptional(z.number().positive().max(1_000_000)),
      seconds: z.exactOptional(z.number().positive().max(2_147_483)),
    })
    .nullish(),
  hulumanage_progress: z.boolean().nullish(),
  hulumanage_stream_recovery: z.enum(['auto', 'restart', 'continue', 'off']).nullish(),
  hulumanage_trace: z.union([z.boolean(), z.literal('full')], 'expected true, false or "full"').nullish(),
})

const names: ReadonlySet<string> = new Set(Object.keys(ownFields.shape))

/** Fields with which LiteLLM's clients speak to its proxy: services refuse them, and the configuration decides here. */
const proxyFields: ReadonlySet<string> = new Set([
  'fallbacks',
  'mock_response',
  'num_retries',
  'litellm_metadata',
  'litellm_session_id',
  'litellm_trace_id',
])

/** The fields of chats, completions and Responses that limit the length of an answer; each may be absent. */
const maxima = ['max_tokens', 'max_completion_tokens', 'max_output_tokens'] as const

/** A body, divided into fields for the model and fields of ours. */
export interface TakenFields {
  /** The fields for the model: the body itself if it has no field of ours. */
  readonly rest: Body
  readonly own: OwnFields
}

/** Whether a body becomes a request to a model, or goes to a service as it is. */
type Use = 'read' | 'passed'

/** Google's own settings stay in the `extra_body` that its API has in the body itself, and reads alone. */
const googleField = 'google'

const noFields: OwnFields = Object.freeze({})

/**
 * Takes the server's own fields out of a body, at the top level and in a literal `extra_body`. For our own fields the
 * top level wins; other fields of `extra_body` replace those at the top level, as the SDKs merge them. `usage` stays in a
 * body that is `passed` on: another API may have a field of that name.
 */
export function takeOwnFields(body: Body, aliases: ReadonlySet<string>, use: Use = 'read'): TakenFields {
  if (!hasOwnField(body, aliases, use)) return { rest: body, own: noFields }
  const rest: Record<string, unknown> = {}
  const own: Record<string, unknown> = {}
  const params: Record<string, unknown> = {}
  let usage: boolean | undefined
  let google: unknown
  for (const part of [body, extraBody(body)]) {
    for (const [field, value] of Object.entries(part)) {
      if (proxyFields.has(field) || (field === 'extra_body' && part === body && isObject(value))) continue
      if (isOwn(field)) own[field] ??= value
      else if (use === 'read' && isUsageField(field, value)) usage ??= value.include
      else if (aliases.has(field)) params[field] ??= value
      else if (part !== body && field === googleField) google = value
      else rest[field] = value
    }
  }
  if (google !== undefined) rest['extra_body'] = { ...extraBody(rest), [googleField]: google }
  return { rest, own: { ...readOwn(own, params), usage } }
}

/**
 * The same for bodies of chats and completions, whose streams have usage only if `stream_options` ask for it: for a client
 * that asks in the way of OpenRouter, or for all that do not refuse it, they are made to ask. `streamUsage`: whether for all.
 */
export function takeChatFields(
  body: Body,
  { aliases, streamUsage = false }: Pick<ReadOptions, 'aliases' | 'streamUsage'>,
): TakenFields {
  const { rest: sent, own } = takeOwnFields(body, aliases)
  const rest = withoutUnlimited(sent)
  if (rest['stream'] !== true || !(own.usage ?? streamUsage)) return { rest, own }
  const options = isObject(rest['stream_options']) ? rest['stream_options'] : {}
  if (own.usage !== true && options['include_usage'] != null) return { rest, own }
  return { rest: { ...rest, stream_options: { ...options, include_usage: true } }, own }
}

/**
 * The body without a maximum of -1, with which clients of llama.cpp and LM Studio ask for none. Messages has no way to ask
 * for none: its services require `max_tokens`, so -1 is refused there rather than replaced by a number that nobody chose.
 */
export function withoutUnlimited(body: Body): Body {
  const unlimited = maxima.filter(field => body[field] === -1)
  if (unlimited.length === 0) return body
  return withFields(body, Object.fromEntries(unlimited.map(field => [field, undefined])))
}

/** Whether a field asks for usage and cost in the way of OpenRouter. Other services refuse it, and OpenRouter needs it no longer. */
function isUsageField(field: string, value: unknown): value is { readonly include: boolean } {
  return field === 'usage' && isObject(value) && typeof value['include'] === 'boolean'
}

/** Takes the field `cache`, which is ours, out of a body of an API that has none. */
export function takeCacheField(body: Body): { readonly rest: Body; readonly cache: unknown } {
  if (!('cache' in body)) return { rest: body, cache: undefined }
  const { cache, ...rest } = body
  return { rest, cache }
}

function readOwn(fields: Record<string, unknown>, aliases: Record<string, unknown>): OwnFields {
  for (const field of Object.keys(fields)) if (!names.has(field)) throw unknownField(field)
  const result = ownFields.safeParse(fields, { error: describeRefusal })
  if (!result.success) throw schemaError(result.error)
  const { data } = result
  return {
    approach: data.hulumanage_approach ?? data.optillm_approach ?? undefined,
    wrap: data.proxy_wrap ?? data.wrap ?? data.wrapped_approach ?? undefined,
    params: data.hulumanage_params ?? undefined,
    aliases: Object.keys(aliases).length > 0 ? aliases : undefined,
    budget: data.hulumanage_budget ?? undefined,
    progress: data.hulumanage_progress ?? undefined,
    streamRecovery: data.hulumanage_stream_recovery ?? undefined,
    trace: data.hulumanage_trace ?? undefined,
  }
}

/** The names of the fields that came in a literal `extra_body`, with which a client says that it means them. */
export function extraFields(body: unknown): ReadonlySet<string> {
  return new Set(isObject(body) ? Object.keys(extraBody(body)) : [])
}

function hasOwnField(body: Body, aliases: ReadonlySet<string>, use: Use): boolean {
  for (const field in body) {
    if (isOwn(field) || aliases.has(field) || proxyFields.has(field)) return true
    if (field === 'extra_body' && isObject(body[field])) return true
    if (use === 'read' && isUsageField(field, body[field])) return true
  }
  return false
}

function isOwn(field: string): boolean {
  return names.has(field) || field.startsWith('hulumanage_')
}

function extraBody(body: Body): Body {
  const extra = body['extra_body']
  return isObject(extra) ? extra : {}
}

function unknownField(field: string): HulumanageError {
  const known = didYouMean(field, [...names]) ?? `known are ${[...names].join(', ')}`
  return new HulumanageError('invalid_value', `${clip(field)}: no such field; ${known}`, {
    param: clip(field),
  })
}
