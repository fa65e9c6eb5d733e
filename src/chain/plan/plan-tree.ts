import type { Approach, Step, Wrapper } from '../../contract/index.ts'

/** A chain with its steps looked up and its wrappers in place. It holds no state of a request. */
export interface Plan {
  /** The normal form of the chain, which parses back to the same plan: header, log field and cache key. */
  readonly text: string
  readonly root: PlanNode
  /** Every step of the chain and those that they use, each once. */
  readonly steps: readonly Step[]
}

/** `model` is whatever is under the chain: in `stack.over` that is `stack.under`, at the bottom the upstream. */
export type PlanNode =
  | { readonly kind: 'model' }
  | { readonly kind: 'approach'; readonly step: Approach }
  | { readonly kind: 'sequence'; readonly parts: readonly PlanNode[] }
  | { readonly kind: 'parallel'; readonly parts: readonly PlanNode[] }
  | { readonly kind: 'stack'; readonly over: PlanNode; readonly under: PlanNode }
  | { readonly kind: 'wrapped'; readonly step: Wrapper; readonly inner: PlanNode }

/** Calls whatever is under the chain, unchanged. */
export const modelNode: PlanNode = { kind: 'model' }

/** The parts one after the other; undefined without parts. */
export function sequenceOf(parts: readonly PlanNode[]): PlanNode | undefined {
  const flat = parts.flatMap(part => (part.kind === 'sequence' ? part.parts : [part]))
  return flat.length > 1 ? { kind: 'sequence', parts: flat } : flat[0]
}

/** The parts side by side; there must be at least one. */
export function parallelOf(parts: readonly PlanNode[]): PlanNode {
  return { kind: 'parallel', parts: parts.flatMap(part => (part.kind === 'parallel' ? part.parts : [part])) }
}

/** Each part on top of the next; undefined without parts. A bare model in a stack changes nothing. */
export function stackOf(parts: readonly PlanNode[]): PlanNode | undefined {
  return parts.reduceRight<PlanNode | undefined>(
    (under, over) => (under === undefined ? over : stackOn(over, under)),
    undefined,
  )
}

function stackOn(over: PlanNode, under: PlanNode): PlanNode {
  if (over.kind === 'model') return under
  if (under.kind === 'model') return over
  if (over.kind === 'stack') return stackOn(over.over, stackOn(over.under, under))
  return { kind: 'stack', over, under }
}

/** A node in the scope of wrappers: each wrapper once, the first one outermost, `whole` wrappers around `leaf` ones. */
export function wrappedIn(wrappers: readonly Wrapper[], node: PlanNode): PlanNode {
  const scope = [...wrappers]
  let inner = node
  for (; inner.kind === 'wrapped'; inner = inner.inner) scope.push(inner.step)
  const ordered = [
    ...scope.filter(step => step.place === 'whole'),
    ...scope.filter(step => step.place === 'leaf'),
  ]
  const each = new Set(ordered)
  const bare = without(each, inner)
  // The rest of a stack may be wrapped itself, and then shares this scope.
  if (bare.kind === 'wrapped') return wrappedIn([...each], bare)
  return [...each].reduceRight<PlanNode>((inside, step) => ({ kind: 'wrapped', step, inner: inside }), bare)
}

/** The node without the wrappers that already apply to it from outside. */
function without(outer: ReadonlySet<Wrapper>, node: PlanNode): PlanNode {
  switch (node.kind) {
    case 'model':
    case 'approach':
      return node
    case 'sequence':
      return sequenceOf(node.parts.map(part => without(outer, part))) ?? modelNode
    case 'parallel':
      return parallelOf(node.parts.map(part => without(outer, part)))
    case 'stack':
      return stackOn(without(outer, node.over), without(outer, node.under))
    default: {
      const inner = without(outer, node.inner)
      return outer.has(node.step) ? inner : wrappedIn([node.step], inner)
    }
  }
}

/** Every step of a plan and those that they use, each once, in the order of its text. */
export function stepsOf(node: PlanNode, found = new Set<Step>()): Set<Step> {
  if (node.kind === 'approach') addWithUsed(node.step, found)
  if (node.kind === 'wrapped') found.add(node.step)
  for (const child of childrenOf(node)) stepsOf(child, found)
  return found
}

function addWithUsed(step: Approach, found: Set<Step>): void {
  if (found.has(step)) return
  found.add(step)
  for (const used of step.uses ?? []) addWithUsed(used, found)
}

function childrenOf(node: PlanNode): readonly PlanNode[] {
  switch (node.kind) {
    case 'model':
    case 'approach':
      return []
    case 'sequence':
    case 'parallel':
      return node.parts
    case 'stack':
      return [node.over, node.under]
    default:
      return [node.inner]
  }
}
