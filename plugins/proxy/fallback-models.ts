import type { ProviderCall, ServedRequest } from '../../src/chat/provider-call.ts'
import type { Config } from '../../src/config/schema.ts'
import { HulumanageError } from '../../src/contract/index.ts'
import type { ChatRequest, Reply } from '../../src/contract/index.ts'
import { clip } from '../../src/text/clip.ts'

type Cause = keyof Config['fallbacks']

/** Whether the configuration names other models for any failure of this one. */
export function hasFallbacks({ fallbacks }: Config, model: string): boolean {
  const { context, policy, any } = fallbacks
  return Object.hasOwn(context, model) || Object.hasOwn(policy, model) || Object.hasOwn(any, model)
}

/** How requests are sent, and what is known of them before that. */
interface Sending {
  readonly send: (request: ChatRequest) => Promise<Reply>
  readonly isTooLong: (request: ChatRequest) => boolean
  /** Whether a provider of its model works. */
  readonly works: (request: ChatRequest) => boolean
}

/**
 * Sends a request to its model, or at once to one with a larger context window if it is known to be too long, and, if that
 * fails, to the models that the configuration names for the cause, one after the other. A model whose providers all rest is
 * asked after its fallbacks, so that an outage does not delay each request. Rejects with the last error, or at once if the
 * cause has no fallback.
 */
export async function sendWithFallbacks(
  request: ChatRequest,
  call: ProviderCall,
  { send, isTooLong, works }: Sending,
): Promise<Reply> {
  const { log } = call.request
  const tried = new Set([request.model])
  let left: string[] = []
  const failed: Failed[] = []
  let current = isTooLong(request) ? largerFor(request, call, isTooLong) : request
  if (current !== request) {
    log.info({ model: request.model, fallback: current.model }, 'prompt is too long; asking a fallback')
    left = [...fallbacksOf(call.request, 'context', request.model)]
  }
  tried.add(current.model)
  const postponed = new Set<string>()
  for (;;) {
    const { model } = current
    const others = postponed.has(model) || works(current) ? [] : fallbacksOf(call.request, 'any', model)
    const next = others.find(other => !tried.has(other) && works({ ...request, model: other }))
    if (next !== undefined) {
      log.debug({ model, fallback: next }, 'every provider of the model rests; asking a fallback first')
      postponed.add(model)
      left = [...left, ...others.filter(other => other !== next), model]
      tried.delete(model)
      tried.add(next)
      current = { ...request, model: next }
      continue
    }
    try {
      return await send(current)
    } catch (error) {
      const cause = causeOf(error)
      if (cause === undefined || call.signal.aborted) throw error
      left = [...fallbacksOf(call.request, cause, current.model), ...left].filter(model => !tried.has(model))
      const fallback = left.shift()
      if (fallback === undefined) throw withEarlier(error, failed)
      failed.push({ model, error })
      log.info({ model, fallback, cause }, 'model failed; asking its fallback')
      tried.add(fallback)
      current = { ...request, model: fallback }
    }
  }
}

/** A model that failed, and its error. */
interface Failed {
  readonly model: string
  readonly error: unknown
}

/** Maximum number of earlier models that an error names, and of characters about each. */
const most = { models: 5, characters: 400 }

/** The last error, which also says how the models before it failed. */
function withEarlier(error: unknown, failed: readonly Failed[]): unknown {
  if (failed.length === 0 || !(error instanceof HulumanageError)) return error
  const earlier = failed
    .slice(0, most.models)
    .map(
      ({ model, error: before }) =>
        `"${clip(model)}": ${clip(before instanceof Error ? before.message : '', most.characters)}`,
    )
  // The log leaves out words of providers, which it finds by the causes.
  const cause = new AggregateError(
    [error, ...failed.map(({ error: before }) => before)],
    'every model failed',
  )
  return error.with({ message: `${error.message}; before that, ${earlier.join('; ')}`, cause })
}

/** The request for the first fallback whose context window may hold it; unchanged without such a fallback. */
function largerFor(
  request: ChatRequest,
  call: ProviderCall,
  isTooLong: (request: ChatRequest) => boolean,
): ChatRequest {
  const others = fallbacksOf(call.request, 'context', request.model).map(model => ({ ...request, model }))
  return others.find(other => !isTooLong(other)) ?? request
}

/** The models to ask for a request in place of another, without those that may not be called for its client. */
export function fallbacksOf(
  { config: { fallbacks }, checkModel }: Pick<ServedRequest, 'config' | 'checkModel'>,
  cause: Cause,
  model: string,
): readonly string[] {
  const named = Object.hasOwn(fallbacks[cause], model) ? (fallbacks[cause][model] ?? []) : []
  return checkModel ? named.filter(other => isAllowed(checkModel, other)) : named
}

function isAllowed(checkModel: (model: string) => void, model: string): boolean {
  try {
    checkModel(model)
    return true
  } catch {
    return false
  }
}

/** The cause of a failure; undefined if no other model may do better. */
function causeOf(error: unknown): Cause | undefined {
  if (!(error instanceof HulumanageError)) return undefined
  const { code, upstream } = error
  if (upstream?.code === 'context_length_exceeded') return 'context'
  if (code === 'upstream_rejected')
    return policy.test(`${upstream?.code} ${upstream?.type}`) ? 'policy' : undefined
  return failures.test(code) ? 'any' : undefined
}

const policy = /content_(?:filter|policy)|moderation|responsible_?ai|data_inspection|flagged/i
/** Failures of providers, not of the request, its budget or its time. */
const failures =
  /^(?:upstream_|no_healthy_upstream|rate_limit_exceeded|insufficient_quota|model_not_found|queue_)/
