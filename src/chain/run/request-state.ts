import type { Logger } from 'pino'
import type { Answer, Budget, Operation, RequestState, Source, Step } from '../../contract/index.ts'
import { type Allowance, RemainingBudget, timeIsUp } from '../accounting/budget.ts'
import { RequestMeter } from '../accounting/meter.ts'
import type { ClientSide } from '../request.ts'
import type { Plan } from '../plan/plan-tree.ts'

/** The state of one client request, and its one timer. */
export class RequestRun implements RequestState {
  readonly id: string
  readonly log: Logger
  readonly budget: Budget
  readonly meter: RequestMeter
  readonly source: Source | undefined
  readonly operation: Operation | undefined
  readonly clientKey: string | undefined
  readonly tenant: string | undefined
  readonly chain: string
  readonly steps: readonly Step[]
  readonly params: (step: Step) => unknown
  readonly note: (text: string) => void
  /** The best answer so far of a wrapper; an approach's own is kept with its run. */
  best: Answer | undefined
  readonly #allowance: Allowance
  readonly #controller: AbortController
  #timer: NodeJS.Timeout | undefined
  #reject: (reason: Error) => void = () => {}

  constructor(
    client: ClientSide,
    plan: Plan,
    allowance: Allowance,
    params: (step: Step) => unknown,
    source: Source | undefined,
    operation?: Operation,
  ) {
    this.id = client.id
    this.log = client.log
    this.clientKey = client.clientKey
    this.tenant = client.tenant
    this.chain = plan.text
    this.steps = plan.steps
    this.note = client.note
    this.meter = new RequestMeter(allowance, client.onAttempt)
    this.budget = new RemainingBudget(allowance, this.meter)
    this.params = params
    this.source = source
    this.operation = operation
    this.#allowance = allowance
    this.#controller = client.controller
  }

  readonly offer = (answer: Answer): void => {
    this.best = answer
  }

  /** What `work` gives; rejects at the deadline even where `work` ignores its signal. The timer runs until `stop`. */
  untilDeadline<T>(work: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#reject = reject
      this.#timer = setTimeout(expire, this.#allowance.deadline - performance.now(), this)
      work().then(resolve, reject)
    })
  }

  readonly stop = (): void => {
    clearTimeout(this.#timer)
  }

  /** Aborts everything, and leaves steps one turn to hand back the best answer so far. */
  expire(): void {
    this.meter.spent ??= 'seconds'
    const error = timeIsUp(this.#allowance.timeCode)
    this.#controller.abort(error)
    setImmediate(this.#reject, error)
  }
}

function expire(run: RequestRun): void {
  run.expire()
}
