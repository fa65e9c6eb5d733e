/** A node of a search tree: what stands there, and how often it was tried with what success, from 0 to 1. */
export class TreeNode<T> {
  readonly item: T
  readonly children: TreeNode<T>[] = []
  readonly #parent: TreeNode<T> | undefined
  #tries = 0
  #total = 0
  #pending = 0

  constructor(item: T, parent?: TreeNode<T>) {
    this.item = item
    this.#parent = parent
  }

  /** Whether a try begun here, or further down, has not ended. */
  get isPending(): boolean {
    return this.#pending > 0
  }

  /** A new child whose first try had this value. Nodes above learn of it by `record` alone. */
  grow(item: T, value: number): TreeNode<T> {
    const child = new TreeNode(item, this)
    child.#tries = 1
    child.#total = value
    this.children.push(child)
    return child
  }

  /** Backpropagates: one more try with this value, here and in all nodes above. */
  record(value: number): void {
    for (const node of this.#toRoot()) {
      node.#tries++
      node.#total += value
    }
  }

  /** Virtual loss: while `work` goes on, it counts here and above as a try that came to nothing. */
  async during(work: () => Promise<void>): Promise<void> {
    for (const node of this.#toRoot()) node.#pending++
    try {
      await work()
    } finally {
      for (const node of this.#toRoot()) node.#pending--
    }
  }

  /** The children, the one to try next first: by UCT (Kocsis & Szepesvari 2006), of equals the eldest. */
  ranked(exploration: number): TreeNode<T>[] {
    const tries = this.children.reduce((sum, child) => sum + child.#tries + child.#pending, 0)
    return this.children
      .map(child => ({ child, bound: child.#bound(exploration * Math.sqrt(Math.log(tries))) }))
      .toSorted((one, other) => other.bound - one.bound)
      .map(({ child }) => child)
  }

  *#toRoot(): Generator<TreeNode<T>> {
    yield this
    if (this.#parent) yield* this.#parent.#toRoot()
  }

  #bound(exploration: number): number {
    const tries = this.#tries + this.#pending
    return this.#total / tries + exploration / Math.sqrt(tries)
  }
}

/** The open node that UCT leads to from `node`; where a way ends without one, the next best way is taken. */
export function select<T>(
  node: TreeNode<T>,
  exploration: number,
  isOpen: (node: TreeNode<T>) => boolean,
): TreeNode<T> | undefined {
  if (isOpen(node)) return node
  for (const child of node.ranked(exploration)) {
    const found = select(child, exploration, isOpen)
    if (found) return found
  }
  return undefined
}
