import type { Bill, Spent } from '../../chat/provider-call.ts'
import type { Reply } from '../../contract/index.ts'

/** USD and tokens. An unknown price counts as 0: the cost of the whole request is then unknown, and nobody asks for its parts. */
interface Amount {
  readonly usd: number
  readonly tokens: number
}

const nothing: Amount = { usd: 0, tokens: 0 }

/** A call of an approach, the calls that were made for it, and what they have cost. */
export class CallBill implements Bill {
  readonly #calls: CallBill[] = []
  readonly #discarded = new Set<number>()
  #own = nothing
  #ownWasted = nothing
  #choices = 1

  open(): CallBill {
    const call = new CallBill()
    this.#calls.push(call)
    return call
  }

  add({ cost, tokens }: Spent, wasted: boolean): void {
    const amount = { usd: cost.usd ?? 0, tokens }
    this.#own = plus(this.#own, amount)
    if (wasted) this.#ownWasted = plus(this.#ownWasted, amount)
  }

  answered({ done }: Reply): void {
    // A reply of a third party may reject it; one choice is what most calls ask for.
    done.then(({ finish }) => (this.#choices = Math.max(1, finish.length))).catch(() => {})
  }

  discard(choice: number): void {
    this.#discarded.add(choice)
  }

  get spent(): Amount {
    return this.#calls.reduce((sum, { spent }) => plus(sum, spent), this.#own)
  }

  /**
   * The part for answers that nobody uses: those of attempts that failed, and an equal share of the rest for each choice
   * that was discarded.
   */
  get wasted(): Amount {
    const lost = this.#calls.reduce((sum, { wasted }) => plus(sum, wasted), this.#ownWasted)
    const share = Math.min(1, this.#discarded.size / this.#choices)
    const { spent } = this
    return {
      usd: lost.usd + (spent.usd - lost.usd) * share,
      tokens: lost.tokens + (spent.tokens - lost.tokens) * share,
    }
  }
}

function plus(one: Amount, other: Amount): Amount {
  return { usd: one.usd + other.usd, tokens: one.tokens + other.tokens }
}
