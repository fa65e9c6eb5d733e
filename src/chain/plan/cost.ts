import { HulumanageError } from '../../contract/index.ts'
import type { Cost, ParamsOf } from '../../contract/index.ts'
import type { OwnFields } from '../request.ts'
import type { PlanNode } from './plan-tree.ts'

/** The maximum cost of `n` choices. A step without a `cost` function counts as one call. */
export function costOf(node: PlanNode, n: number, params: ParamsOf): Cost {
  return costOver(node, n, one, params)
}

const one: Cost = { calls: 1, rounds: 1 }

/** The same, with `under` as the cost of each call that the plan makes. */
function costOver(node: PlanNode, n: number, under: Cost, params: ParamsOf): Cost {
  switch (node.kind) {
    case 'model':
      return { calls: under.calls * n, rounds: under.rounds }
    case 'approach': {
      const own = node.step.cost?.(params(node.step), 1, params) ?? one
      return { calls: own.calls * under.calls * n, rounds: own.rounds * under.rounds }
    }
    case 'wrapped':
      return costOver(node.inner, n, under, params)
    case 'stack':
      return costOver(node.over, n, costOver(node.under, 1, under, params), params)
    case 'parallel':
      return node.parts.map(part => costOver(part, n, under, params)).reduce(parallelCost)
    default: {
      const last = node.parts.length - 1
      return node.parts
        .map((part, index) => costOver(part, index < last ? 1 : n, under, params))
        .reduce(sequenceCost)
    }
  }
}

/** The cost of two plans that run side by side. */
export function parallelCost(a: Cost, b: Cost): Cost {
  return { calls: a.calls + b.calls, rounds: Math.max(a.rounds, b.rounds) }
}

function sequenceCost(a: Cost, b: Cost): Cost {
  return { calls: a.calls + b.calls, rounds: a.rounds + b.rounds }
}

/** The error for a chain whose maximum cost exceeds the allowed calls. */
export function tooCostly(cost: Cost, allowed: number, chain: string, own: OwnFields): HulumanageError {
  const ofClient = own.budget?.calls === allowed
  const remedy = ofClient
    ? 'raise hulumanage_budget.calls, or request less'
    : 'request less; limits.calls of the server allows no more'
  const limit = allowed === 1 ? '1 is' : `${allowed} are`
  return new HulumanageError(
    'budget_too_small',
    `The chain "${chain}" may need ${cost.calls} model calls, but only ${limit} allowed; ${remedy}`,
    ofClient ? { param: 'hulumanage_budget.calls' } : {},
  )
}
