import type { PlanNode } from './plan-tree.ts'

/** How tightly a place binds; parentheses go around what binds looser than its place asks. */
const scope = 0
const stack = 1
const branch = 2
const stage = 3
const step = 4

/** A plan in its normal spelling: wrappers first, no parentheses but those that change the meaning. */
export function printPlan(node: PlanNode, place = scope): string {
  const { text, binds } = spell(node)
  return binds < place ? `(${text})` : text
}

function spell(node: PlanNode): { readonly text: string; readonly binds: number } {
  switch (node.kind) {
    case 'model':
      return { text: 'none', binds: step }
    case 'approach':
      return { text: node.step.name, binds: step }
    case 'sequence':
      return { text: node.parts.map(part => printPlan(part, step)).join('&'), binds: stage }
    case 'parallel':
      return { text: node.parts.map(part => printPlan(part, stage)).join('|'), binds: branch }
    case 'stack':
      return { text: `${printPlan(node.over, branch)}-${printPlan(node.under, stack)}`, binds: stack }
    default: {
      const { name } = node.step
      return { text: node.inner.kind === 'model' ? name : `${name}-${printPlan(node.inner)}`, binds: scope }
    }
  }
}
