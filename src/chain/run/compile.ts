import type { Approach, Upstream, Wrapper } from '../../contract/index.ts'
import { publicUpstream } from '../../chat/provider-call.ts'
import type { ProviderUpstream } from '../../chat/provider-call.ts'
import { BaseReply } from '../../chat/reply.ts'
import { forOneChoice, withSeed } from '../../chat/request.ts'
import { type ChoiceMemory, withChoices } from './choices.ts'
import { withMeter } from '../accounting/meter.ts'
import { badResult, isReply, stepError } from './step-result.ts'
import { inSequence } from './sequence.ts'
import { runParallel } from './parallel.ts'
import { runApproach } from './run-approach.ts'
import type { PlanNode } from '../plan/plan-tree.ts'

/** Compiles a plan into one upstream, so that a chain is called just like a provider. */
export function compile(root: PlanNode, model: Upstream, memory: ChoiceMemory): ProviderUpstream {
  const leaves = new Map<string, Compiled>()
  const bottom: Below = wrappers => {
    const names = wrappers.map(step => step.name).join('-')
    const present = leaves.get(names)
    if (present) return present
    const wrapped = wrappers.reduceRight((next, step) => applyWrapper(step, next), model)
    const leaf = { upstream: withBareName(withChoices(withMeter(wrapped), memory)), width: 1 }
    leaves.set(names, leaf)
    return leaf
  }
  return compileNode(root, bottom, []).upstream
}

/** Calls the model as `none` if no step is above the call, so that its path is never empty. */
function withBareName(next: ProviderUpstream): ProviderUpstream {
  return (request, call) => next(request, call.path === '' ? { ...call, path: 'none' } : call)
}

interface Compiled {
  readonly upstream: ProviderUpstream
  /** Choices in the answer for each one requested. */
  readonly width: number
}

/** The upstream below a part of the plan, given the leaf wrappers that apply to the part. */
type Below = (wrappers: readonly Wrapper[]) => Compiled

function compileNode(node: PlanNode, below: Below, wrappers: readonly Wrapper[]): Compiled {
  switch (node.kind) {
    case 'model':
      return below(wrappers)
    case 'approach':
      return { upstream: compileApproach(node.step, below(wrappers).upstream), width: 1 }
    case 'sequence': {
      const stages = node.parts.map(part => compileNode(part, below, wrappers))
      return { upstream: inSequence(stages.map(stage => stage.upstream)), width: stages.at(-1)?.width ?? 1 }
    }
    case 'parallel':
      return compileParallel(node.parts.map(part => compileNode(part, below, wrappers)))
    case 'stack':
      return compileNode(node.over, inner => compileNode(node.under, below, inner), wrappers)
    default: {
      if (node.step.place === 'leaf')
        return withPath(node.step, compileNode(node.inner, below, [...wrappers, node.step]))
      const { upstream, width } = compileNode(node.inner, below, wrappers)
      return withPath(node.step, { upstream: applyWrapper(node.step, publicUpstream(upstream)), width })
    }
  }
}

/** Adds a wrapper's name to the path of all calls in its scope. */
function withPath({ name }: Wrapper, { upstream, width }: Compiled): Compiled {
  const inScope: ProviderUpstream = (request, { signal, path, request: state, trace, bill }) =>
    upstream(request, { signal, path: path === '' ? name : `${path}.${name}`, request: state, trace, bill })
  return { upstream: inScope, width }
}

/** Puts a wrapper around `next`, and checks that it returns a reply. */
function applyWrapper(step: Wrapper, next: Upstream): Upstream {
  const wrapped = callWrap(step, next)
  return async (request, call) => {
    let reply: unknown
    try {
      const params = call.request.params(step)
      reply = await wrapped(request, call, params)
    } catch (error) {
      throw stepError(step, error, call.signal)
    }
    if (!(reply instanceof BaseReply) && !isReply(reply)) throw badResult(step, reply, 'a reply')
    return reply
  }
}

function callWrap(step: Wrapper, next: Upstream): ReturnType<Wrapper['wrap']> {
  try {
    return step.wrap(next)
  } catch (error) {
    throw stepError(step, error)
  }
}

/** An approach runs `n` times in parallel to make `n` choices, each run for one. */
function compileApproach(step: Approach, below: ProviderUpstream): ProviderUpstream {
  return async (request, call) => {
    const count = request.n ?? 1
    if (count <= 1) return (await runApproach(step, below, request, call, 1)).reply
    const single = forOneChoice(request)
    const runs = Array.from({ length: count }, (_, index) => {
      const sample = withSeed(single, index)
      return () => runApproach(step, below, sample, call, count)
    })
    return await runParallel(runs, request, call, count)
  }
}

function compileParallel(branches: readonly Compiled[]): Compiled {
  const width = branches.reduce((sum, branch) => sum + branch.width, 0)
  const upstream: ProviderUpstream = (request, call) => {
    const count = request.n ?? 1
    const runs = branches.map(branch => async () => ({
      reply: await branch.upstream(request, call),
      choices: branch.width * count,
    }))
    return runParallel(runs, request, call, width * count)
  }
  return { upstream, width }
}
