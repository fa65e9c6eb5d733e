import type { Logger } from 'pino'
import type { Config } from '../../config/schema.ts'
import type { AskScorer, ServedRequest, Source, StreamRecovery } from '../../chat/provider-call.ts'
import type { Answer, ChatRequest, Cost, Operation, ParamsOf, Step } from '../../contract/index.ts'
import { type Allowance, RemainingBudget, timeIsUp } from '../accounting/budget.ts'
import { checkModel } from '../plan/allowed.ts'
import type { FirstDraft } from '../accounting/first-draft.ts'
import { RequestMeter } from '../accounting/meter.ts'
import type { Client } from '../request.ts'
import type { Plan } from '../plan/plan-tree.ts'

/** The parts that the state of a request is made of. */
export interface RequestParts {
  readonly client: Client
  readonly plan: Plan
  /** The configuration the request began with; it keeps it to its end, whatever is reloaded meanwhile. */
  readonly config: Config
  readonly allowance: Allowance
  readonly params: ParamsOf
  readonly source: Source | undefined
  readonly asked: ChatRequest | undefined
  readonly cost: Cost
  readonly operation: Operation | undefined
  readonly streamRecovery: StreamRecovery | undefined
  readonly askScorer: AskScorer | undefined
  /** A random name of the server. */
  readonly server: string
  /** Takes the first draft of an approach; undefined unless the request is recorded. */
  readonly firstDraft: FirstDraft | undefined
}

/** The state of one client request, and its one timer. */
export class ChainRequestState implements ServedRequest {
  readonly client: Client
  readonly plan: Plan
  readonly config: Config
  readonly params: ParamsOf
  readonly source: Source | undefined
  readonly asked: ChatRequest | undefined
  readonly cost: Cost
  readonly operation: Operation | undefined
  readonly streamRecovery: StreamRecovery | undefined
  readonly askScorer: AskScorer | undefined
  readonly server: string
  readonly firstDraft: FirstDraft | undefined
  readonly checkModel: ((model: string) => void) | undefined
  readonly checkBudget: (() => void) | undefined
  readonly meter: RequestMeter
  readonly budget: RemainingBudget
  /** The best answer so far that a wrapper has offered; an approach's own is kept with its run. */
  best: Answer | undefined
  readonly #allowance: Allowance
  #timer: NodeJS.Timeout | undefined
  #reject: (reason: Error) => void = () => {}

  constructor(parts: RequestParts) {
    const { client, plan, config, allowance, params, source, asked, cost, operation, streamRecovery } = parts
    this.client = client
    this.plan = plan
    this.config = config
    this.params = params
    this.source = source
    this.asked = asked
    this.cost = cost
    this.operation = operation
    this.streamRecovery = streamRecovery
    this.askScorer = parts.askScorer
    this.server = parts.server
    this.firstDraft = parts.firstDraft
    const { named } = client
    this.checkModel = named?.models && (called => checkModel(named, called))
    this.meter = new RequestMeter(allowance, client.onAttempt)
    this.checkBudget = client.checkBudget && this.meter.noting(client.checkBudget)
    this.budget = new RemainingBudget(allowance, this.meter)
    this.#allowance = allowance
  }

  get id(): string {
    return this.client.id
  }

  get log(): Logger {
    return this.client.log
  }

  get clientKey(): string | undefined {
    return this.client.clientKey
  }

  get clientHeaders(): Readonly<Record<string, string>> | undefined {
    return this.client.clientHeaders
  }

  get tenant(): string | undefined {
    return this.client.tenant
  }

  get chain(): string {
    return this.plan.text
  }

  get steps(): readonly Step[] {
    return this.plan.steps
  }

  readonly note = (text: string): void => {
    this.client.note(text)
  }

  readonly offer = (answer: Answer): void => {
    this.best = answer
  }

  /**
   * Returns the result of `work`; rejects at the deadline even if `work` ignores its signal. The timer runs until
   * `stopTimer`, since a stream has to end by the deadline as well.
   */
  untilDeadline<T>(work: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#reject = reject
      this.#timer = setTimeout(expire, this.#allowance.deadline - performance.now(), this)
      work().then(resolve, reject)
    })
  }

  /** The answer has begun: a client that waited only for that lets it take its time. */
  begun(): void {
    const afterHead = this.#allowance.patience?.afterHead
    if (afterHead === undefined) return
    clearTimeout(this.#timer)
    this.#timer = setTimeout(expire, afterHead - performance.now(), this)
  }

  readonly stopTimer = (): void => {
    clearTimeout(this.#timer)
  }

  /** Aborts everything, and leaves steps one turn of the event loop to return the best answer so far. */
  expire(): void {
    this.meter.spent ??= 'seconds'
    const error = timeIsUp(this.#allowance)
    this.client.controller.abort(error)
    setImmediate(this.#reject, error)
  }
}

/** A function of the module, so that a timer holds no closure. */
function expire(state: ChainRequestState): void {
  state.expire()
}
