import type { Candidate } from '../../src/plugin.ts'
import { Arm } from '../lib/search/thompson.ts'

/** An answer with its latest score from 0 to 1, and its review. */
export interface Scored {
  readonly candidate: Candidate
  readonly review: string
  score: number
}

/** A node of the search: the root is the question, each other an answer. */
class Node {
  readonly answer: Scored | undefined
  readonly parent: Node | undefined
  readonly children: Node[] = []
  /** New answers that are made from here. */
  readonly fresh = new Arm()
  /** Answers further down: the value of continuing with a child. */
  readonly continued = new Arm()
  /** The node's own answer and all below it. */
  readonly below = new Arm()

  constructor(answer?: Scored, parent?: Node) {
    this.answer = answer
    this.parent = parent
  }
}

/** One answer to make: by this model, from this answer, or from scratch without one. */
export interface Expansion {
  readonly node: Node
  readonly from: Scored | undefined
  readonly model: string
}

/**
 * A tree of answers that grows where it pays (AB-MCTS-A): at each node, Thompson sampling decides between a new answer, which
 * makes the tree wider, and a child, which makes it deeper. A bandit of its own decides which model writes.
 */
export class AdaptiveTree {
  readonly #root = new Node()
  readonly #models: ReadonlyMap<string, Arm>
  readonly #random: () => number
  readonly #answers: Scored[] = []

  /** `models`: at least one. */
  constructor(models: readonly string[], random: () => number) {
    this.#models = new Map(models.map(model => [model, new Arm()]))
    this.#random = random
  }

  /** All answers, in the order in which they came. */
  get answers(): readonly Scored[] {
    return this.#answers
  }

  /** Chooses the next answer to make. Several choices in a row differ by chance, which lets them run concurrently. */
  next(): Expansion {
    const model = this.#drawModel()
    let node = this.#root
    for (;;) {
      const best = this.#bestChild(node)
      const isWider = node.fresh.draw(this.#random) >= node.continued.draw(this.#random)
      if (!best || isWider) return { node, from: node.answer, model }
      node = best
    }
  }

  /** The first choices: one answer from scratch by each model in turn. */
  first(count: number): readonly Expansion[] {
    const models = [...this.#models.keys()]
    return Array.from({ length: count }, (_, at) => ({
      node: this.#root,
      from: undefined,
      model: models[at % models.length]!,
    }))
  }

  /** Adds an answer that an expansion made. */
  add({ node, model }: Expansion, answer: Scored): void {
    const child = new Node(answer, node)
    node.children.push(child)
    node.fresh.record(answer.score)
    for (let each = node.parent; each; each = each.parent) each.continued.record(answer.score)
    for (let each: Node | undefined = child; each; each = each.parent) each.below.record(answer.score)
    this.#models.get(model)?.record(answer.score)
    this.#answers.push(answer)
  }

  /**
   * Replaces the scores of all answers, in their order; undefined keeps one. Scores that compare answers fall as more
   * come, so that those of different batches would not be comparable. What the arms have learned stays.
   */
  rescore(scores: readonly (number | undefined)[]): void {
    for (const [at, answer] of this.#answers.entries()) answer.score = scores[at] ?? answer.score
  }

  #bestChild(node: Node): Node | undefined {
    const drawn = node.children.map(child => ({ child, value: child.below.draw(this.#random) }))
    return drawn.toSorted((one, other) => other.value - one.value)[0]?.child
  }

  #drawModel(): string {
    const drawn = [...this.#models].map(([model, arm]) => ({ model, value: arm.draw(this.#random) }))
    return drawn.toSorted((one, other) => other.value - one.value)[0]!.model
  }
}
