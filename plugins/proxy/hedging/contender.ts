import type { ProviderCall } from '../../../src/chat/provider-call.ts'
import { HulumanageError } from '../../../src/contract/index.ts'
import type { Reply } from '../../../src/contract/index.ts'
import { background } from '../../../src/time/background.ts'
import type { RoutedCall } from '../selection/routed-call.ts'
import type { Selection } from '../selection/selection.ts'

/** Makes an attempt at the selected provider on behalf of a call. */
export type SendAs = (selection: Selection, call: ProviderCall) => Promise<Reply>

/** The result of an attempt: a reply, or the reason for its failure. */
export type Result =
  | { readonly contender: Contender; readonly reply: Reply }
  | { readonly contender: Contender; readonly error: unknown }

/** One of the attempts that race for a call, with a signal of its own. */
export class Contender {
  readonly selection: Selection
  /** Never rejects. */
  readonly result: Promise<Result>
  readonly #call: ProviderCall
  readonly #startedAt = performance.now()
  readonly #controller = new AbortController()

  constructor(selection: Selection, { call }: RoutedCall, send: SendAs) {
    this.selection = selection
    this.#call = call
    const signal = AbortSignal.any([call.signal, this.#controller.signal])
    this.result = send(selection, { ...call, signal }).then(
      reply => ({ contender: this, reply }),
      (error: unknown) => ({ contender: this, error }),
    )
  }

  get name(): string {
    return this.selection.member.name
  }

  /** Milliseconds since its start. */
  get elapsedMs(): number {
    return performance.now() - this.#startedAt
  }

  /** Cancels the attempt, whose answer is no longer needed. */
  lose(winner: string): void {
    const reason = new HulumanageError('outpaced', `the provider "${winner}" answered first`)
    this.#controller.abort(reason)
    background(this.#drop(reason), this.#call.request.log, 'cancelling an outpaced answer failed', {
      provider: this.name,
    })
  }

  /** Cancels an answer that arrived at the same time as the winner's. */
  async #drop(reason: HulumanageError): Promise<void> {
    const result = await this.result
    if ('reply' in result) result.reply.cancel(reason)
  }
}
