import type { Logger } from 'pino'
import type { Bill, ProviderCall, ProviderUpstream, Trace } from '../../chat/provider-call.ts'
import type {
  Answer,
  Budget,
  CallKind,
  ChatRequest,
  Context,
  ParamsOf,
  Reply,
  Scoring,
} from '../../contract/index.ts'
import { withTrace } from '../accounting/trace.ts'
import { isBudgetError, isReply } from './step-result.ts'
import { helperRequest, withoutStreamOptions } from './helper-request.ts'
import { ownerOf } from './owner.ts'
import { scorerOf } from './scoring.ts'
import { largestWindow } from '../../config/sections/model-patterns.ts'
import { Scope } from './scope.ts'

/** The state of one run of an approach. */
export interface Progress {
  /** The request that the step received. */
  readonly given: ChatRequest
  /** The upstream of the step's calls. */
  readonly below: ProviderUpstream
  /** The model of the latest reply, as the provider named it. */
  model: string
  /** Whether the step has requested several choices in one call. */
  several: boolean
  /** The best answer so far. */
  offered: Answer | undefined
}

/** The bills of replies. */
const bills = new WeakMap<Reply, Bill>()
/** The trace nodes of replies, in requests that are traced. */
const traces = new WeakMap<Reply, Trace>()

/** The context of one run, or of a span in it. Its functions may be destructured. */
export class StepContext implements Context {
  readonly #progress: Progress
  readonly #call: ProviderCall
  #log: Logger | undefined

  constructor(progress: Progress, call: ProviderCall) {
    this.#progress = progress
    this.#call = call
  }

  get signal(): AbortSignal {
    return this.#call.signal
  }

  get budget(): Budget {
    return this.#call.request.budget
  }

  get log(): Logger {
    return (this.#log ??= this.#call.request.log.child({ path: this.#call.path }))
  }

  get owner(): string {
    return ownerOf(this.#call.request)
  }

  readonly paramsOf: ParamsOf = step => this.#call.request.params(step)

  readonly contextWindow = (model: string): number | undefined =>
    largestWindow(this.#call.request.config.providers, model)

  readonly scorer = (name: string): Scoring => scorerOf(this.#call.request, name, this.signal)

  readonly complete = async (
    request: ChatRequest,
    { kind = 'candidate' }: { readonly kind?: CallKind } = {},
  ): Promise<Reply> => {
    if (!Array.isArray(request?.messages)) {
      throw new TypeError('complete takes a request: an object with model and messages')
    }
    this.signal.throwIfAborted()
    const { given, below } = this.#progress
    const outgoing = kind === 'helper' ? helperRequest(request, given) : withoutStreamOptions(request)
    if ((outgoing.n ?? 1) > 1) this.#progress.several = true
    const { trace, path } = this.#call
    const { meter } = this.#call.request
    meter.ask(path)
    const bill = meter.openBill(this.#call.bill)
    const call = { ...this.#call, bill }
    try {
      const reply = await (trace ? this.#callTraced(outgoing, call, trace) : below(outgoing, call))
      bill.answered(reply)
      bills.set(reply, bill)
      if (kind === 'candidate') this.#call.request.firstDraft?.take(reply)
      this.#progress.model = reply.head.model
      return reply
    } catch (error) {
      // Whatever the step does with its other calls, the answer is worse than it could be.
      // A spent budget is reported as such.
      if (!this.signal.aborted) meter.leaveOut(isBudgetError(error) ? undefined : path)
      throw error
    }
  }

  async #callTraced(request: ChatRequest, call: ProviderCall, above: Trace): Promise<Reply> {
    const { below } = this.#progress
    let node = above
    const reply = await withTrace(above, call.path, trace => {
      node = trace
      return below(request, { ...call, trace })
    })
    traces.set(reply, node)
    return reply
  }

  readonly span = async <T>(name: string, work: (inner: Context) => Promise<T>): Promise<T> => {
    const { path, request, trace, bill } = this.#call
    const scope = new Scope(this.signal)
    const call = { signal: scope.signal, path: `${path}.${name}`, request, trace, bill }
    const inner = new StepContext(this.#progress, call)
    try {
      const result = await work(inner)
      if (isReply(result)) scope.closeWith(result)
      else scope.close()
      return result
    } catch (error) {
      scope.close()
      throw error
    }
  }

  readonly offer = (answer: Answer): void => {
    this.#progress.offered = answer
  }

  readonly note = (text: string): void => {
    this.#call.request.note(text)
  }

  readonly degrade = (part: string): void => {
    const { path, request } = this.#call
    this.log.warn(`${part} is not available; continuing without it`)
    request.meter.ask(`${path}.${part}`)
    request.meter.leaveOut(`${path}.${part}`)
  }

  readonly discard = (reply: Reply, why: string, choice = 0): void => {
    bills.get(reply)?.discard(choice)
    traces.get(reply)?.discard(choice, why)
  }
}
