import type { CurrentConfig } from '../../config/current.ts'
import { HulumanageError, toHulumanageError } from '../../contract/index.ts'
import type { Call, ChatRequest, Reply, Source, Upstream } from '../../contract/index.ts'
import { allowanceOf } from '../accounting/budget.ts'
import { ChoiceMemory } from './choices.ts'
import { markCutShort } from '../../chat/transform-reply.ts'
import { CallTrace } from '../accounting/trace.ts'
import { isBudgetError, isReply } from './step-result.ts'
import { replyFrom } from '../../chat/reply.ts'
import { checkCost, costOf } from '../plan/cost.ts'
import { deepFreeze } from '../../contract/freeze.ts'
import type { Names } from '../plan/resolve.ts'
import { takePromptTag } from '../text/prompt-tag.ts'
import { RequestRun } from './request-state.ts'
import { type Chain, Snapshot } from './snapshot.ts'
import { summed } from './total-usage.ts'
import type { Asked, ClientSide, Outcome } from '../request.ts'
import type { Plan } from '../plan/plan-tree.ts'

export interface RunnerOptions {
  readonly steps: Names['steps']
  readonly currentConfig: CurrentConfig
  /** What calls go to where no wrapper leads elsewhere. */
  readonly defaultUpstream: Upstream
}

/** Answers requests by their chains. */
export interface Runner {
  /** Rejects with a coded error; all that the chain or the params have wrong is told before anything is spent. */
  run: (asked: Asked, client: ClientSide) => Promise<Outcome>
  /** The plan alone, with the same errors. */
  plan: (asked: Asked) => Plan
}

/** A runner that follows the running configuration: each request keeps the snapshot it has begun with. */
export function createRunner({ steps, currentConfig, defaultUpstream }: RunnerOptions): Runner {
  const memory = new ChoiceMemory()
  let snapshot = new Snapshot(currentConfig.value, steps, defaultUpstream, memory)
  const current = (): Snapshot => {
    if (snapshot.config !== currentConfig.value) {
      snapshot = new Snapshot(currentConfig.value, steps, defaultUpstream, memory)
    }
    return snapshot
  }
  return {
    run: async (asked, client) => await run(asked, client, current()),
    plan: asked => chosen(asked, current()).chain.plan,
  }
}

async function run(asked: Asked, client: ClientSide, snapshot: Snapshot): Promise<Outcome> {
  const { chain, request } = chosen(asked, snapshot)
  if (asked.only && !chain.plain) throw asked.only
  const n = request.n ?? 1
  checkCount(n, snapshot.config.limits.n)
  if (asked.params) snapshot.checkParamNames(asked.params)
  const params = snapshot.params.forRequest(chain.plan.steps, asked)
  const allowance = allowanceOf(asked.budget, snapshot.config)
  const cost = costOf(chain.plan.root, n, params)
  checkCost(cost, allowance.calls, chain.plan.text, asked)
  const state = new RequestRun(
    client,
    chain.plan,
    allowance,
    params,
    sourceOf(asked, request),
    asked.operation,
  )
  const trace = asked.trace ? new CallTrace() : undefined
  const reply = await answered(chain, request, state, { signal: client.controller.signal, trace })
  return { reply, approach: chain.plan.text, meter: state.meter, cost, trace }
}

/** The chain of a request, and the request with the bare model id and without prompt tags. */
function chosen(asked: Asked, snapshot: Snapshot): { chain: Chain; request: ChatRequest } {
  const { request, tag } = snapshot.config.allow_prompt_tags
    ? takePromptTag(asked.request)
    : { request: asked.request, tag: undefined }
  const { model } = request
  const chain = snapshot.chain({ model, approach: asked.approach, wrap: asked.wrap, tag })
  return {
    chain: asked.operation === 'embeddings' ? withoutApproach(chain, snapshot) : chain,
    request: chain.model === model ? request : { ...request, model: chain.model },
  }
}

/** Embeddings are asked of the model alone: an approach that is named for them is an error, one by default stands aside. */
function withoutApproach(chain: Chain, snapshot: Snapshot): Chain {
  if (chain.plain) return chain
  const wanted = { model: chain.model, wrap: undefined, tag: undefined }
  const byDefault = snapshot.chain({ ...wanted, approach: undefined })
  if (chain.plan.text === byDefault.plan.text) return snapshot.chain({ ...wanted, approach: 'none' })
  throw new HulumanageError(
    'invalid_value',
    `Embeddings take no approach, and "${chain.plan.text}" has one; name the model alone`,
    { param: 'model' },
  )
}

function checkCount(n: number, most: number): void {
  if (n <= most) return
  throw new HulumanageError('n_too_large', `n is ${n}; this server allows at most ${most} (limits.n)`, {
    param: 'n',
  })
}

/** The client's bytes stand only for the request exactly as it was read; its body may have lost the prefix of its model. */
function sourceOf(asked: Asked, request: ChatRequest): Source | undefined {
  const { dialect, request: read, only, provider } = asked
  const bytes = read === request ? asked.bytes : undefined
  const body = read.messages === request.messages ? asked.body : undefined
  return bytes || body ? { dialect, bytes, body, request, only, provider } : undefined
}

async function answered(
  chain: Chain,
  request: ChatRequest,
  state: RequestRun,
  { signal, trace }: Pick<Call, 'signal' | 'trace'>,
): Promise<Reply> {
  const path = chain.plan.root.kind === 'model' ? 'none' : ''
  const call: Call = { signal, path, request: state, trace }
  if (!chain.plain) deepFreeze(request)
  let reply: Reply
  try {
    reply = await state.untilDeadline(() => chain.upstream(request, call))
  } catch (error) {
    state.stop()
    return bestOr(error, state, request, signal)
  }
  reply.done.then(state.stop, state.stop)
  // The bytes of the only call tell the whole usage already.
  if (chain.plain || (reply.wire && state.meter.calls === 1)) return reply
  // What was answered before tells the usage it had then.
  if (reply.head.cache === 'hit') return reply
  return summed(reply, state.meter)
}

/** What a wrapper has offered where a budget ran out; throws the error otherwise. */
function bestOr(
  error: unknown,
  { best, meter, source }: RequestRun,
  request: ChatRequest,
  signal: AbortSignal,
): Reply {
  if (source?.only && (error as Error).cause === source.only) throw source.only
  if (best !== undefined && isBudgetError(error))
    return markCutShort(isReply(best) ? best : replyFrom(best, request.model))
  const ofSignal = !(error instanceof HulumanageError) && signal.aborted
  const failure = ofSignal ? toHulumanageError(signal.reason, 'client_closed') : toHulumanageError(error)
  // A client that simply asked again would pay anew for the calls that went well.
  throw meter.calls > 1 && failure.shouldRetry === undefined ? failure.with({ shouldRetry: false }) : failure
}
