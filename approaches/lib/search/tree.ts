/** A node of a search tree: an item, and the number and total value of its tries. Values are from 0 to 1. */
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

  /** Whether a try that began here or further down is still running. */
  get isPending(): boolean {
    return this.#pending > 0
  }

  /** Adds a child whose first try had this value. Does not update the nodes above: that is done by `record`. */
  addChild(item: T, value: number): TreeNode<T> {
    const child = new TreeNode(item, this)
    child.#tries = 1
    child.#total = value
    this.children.push(child)
    return child
  }

  /** Backpropagates: counts one more try with this value here and in all nodes above. */
  record(value: number): void {
    for (const node of this.#toRoot()) {
      node.#tries++
      node.#total += value
    }
  }

  /** Virtual loss: while `work` is running, it counts here and above as a try with value 0. */
  async during(work: () => Promise<void>): Promise<void> {
    for (const node of this.#toRoot()) node.#pending++
    try {
      await work()
    } finally {
      for (const node of this.#toRoot()) node.#pending--
    }
  }

  /** The children in order of preference for the next try: by UCT (Kocsis & Szepesvari 2006); ties go to the oldest. */
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

/** Finds the open node that UCT leads to from `node`. If a path ends without one, tries the next best path. */
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
