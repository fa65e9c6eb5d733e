import { enabledProviders } from '../../config/enabled.ts'
import { areNaming, namesIn } from '../../config/sections/model-patterns.ts'
import type { ModelNames } from '../../config/sections/model-patterns.ts'
import type { Config } from '../../config/schema.ts'
import { isWrapper } from '../../contract/index.ts'
import type { Wrapper } from '../../contract/index.ts'
import { type ChainText, parseChain } from '../text/grammar.ts'
import { splitModelName } from '../text/model-name.ts'
import { modelOrDefault } from './default-model.ts'
import { modelNode, stackOf, stepsOf, wrappedIn } from './plan-tree.ts'
import { isKnown, isMissing, type Names, type ResolvedChain, resolveTree, unknownStep } from './resolve.ts'
import { printPlan } from './print.ts'
import type { Plan } from './plan-tree.ts'

/** The texts of a request that select its chain and its model. */
export interface ChainSelection {
  /** Empty if the request names no model. */
  readonly model: string
  readonly approach: string | undefined
  readonly wrap: string | undefined
  /** From a tag in the prompt. */
  readonly tag: string | undefined
  /** Whether the request needs no model, not even the default one. */
  readonly modelless?: boolean
}

/** Plans the chains that requests select, under one configuration. */
export class Planner {
  readonly #names: Names
  readonly #config: Config
  readonly #listed: ModelNames

  constructor(steps: Names['steps'], config: Config) {
    this.#config = config
    this.#names = { steps, chains: config.chains, limit: config.limits.steps }
    const providers = enabledProviders(config)
    this.#listed = namesIn(
      providers.flatMap(({ models = [], model_map }) => [...models, ...Object.keys(model_map)]),
      providers.flatMap(({ model_prefixes = [] }) => model_prefixes),
    )
  }

  /** The plan and the bare model id. Precedence: body field, prompt tag, model prefix, configuration. */
  plan(selection: ChainSelection): { readonly plan: Plan; readonly model: string } {
    const { chain, model } = this.#split(selection.model)
    const named =
      this.#field(selection.approach, 'hulumanage_approach') ??
      this.#field(selection.tag, 'messages') ??
      chain
    const wrap = this.#field(selection.wrap, 'proxy_wrap', 'proxy')
    const plan = this.#compose(named, wrap, this.#field(this.#config.approach, 'approach'))
    if (selection.modelless) return { plan, model: '' }
    return { plan, model: modelOrDefault(model, this.#config.model, selection.model) }
  }

  #split(text: string): { chain: ResolvedChain | undefined; model: string } {
    const source = this.#source(text, 'model')
    const { chain, model } = splitModelName(source, {
      step: name => isKnown(this.#names, name),
      foreign: name => isMissing(this.#names, name),
      model: id => areNaming(this.#listed, id),
      unknown: (name, source, at) => unknownStep(this.#names, name, source, at),
    })
    return { chain: chain && resolveTree(chain, source, this.#names), model }
  }

  /** The chain that a field names; undefined if it leaves the choice open. */
  #field(text: string | undefined, param: string, forbidden?: string): ResolvedChain | undefined {
    const trimmed = text?.trim()
    if (!trimmed || trimmed === 'auto') return undefined
    const source = this.#source(trimmed, param)
    return resolveTree(parseChain(source), source, this.#names, forbidden)
  }

  #source(text: string, param: string): ChainText {
    return { text, param, limit: this.#config.limits.steps }
  }

  /** A named chain replaces the default approach, inside the default wrappers. */
  #compose(
    named: ResolvedChain | undefined,
    wrap: ResolvedChain | undefined,
    byDefault: ResolvedChain | undefined,
  ): Plan {
    const chosen = named ?? (wrap ? undefined : byDefault)
    const wrapped = wrap && wrappedIn(wrap.wrappers, wrap.node ?? modelNode)
    const node = stackOf([chosen?.node, wrapped].filter(part => part !== undefined)) ?? modelNode
    const wrappers = [...(byDefault?.wrappers ?? []), ...(named?.wrappers ?? []), ...this.#impliedWrappers()]
    const root = wrappedIn(wrappers, node)
    return { text: printPlan(root), root, steps: [...stepsOf(root)] }
  }

  /**
   * The wrappers that the configuration implies: `cache` if it is enabled, and `proxy` if there are providers but no
   * default upstream.
   */
  #impliedWrappers(): readonly Wrapper[] {
    const { cache, base_url: baseUrl, providers } = this.#config
    const names: string[] = []
    if (cache.enabled) names.push('cache')
    if (baseUrl === undefined && providers.length > 0) names.push('proxy')
    return names
      .map(name => this.#names.steps.get(name))
      .filter(step => step !== undefined && isWrapper(step))
  }
}
