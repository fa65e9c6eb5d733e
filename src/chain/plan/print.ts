import type { PlanNode } from './plan-tree.ts'

/** How tightly each position binds. A node that binds less tightly than its position gets parentheses. */
const scope = 0
const stack = 1
const branch = 2
const stage = 3
const step = 4

/** The normal form of a plan: wrappers first, and only the parentheses that change the meaning. */
export function printPlan(node: PlanNode, position = scope): string {
  const { text, binds } = print(node)
  return binds < position ? `(${text})` : text
}

function print(node: PlanNode): { readonly text: string; readonly binds: number } {
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
