import type { Successor, Successors } from '../../../src/attempt/recovery/successor.ts'
import type { ChatRequest, RecoveryWay, Reply } from '../../../src/contract/index.ts'
import type { Member } from '../pool/member.ts'
import type { Balancer } from '../selection/balancer.ts'
import type { RoutedCall } from '../selection/routed-call.ts'
import type { Selection } from '../selection/selection.ts'
import { Selector } from '../selection/selector.ts'

/** Makes one attempt at the selected provider. */
export type SendTo = (selection: Selection, request: ChatRequest, way: RecoveryWay) => Promise<Reply>

/**
 * The providers that may take over a stream of the proxy: those that were not asked yet, as in any failover, then the one
 * that broke it off, once.
 */
export class ProxySuccessors implements Successors {
  readonly #routed: RoutedCall
  readonly #selector: Selector
  readonly #sendTo: SendTo
  #broke: Member | undefined
  #last: Member | undefined

  constructor(balancer: Balancer, routed: RoutedCall, broke: Member, sendTo: SendTo) {
    this.#routed = routed
    this.#selector = new Selector(balancer, routed)
    this.#broke = broke
    this.#sendTo = sendTo
  }

  async next(): Promise<Successor | undefined> {
    let refusal: unknown
    try {
      const selection = this.#selector.trySelect() ?? (await this.#selector.select())
      if (selection) return this.#successorOf(selection)
    } catch (error) {
      if (this.#routed.call.signal.aborted) throw error
      // The others are limited or full; the one that broke may not be.
      refusal = error
    }
    const broke = this.#broke
    this.#broke = undefined
    const last = broke && (await this.#repeat(broke))
    if (!last && refusal !== undefined) throw refusal
    return last
  }

  async again(): Promise<Successor | undefined> {
    return this.#last && (await this.#repeat(this.#last))
  }

  async #repeat(member: Member): Promise<Successor | undefined> {
    const selection = await this.#selector.repeatLater(member, 'recovery')
    return selection && this.#successorOf(selection)
  }

  #successorOf(selection: Selection): Successor {
    const { member } = selection
    this.#last = member
    return {
      provider: member.provider,
      ask: (request, way) => this.#sendTo(selection, request, way),
    }
  }
}
