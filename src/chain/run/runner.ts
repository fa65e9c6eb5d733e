import { textOf } from '../../chat/read/fields.ts'
import { randomUUID } from 'node:crypto'
import type { ConfigView } from '../../config/current.ts'
import { HulumanageError, toHulumanageError } from '../../contract/index.ts'
import type { ChatRequest, Operation, Reply, Upstream } from '../../contract/index.ts'
import type { AskScorer, ProviderCall, Source } from '../../chat/provider-call.ts'
import { allowanceOf } from '../accounting/budget.ts'
import { patient } from '../accounting/patience.ts'
import { ChoiceMemory } from './choices.ts'
import { markCutShort } from '../../chat/transform-reply.ts'
import { isBudgetError, isReply } from './step-result.ts'
import { replyFrom, whenDone } from '../../chat/reply.ts'
import { checkChain, checkModel } from '../plan/allowed.ts'
import type { Rights } from '../plan/allowed.ts'
import { tooCostly, costOf } from '../plan/cost.ts'
import { fusionModel, readFusionRequest } from '../plan/fusion-request.ts'
import { deepFreeze } from '../../contract/freeze.ts'
import type { Names } from '../plan/resolve.ts'
import { takePromptTag } from '../text/prompt-tag.ts'
import { recordingOf, watched } from '../accounting/recording.ts'
import type { Recording } from '../accounting/recording.ts'
import { ChainRequestState } from './request-state.ts'
import { type Chain, Snapshot } from './snapshot.ts'
import { withTotalUsage } from './total-usage.ts'
import type { ChainRequest, Client, Outcome } from '../request.ts'
import type { Plan } from '../plan/plan-tree.ts'

/** The parts that a runner works with. */
export interface RunnerOptions {
  readonly steps: Names['steps']
  readonly currentConfig: ConfigView
  /** The upstream of chains in which no wrapper leads elsewhere. */
  readonly defaultUpstream: Upstream
  /** Asks scoring services; methods do without them if it is absent. */
  readonly askScorer?: AskScorer
}

/** Answers requests by their chains. */
export interface Runner {
  /** Rejects with a coded error; faults of the chain or its params are reported before anything is spent. */
  run: (request: ChainRequest, client: Client) => Promise<Outcome>
  /** The plan alone, with the same errors. */
  plan: (request: ChainRequest) => Plan
}

/** A runner that follows the running configuration. Each request keeps the configuration it began with. */
export function createRunner(options: RunnerOptions): Runner {
  const { currentConfig } = options
  const memory = new ChoiceMemory()
  const server = randomUUID()
  let snapshot = new Snapshot(currentConfig.value, options, memory)
  const current = (): Snapshot => {
    if (snapshot.config !== currentConfig.value) {
      snapshot = new Snapshot(currentConfig.value, options, memory)
    }
    return snapshot
  }
  return {
    run: (received, client) => run(received, client, current(), server),
    plan: received => selectChain(inOwnWords(received, current()), current()).chain.plan,
  }
}

/** The request as this server names things, if it asks for the fusion of another one. */
function inOwnWords(received: ChainRequest, { config }: Snapshot): ChainRequest {
  const { model, plugins } = received.request
  return plugins == null && model !== fusionModel ? received : readFusionRequest(received, config)
}

async function run(
  asReceived: ChainRequest,
  client: Client,
  snapshot: Snapshot,
  server: string,
): Promise<Outcome> {
  const received = inOwnWords(asReceived, snapshot)
  const { chain, request, recording, state } = begin(received, client, snapshot, server)
  const trace = recording?.trace
  const called = await callChain(chain, request, { signal: client.controller.signal, path: '', trace }, state)
  const reply = recording ? watched(called, recording) : called
  const { meter, cost } = state
  return { reply, approach: chain.plan.text, meter, cost, trace: received.own.trace ? trace : undefined }
}

/** A run that may make its first call. */
interface BegunRun {
  readonly chain: Chain
  readonly request: ChatRequest
  /** Undefined if nobody wants to know more than the figures. */
  readonly recording: Recording | undefined
  readonly state: ChainRequestState
}

/** Checks a request against its chain, its client and their limits, and begins to count and to record. */
function begin(received: ChainRequest, client: Client, snapshot: Snapshot, server: string): BegunRun {
  const { config, askScorer } = snapshot
  const { own, operation } = received
  const { chain, request } = selectChain(received, snapshot)
  const { plan } = chain
  if (client.named) checkRights(client.named, received, chain, snapshot)
  const relayed = sourceFor(received.source, request, chain)
  // In the original bytes, a model that is given twice may be read as the other one.
  const source = client.named?.models && relayed?.bytes ? { ...relayed, bytes: undefined } : relayed
  const n = request.n ?? 1
  checkCount(n, config.limits.n)
  if (own.params) snapshot.checkParamNames(own.params)
  const params = snapshot.params.forRequest(plan.steps, own)
  const allowance = patient(allowanceOf(own.budget, config), client, { request, operation }, config)
  const cost = chain.plain ? { calls: n, rounds: 1 } : costOf(plan.root, n, params)
  if (cost.calls > allowance.calls) throw tooCostly(cost, allowance.calls, plan.text, own)
  const { record } = client
  const isWatched = own.trace || record?.keepsTexts || !chain.plain
  const recording = isWatched ? recordingOf(received, request, chain.plain, client) : undefined
  const state = new ChainRequestState({
    client,
    plan,
    config,
    allowance,
    params,
    source,
    asked: chain.plain ? undefined : request,
    cost,
    operation,
    streamRecovery: own.streamRecovery,
    askScorer,
    server,
    firstDraft: recording?.drafts?.first,
  })
  record?.began({
    chain: plan.text,
    model: request.model,
    meter: state.meter,
    trace: chain.plain ? undefined : recording?.trace,
    texts: recording?.texts,
    drafts: recording?.drafts,
  })
  return { chain, request, recording, state }
}

