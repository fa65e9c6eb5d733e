import { select } from './tree.ts'
import type { TreeNode } from './tree.ts'

/** A method as the tree search sees it. */
export interface TreeSearch<T> {
  readonly root: TreeNode<T>
  /** The exploration constant of UCT. */
  readonly exploration: number
  /** Whether a node can be extended now. Never true for a node that has neither an item nor an untried action. */
  readonly isOpen: (node: TreeNode<T>) => boolean
  /** Extends an open node and records the result. It must claim what it works on before its first `await`. */
  readonly simulate: (node: TreeNode<T>, number: number) => Promise<void>
  /** Whether further simulations would be useless. */
  readonly isOver: () => boolean
}

/**
 * Runs simulations, `parallel` at a time. Each batch knows the values of all earlier ones, and virtual loss spreads it over
 * the tree. A batch is smaller if there are not enough open nodes, so that the number of batches never grows.
 */
export async function runSearch<T>(
  search: TreeSearch<T>,
  simulations: number,
  parallel: number,
): Promise<void> {
  for (let done = 0; done < simulations && !search.isOver(); done += parallel) {
    await Promise.all(startBatch(search, done, Math.min(parallel, simulations - done)))
  }
}

function startBatch<T>(search: TreeSearch<T>, done: number, size: number): Promise<void>[] {
  const running: Promise<void>[] = []
  while (running.length < size) {
    const node = select(search.root, search.exploration, search.isOpen)
    if (!node) break
    const number = done + running.length + 1
    running.push(node.during(() => search.simulate(node, number)))
  }
  return running
}
