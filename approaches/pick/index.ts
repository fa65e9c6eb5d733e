import { z } from 'zod'
import { defineApproach } from '../../src/plugin.ts'
import type { Approach, Cost, ParamsOf } from '../../src/plugin.ts'
import cove from '../cove/index.ts'
import fusion from '../fusion.ts'
import genselect from '../genselect.ts'
import { withHelperEffort } from '../lib/request/helper-effort.ts'
import majorityVoting from '../majority_voting.ts'
import moa from '../moa.ts'
import none from '../none.ts'
import rsa from '../rsa.ts'
import selfConsistency from '../self_consistency.ts'
import sets from '../sets/index.ts'
import { askForKind, kindByRules } from './kind.ts'
import type { Kind } from './kind.ts'

/** The methods to choose from, by name. */
const methods = {
  none,
  self_consistency: selfConsistency,
  majority_voting: majorityVoting,
  genselect,
  moa,
  fusion,
  rsa,
  sets,
  cove,
}

type Method = keyof typeof methods

const names = Object.keys(methods) as [Method, ...Method[]]
const methodFor = (kind: string, name: Method) =>
  z.enum(names).default(name).describe(`method for ${kind}; its own params apply`)

/** The kind of a task decides which method helps: votes need results that can be equal, merging needs texts that differ. */
export default defineApproach({
  name: 'pick',
  summary: 'Picks a method by the kind of the task: by rules, or with one cheap call',
  paper: 'https://arxiv.org/abs/2512.02008',
  params: z.object({
    verifiable: methodFor('tasks with one result that can be checked', 'self_consistency'),
    open: methodFor('tasks with many good answers', 'fusion'),
    factual: methodFor('questions about facts', 'cove'),
    easy: methodFor('easy tasks, and for requests with tools', 'none'),
    judge: z
      .string()
      .default('')
      .describe('model that names the kind if no rule does; by default the requested one'),
  }),
  uses: Object.values(methods),
  cost({ judge: _judge, ...chosen }, times, paramsOf = defaultsOf) {
    const costs = Object.values(chosen).map(name => costOf(stepOf(name), times, paramsOf))
    return {
      calls: times + Math.max(...costs.map(({ calls }) => calls)),
      rounds: 1 + Math.max(...costs.map(({ rounds }) => rounds)),
    }
  },

  async run(request, ctx, { judge, ...chosen }) {
    const asking = withHelperEffort(judge === '' ? request : { ...request, model: judge })
    const kind: Kind = kindByRules(request) ?? (await askForKind(ctx, asking)) ?? 'easy'
    const method = chosen[kind]
    ctx.note(`The task is ${kind}: ${method}`)
    const step = stepOf(method)
    return await ctx.span(method, inner => step.run(request, inner, ctx.paramsOf(step)))
  },
})

function stepOf(name: Method): Approach {
  return methods[name]
}

function costOf(step: Approach, times: number, paramsOf: ParamsOf): Cost {
  return step.cost?.(paramsOf(step), times, paramsOf) ?? { calls: times, rounds: 1 }
}

const defaultsOf: ParamsOf = step => step.params?.parse({}) ?? {}
