import { HulumanageError, isWrapper } from '../../contract/index.ts'
import type { Step, Wrapper } from '../../contract/index.ts'
import { clip } from '../../text/clip.ts'
import { didYouMean } from '../../text/did-you-mean.ts'
import { type ChainText, parseChain, unlessModel } from '../text/grammar.ts'
import { insteadOf } from './optillm-names.ts'
import { parallelOf, modelNode, stackOf, sequenceOf, wrappedIn } from './plan-tree.ts'
import { caretAt } from '../text/caret.ts'
import type { PlanNode } from './plan-tree.ts'
import type { Tree } from '../text/grammar.ts'

/** The names that a chain may use. */
export interface Names {
  readonly steps: {
    get: (name: string) => Step | undefined
    names: () => string[]
    /** Whether a step of this name is missing because its file did not load. */
    isBroken?: (name: string) => boolean
  }
  /** Configured chains by name. */
  readonly chains: Readonly<Record<string, string>>
  /** Maximum steps in a chain. */
  readonly limit: number
}

/** A chain with its steps looked up. The wrappers of all of it are separate, so that they can be put around more. */
export interface ResolvedChain {
  /** Undefined if the chain names only wrappers. */
  readonly node: PlanNode | undefined
  readonly wrappers: readonly Wrapper[]
}

/** Whether a chain may contain `name`. */
export function isKnown(names: Names, name: string): boolean {
  return name === 'none' || Object.hasOwn(names.chains, name) || names.steps.get(name) !== undefined
}

/** The error for a name that no step has, with a caret under it and the nearest name. */
export function unknownStep(names: Names, name: string, source: ChainText, at: number): HulumanageError {
  const known = ['none', ...Object.keys(names.chains), ...names.steps.names()]
  const otherwise = `see \`hulumanage steps\` for what is loaded${unlessModel(source)}`
  const hint = insteadOf(name) ?? brokenHint(names, name, source) ?? didYouMean(name, known) ?? otherwise
  return new HulumanageError(
    'unknown_approach',
    `No step is called "${clip(name)}"; ${hint}${caretAt(source.text, at)}`,
    { param: source.param },
  )
}

/** Whether a name in front of a model was meant as a step that this server does not have. */
export function isMissing(names: Names, name: string): boolean {
  return insteadOf(name) !== undefined || isBroken(names, name)
}

function isBroken({ steps }: Names, name: string): boolean {
  return steps.isBroken?.(name) ?? false
}

function brokenHint(names: Names, name: string, source: ChainText): string | undefined {
  if (!isBroken(names, name)) return undefined
  return `its file did not load; \`hulumanage steps\` says why${unlessModel(source)}`
}

/** Looks up the steps of a tree, and moves each wrapper to the top of the parentheses around it. */
export function resolveTree(tree: Tree, source: ChainText, names: Names, forbidden?: string): ResolvedChain {
  return new Resolver(names, forbidden).resolve(tree, source)
}

class Resolver {
  readonly #names: Names
  /** The step that wraps this chain, which the chain must not reach. */
  readonly #forbidden: string | undefined
  /** Names of the configured chains that are being resolved, outermost first. */
  readonly #open: string[] = []
  #steps = 0

  constructor(names: Names, forbidden: string | undefined) {
    this.#names = names
    this.#forbidden = forbidden
  }

  resolve(tree: Tree, source: ChainText): ResolvedChain {
    const wrappers: Wrapper[] = []
    return { node: this.#node(tree, source, wrappers), wrappers }
  }

  /** Undefined if the tree contains only wrappers; wrappers are added to `scope`. */
  #node(tree: Tree, source: ChainText, scope: Wrapper[]): PlanNode | undefined {
    switch (tree.kind) {
      case 'step':
        return this.#step(tree.name, tree.at, source, scope)
      case 'group':
        return this.#group(tree.inner, source)
      case 'parallel':
        return parallelOf(tree.parts.map(part => this.#node(part, source, scope) ?? modelNode))
      case 'sequence':
        return sequenceOf(this.#nodes(tree.parts, source, scope))
      default:
        return stackOf(this.#nodes(tree.parts, source, scope))
    }
  }

  #nodes(parts: readonly Tree[], source: ChainText, scope: Wrapper[]): PlanNode[] {
    return parts.map(part => this.#node(part, source, scope)).filter(node => node !== undefined)
  }

  #group(inner: Tree, source: ChainText): PlanNode {
    const { node, wrappers } = this.resolve(inner, source)
    return wrappedIn(wrappers, node ?? modelNode)
  }

  #step(name: string, at: number, source: ChainText, scope: Wrapper[]): PlanNode | undefined {
    if (++this.#steps > this.#names.limit) {
      const message = `The chain has more than ${this.#names.limit} steps, the maximum (limits.steps)${caretAt(source.text, at)}`
      throw new HulumanageError('chain_too_long', message, { param: source.param })
    }
    if (name === 'none') return modelNode
    if (name === this.#forbidden)
      throw recursiveChain(`${source.param} reaches "${clip(name)}" itself`, source, at)
    if (Object.hasOwn(this.#names.chains, name)) return this.#configured(name, at, source)
    const step = this.#names.steps.get(name)
    if (!step) throw unknownStep(this.#names, name, source, at)
    if (!isWrapper(step)) return { kind: 'approach', step }
    scope.push(step)
    return undefined
  }

  /** A configured chain counts as if it were in parentheses. */
  #configured(name: string, at: number, from: ChainText): PlanNode {
    if (this.#open.includes(name)) throw recursiveChain(`The chain "${clip(name)}" reaches itself`, from, at)
    const source = {
      text: this.#names.chains[name] ?? '',
      limit: this.#names.limit,
      param: `chains.${name}`,
    }
    this.#open.push(name)
    const node = this.#group(parseChain(source), source)
    this.#open.pop()
    return node
  }
}

function recursiveChain(problem: string, source: ChainText, at: number): HulumanageError {
  return new HulumanageError(
    'recursive_approach',
    `${problem}; name other steps there${caretAt(source.text, at)}`,
    {
      param: source.param,
    },
  )
}
