import type { Bill } from '../../chat/provider-call.ts'
import type { Reply } from '../../contract/index.ts'

/** A call of an approach, the calls that were made for it, and what they have cost in USD. */
export class CallBill implements Bill {
  readonly #calls: CallBill[] = []
  readonly #discarded = new Set<number>()
  #own = 0
  #ownWasted = 0
  #choices = 1

  open(): CallBill {
    const call = new CallBill()
    this.#calls.push(call)
    return call
  }

  add(usd: number, wasted: boolean): void {
    this.#own += usd
    if (wasted) this.#ownWasted += usd
  }

  answered({ done }: Reply): void {
    // A reply of a third party may reject it; one choice is what most calls ask for.
    done.then(({ finish }) => (this.#choices = Math.max(1, finish.length))).catch(() => {})
  }

  discard(choice: number): void {
    this.#discarded.add(choice)
  }

  get usd(): number {
    return this.#calls.reduce((sum, { usd }) => sum + usd, this.#own)
  }

  /**
   * The part for answers that nobody uses: those of attempts that failed, and an equal share of the rest for each choice
   * that was discarded.
   */
  get wasted(): number {
    const lost = this.#calls.reduce((sum, { wasted }) => sum + wasted, this.#ownWasted)
    const share = Math.min(1, this.#discarded.size / this.#choices)
    return lost + (this.usd - lost) * share
  }
}
