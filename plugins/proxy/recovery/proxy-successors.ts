import type { Successor, Successors } from '../../../src/attempt/recovery/successor.ts'
import type { ChatRequest, RecoveryWay, Reply } from '../../../src/contract/index.ts'
import type { Member } from '../pool/member.ts'
import type { Balancer } from '../selection/balancer.ts'
import type { RoutedCall } from '../selection/routed-call.ts'
import type { Selection } from '../selection/selection.ts'
import { Selector } from '../selection/selector.ts'

/** Makes one attempt at the selected provider. */
export type SendTo = (
  selection: Selection,
  routed: RoutedCall,
  request: ChatRequest,
  way: RecoveryWay,
) => Promise<Reply>

interface SuccessorsOptions {
  readonly balancer: Balancer
  readonly routed: RoutedCall
  readonly sendTo: SendTo
  /** The provider that broke the stream off. */
  readonly broke?: Member | undefined
  /** Models to ask when no provider of the model is left. */
  readonly fallbacks: readonly string[]
}

/**
 * The providers that may take over a stream of the proxy: those that were not asked yet, as in any failover, then those of
 * the fallbacks of the model, then the one that broke it off, once.
 */
export class ProxySuccessors implements Successors {
  readonly #options: SuccessorsOptions
  readonly #selector: Selector
  readonly #fallbacks: string[]
  #broke: Member | undefined
  #last: Member | undefined
  /** The providers of the fallback that is being asked. */
  #others: ProxySuccessors | undefined

  constructor(options: SuccessorsOptions) {
    this.#options = options
    this.#selector = new Selector(options.balancer, options.routed)
    this.#fallbacks = [...options.fallbacks]
    this.#broke = options.broke
  }

  async next(): Promise<Successor | undefined> {
    let refusal: unknown
    try {
      const selection = this.#selector.trySelect() ?? (await this.#selector.select())
      if (selection) return this.#successorOf(selection)
    } catch (error) {
      if (this.#options.routed.call.signal.aborted) throw error
      // The others are limited or full; the one that broke may not be.
      refusal = error
    }
    const last = (await this.#nextOfFallbacks()) ?? (await this.#repeatBroken())
    if (!last && refusal !== undefined) throw refusal
    return last
  }

  async again(): Promise<Successor | undefined> {
    if (this.#others) return await this.#others.again()
    return this.#last && (await this.#repeat(this.#last))
  }

  async #nextOfFallbacks(): Promise<Successor | undefined> {
    const { balancer, routed, sendTo } = this.#options
    for (;;) {
      const successor = await this.#others?.next().catch((error: unknown) => {
        if (routed.call.signal.aborted) throw error
        return undefined
      })
      if (successor) return successor
      const model = this.#fallbacks.shift()
      if (model === undefined) break
      const other = balancer.route({ ...routed.request, model }, routed.call)
      this.#others = new ProxySuccessors({ balancer, routed: other, sendTo, fallbacks: [] })
    }
    this.#others = undefined
    return undefined
  }

  async #repeatBroken(): Promise<Successor | undefined> {
    const broke = this.#broke
    this.#broke = undefined
    return broke && (await this.#repeat(broke))
  }

  async #repeat(member: Member): Promise<Successor | undefined> {
    const selection = await this.#selector.repeatLater(member, 'recovery')
    return selection && this.#successorOf(selection)
  }

  #successorOf(selection: Selection): Successor {
    const { routed, sendTo } = this.#options
    const { member } = selection
    const { model } = routed
    this.#last = member
    return {
      provider: member.provider,
      model,
      ask: (request, way) =>
        sendTo(selection, routed, request.model === model ? request : { ...request, model }, way),
    }
  }
}
