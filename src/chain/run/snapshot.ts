import { LRUCache } from 'lru-cache'
import type { Config } from '../../config/schema.ts'
import { HulumanageError } from '../../contract/index.ts'
import type { Upstream } from '../../contract/index.ts'
import type { AskScorer, ProviderUpstream } from '../../chat/provider-call.ts'
import type { ChoiceMemory } from './choices.ts'
import { clip } from '../../text/clip.ts'
import { didYouMean } from '../../text/did-you-mean.ts'
import { compile } from './compile.ts'
import { StepParams } from '../plan/params.ts'
import type { Names } from '../plan/resolve.ts'
import { type ChainSelection, Planner } from '../plan/planner.ts'
import type { OwnFields } from '../request.ts'
import type { Plan, PlanNode } from '../plan/plan-tree.ts'

/** A chain ready to run. */
export interface Chain {
  readonly plan: Plan
  readonly upstream: ProviderUpstream
  /** The bare model id. */
  readonly model: string
  /** Whether the chain is a single call to the model, possibly in wrappers. */
  readonly plain: boolean
}

/** Longer keys are not cached, so that clients cannot fill the memory. */
const maxKeyLength = 512

/** The parts that chains are made of. */
interface SnapshotOptions {
  readonly steps: Names['steps']
  readonly defaultUpstream: Upstream
  readonly askScorer?: AskScorer
}

/** The chains under one configuration, each planned and compiled once. */
export class Snapshot {
  readonly config: Config
  readonly params: StepParams
  readonly askScorer: AskScorer | undefined
  readonly #steps: Names['steps']
  readonly #planner: Planner
  readonly #model: Upstream
  readonly #memory: ChoiceMemory
  readonly #chains = new LRUCache<string, Chain>({ max: 1000 })
  /** Compiled plans by text: many models share one chain. */
  readonly #compiled = new LRUCache<string, ProviderUpstream>({ max: 200 })

  constructor(config: Config, { steps, defaultUpstream, askScorer }: SnapshotOptions, memory: ChoiceMemory) {
    this.config = config
    this.params = new StepParams(config.steps)
    this.#steps = steps
    this.#planner = new Planner(steps, config)
    this.#model = defaultUpstream
    this.askScorer = askScorer
    this.#memory = memory
  }

  chain(selection: ChainSelection): Chain {
    const { model: text, approach, wrap, tag, modelless = false } = selection
    const key = `${text}\n${approach ?? ''}\n${wrap ?? ''}\n${tag ?? ''}${modelless ? '\nmodelless' : ''}`
    const present = this.#chains.get(key)
    if (present) return present
    const { plan, model } = this.#planner.plan(selection)
    const chain = { plan, model, upstream: this.#upstream(plan), plain: isPlain(plan.root) }
    if (key.length <= maxKeyLength) this.#chains.set(key, chain)
    return chain
  }

  #upstream(plan: Plan): ProviderUpstream {
    const present = this.#compiled.get(plan.text)
    if (present) return present
    const upstream = compile(plan.root, this.#model, this.#memory)
    this.#compiled.set(plan.text, upstream)
    return upstream
  }

  /** Refuses params for steps that do not exist; params for steps outside the chain are ignored. */
  checkParamNames(params: OwnFields['params']): void {
    for (const name of Object.keys(params ?? {})) {
      if (this.#steps.get(name)) continue
      const hint = didYouMean(name, this.#steps.names()) ?? 'see `hulumanage steps` for what is loaded'
      const param = `hulumanage_params.${clip(name)}`
      throw new HulumanageError('invalid_value', `${param}: no step is called "${clip(name)}"; ${hint}`, {
        param,
      })
    }
  }
}

function isPlain(node: PlanNode): boolean {
  return node.kind === 'wrapped' ? isPlain(node.inner) : node.kind === 'model'
}
