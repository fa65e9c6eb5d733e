import type { Approach, Call, Upstream, Wrapper } from '../../contract/index.ts'
import { forOneChoice, withSeed } from '../../chat/request.ts'
import { type ChoiceMemory, withChoices } from './choices.ts'
import { withMeter } from '../accounting/meter.ts'
import { badResult, isReply, stepError } from './step-result.ts'
import { pipe } from './sequence.ts'
import { sideBySide } from './parallel.ts'
import { runStep } from './run-approach.ts'
import type { PlanNode } from '../plan/plan-tree.ts'

/** Turns a plan into one upstream, so that a chain is called just as a provider is. */
export function compile(root: PlanNode, model: Upstream, memory: ChoiceMemory): Upstream {
  const leaves = new Map<string, Built>()
  const bottom: Under = wrappers => {
    const names = wrappers.map(step => step.name).join('-')
    const present = leaves.get(names)
    if (present) return present
    const wrapped = wrappers.reduceRight((next, step) => wrapWith(step, next), model)
    const leaf = { upstream: withBareName(withChoices(withMeter(wrapped), memory)), width: 1 }
    leaves.set(names, leaf)
    return leaf
  }
  return build(root, bottom, []).upstream
}

/** Calls the model as `none` if no step is above the call, so that its path is never empty. */
function withBareName(next: Upstream): Upstream {
  return (request, call) => next(request, call.path === '' ? { ...call, path: 'none' } : call)
}

interface Built {
  readonly upstream: Upstream
  /** Choices for each that is asked for. */
  readonly width: number
}

/** What stands under a part of the plan, for the leaf wrappers that govern the part. */
type Under = (wrappers: readonly Wrapper[]) => Built

function build(node: PlanNode, under: Under, wrappers: readonly Wrapper[]): Built {
  switch (node.kind) {
    case 'model':
      return under(wrappers)
    case 'approach':
      return { upstream: approached(node.step, under(wrappers).upstream), width: 1 }
    case 'sequence': {
      const stages = node.parts.map(part => build(part, under, wrappers))
      return { upstream: pipe(stages.map(stage => stage.upstream)), width: stages.at(-1)?.width ?? 1 }
    }
    case 'parallel':
      return branched(node.parts.map(part => build(part, under, wrappers)))
    case 'stack':
      return build(node.over, inner => build(node.under, under, inner), wrappers)
    default: {
      if (node.step.place === 'leaf')
        return named(node.step, build(node.inner, under, [...wrappers, node.step]))
      const { upstream, width } = build(node.inner, under, wrappers)
      return named(node.step, { upstream: wrapWith(node.step, upstream), width })
    }
  }
}

/** Puts a wrapper's name on the path of all calls in its scope. */
function named({ name }: Wrapper, { upstream, width }: Built): Built {
  const entered: Upstream = (request, { signal, path, request: state, trace }) =>
    upstream(request, { signal, path: path === '' ? name : `${path}.${name}`, request: state, trace })
  return { upstream: entered, width }
}

function wrapWith(step: Wrapper, next: Upstream): Upstream {
  const wrapped = wrappedBy(step, next)
  return async (request, call) => {
    let reply: unknown
    try {
      const params = call.request.params(step) as Parameters<typeof wrapped>[2]
      reply = await wrapped(request, call, params)
    } catch (error) {
      throw stepError(step, error, call.signal)
    }
    if (!isReply(reply)) throw badResult(step, reply, 'a reply')
    return reply
  }
}

function wrappedBy(step: Wrapper, next: Upstream): ReturnType<Wrapper['wrap']> {
  try {
    return step.wrap(next)
  } catch (error) {
    throw stepError(step, error)
  }
}

/** For `n` choices an approach runs `n` times side by side, each for one. */
function approached(step: Approach, under: Upstream): Upstream {
  return async (request, call) => {
    const count = request.n ?? 1
    if (count <= 1) return (await runStep(step, under, request, call, 1)).reply
    const single = forOneChoice(request)
    const runs = Array.from({ length: count }, (_, index) => {
      const sample = withSeed(single, index)
      return () => runStep(step, under, sample, call, count)
    })
    return await sideBySide(runs, request, call, count)
  }
}

function branched(branches: readonly Built[]): Built {
  const width = branches.reduce((sum, branch) => sum + branch.width, 0)
  const upstream: Upstream = (request, call: Call) => {
    const count = request.n ?? 1
    const runs = branches.map(branch => async () => ({
      reply: await branch.upstream(request, call),
      choices: branch.width * count,
    }))
    return sideBySide(runs, request, call, width * count)
  }
  return { upstream, width }
}