/** Throws `not_allowed` if a named client may not use the model or the chain, before anything is spent. */
function checkRights(
  rights: Rights,
  { request, source, otherModels = [], operation }: ChainRequest,
  { model, plan }: Chain,
  snapshot: Snapshot,
): void {
  // A step such as cascade takes several models, as in `small>large`.
  for (const one of [...model.split('>'), ...otherModels]) checkModel(rights, one)
  // Some services ignore the case of the names of fields.
  for (const [field, value] of Object.entries(source?.body ?? request))
    if (/^models?$/i.test(field) && field !== field.toLowerCase()) checkModel(rights, textOf(value))
  // OpenRouter asks these in place of the model if that fails. A value of another type is refused as an unknown name.
  const { models: others } = request
  if (Array.isArray(others))
    for (const other of others) checkModel(rights, typeof other === 'string' ? other : JSON.stringify(other))
  // Other requests take no approach, whatever the default one is.
  if (operation !== undefined && operation !== 'chat') return
  const selection = { model, wrap: undefined, tag: undefined }
  checkChain(rights, plan.text, approach => snapshot.chain({ ...selection, approach }).plan.text)
}

/** The chain of a request, and the request with the bare model id and without prompt tags. */
function selectChain(
  { request: read, own, operation }: ChainRequest,
  snapshot: Snapshot,
): { readonly chain: Chain; readonly request: ChatRequest } {
  const { request, tag } = snapshot.config.allow_prompt_tags
    ? takePromptTag(read)
    : { request: read, tag: undefined }
  const { model } = request
  const modelless = operation === 'pass_through' && model === ''
  const chain = snapshot.chain({ model, approach: own.approach, wrap: own.wrap, tag, modelless })
  return {
    chain: operation === undefined ? chain : withoutApproach(chain, operation, snapshot),
    request: chain.model === model ? request : { ...request, model: chain.model },
  }
}

/** Approaches apply to chats only: naming one in any other request is an error, a default one is skipped. */
function withoutApproach(chain: Chain, operation: Operation, snapshot: Snapshot): Chain {
  if (chain.plain || operation === 'chat') return chain
  const selection = { model: chain.model, wrap: undefined, tag: undefined, modelless: chain.model === '' }
  const byDefault = snapshot.chain({ ...selection, approach: undefined })
  if (chain.plan.text === byDefault.plan.text) return snapshot.chain({ ...selection, approach: 'none' })
  throw new HulumanageError(
    'invalid_value',
    `${requestsFor[operation]} take no approach, but the request names "${chain.plan.text}"; name only a model`,
    { param: 'model' },
  )
}

const requestsFor = { embeddings: 'Embeddings', pass_through: 'Requests that are passed on' } as const

function checkCount(n: number, limit: number): void {
  if (n <= limit) return
  const message = `n: ${n} choices were requested, but this server allows at most ${limit} (limits.n)`
  throw new HulumanageError('n_too_large', message, { param: 'n' })
}

/**
 * The client's body as long as it still means `request`: its bytes only for the very object that was read from them, its
 * parsed form also under another model. Throws if the body has no translation and the chain cannot send it as it is.
 */
function sourceFor(source: Source | undefined, request: ChatRequest, { plain }: Chain): Source | undefined {
  if (!source) return undefined
  const { body, passed, only, request: read } = source
  const sameMessages = read.messages === request.messages
  if (only && !(plain && sameMessages)) throw only
  if (read === request) return source
  return (body || passed) && sameMessages ? { ...source, request, bytes: undefined } : undefined
}

async function callChain(
  chain: Chain,
  request: ChatRequest,
  call: Omit<ProviderCall, 'request'>,
  state: ChainRequestState,
): Promise<Reply> {
  if (!chain.plain) deepFreeze(request)
  let reply: Reply
  try {
    reply = await state.untilDeadline(() => chain.upstream(request, { ...call, request: state }))
  } catch (error) {
    state.stopTimer()
    return bestOr(error, state, request, call.signal)
  }
  state.begun()
  whenDone(reply, state.stopTimer)?.catch(state.stopTimer)
  // The bytes of the only call contain the whole usage already.
  if (chain.plain || (reply.wire && state.meter.calls === 1)) return reply
  // A cached answer keeps the usage it had when it was made.
  if (reply.head.cache === 'hit') return reply
  return withTotalUsage(reply, state.meter)
}

/** The answer that a wrapper has offered, if a budget ran out; throws the error otherwise. */
function bestOr(
  error: unknown,
  { best, meter, source }: ChainRequestState,
  request: ChatRequest,
  signal: AbortSignal,
): Reply {
  if (source?.only && (error as Error).cause === source.only) throw source.only
  if (best !== undefined && isBudgetError(error))
    return markCutShort(isReply(best) ? best : replyFrom(best, request.model))
  const ofSignal = !(error instanceof HulumanageError) && signal.aborted
  const failure = ofSignal ? toHulumanageError(signal.reason, 'client_closed') : toHulumanageError(error)
  // A client that simply retried would pay again for the calls that succeeded.
  throw meter.calls > 1 && failure.shouldRetry === undefined ? failure.with({ shouldRetry: false }) : failure
}
