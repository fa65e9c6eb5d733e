import { select } from './tree.ts'
import type { TreeNode } from './tree.ts'

/** What a tree search needs to know of a method. */
export interface Search<T> {
  readonly root: TreeNode<T>
  /** UCT's constant. */
  readonly exploration: number
  /** Whether a node can be built on now. Never true of one that has neither an item nor a way on. */
  readonly isOpen: (node: TreeNode<T>) => boolean
  /** Builds on an open node and records what came of it. What it claims for itself it claims before it first waits. */
  readonly simulate: (node: TreeNode<T>, number: number) => Promise<void>
  /** Whether more simulations are of no use. */
  readonly isOver: () => boolean
}

/**
 * Runs simulations, `parallel` at a time. Each batch knows the values of all before it, and spreads by virtual loss; a
 * place in it for which no node is open stays empty, so that there are never more batches than there should be.
 */
export async function runSearch<T>(search: Search<T>, simulations: number, parallel: number): Promise<void> {
  for (let done = 0; done < simulations && !search.isOver(); done += parallel) {
    await Promise.all(batch(search, done, Math.min(parallel, simulations - done)))
  }
}

function batch<T>(search: Search<T>, done: number, size: number): Promise<void>[] {
  const running: Promise<void>[] = []
  while (running.length < size) {
    const node = select(search.root, search.exploration, search.isOpen)
    if (!node) break
    const number = done + running.length + 1
    running.push(node.during(() => search.simulate(node, number)))
  }
  return running
}
