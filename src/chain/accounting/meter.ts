import { HulumanageError } from '../../contract/index.ts'
import type { Bill, Meter, ProviderUpstream, Spent } from '../../chat/provider-call.ts'
import type { AttemptReport, RecoveredStream, RequestCost, Usage } from '../../contract/index.ts'
import { background } from '../../time/background.ts'
import { noCost, unknownCost } from '../../chat/cost.ts'
import { whenDone } from '../../chat/reply.ts'
import { addUsage } from '../../chat/usage.ts'
import { CallBill } from './bill.ts'
import { type Allowance, timeIsUp } from './budget.ts'
import { Spending } from './spending.ts'
import { withTrace } from './trace.ts'

const nothing: Usage = { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 }

interface StepCalls {
  made: number
  failed: number
}

/** Adds up the usage of one client request, and enforces its allowance. */
export class RequestMeter implements Meter {
  readonly #allowance: Allowance
  readonly #onAttempt: ((report: AttemptReport) => void) | undefined
  #calls = 0
  #attempts = 0
  #provider: string | undefined
  #usage: Usage = nothing
  /** Created for the first attempt of a known price: many servers know none. */
  #spending: Spending | undefined
  #unpriced = false
  /** The tokens of attempts without a bill whose answers are not used. */
  #wastedTokens = 0
  /** The calls of approaches, and what of their cost was wasted. */
  #bill: CallBill | undefined
  #partial = false
  #recovered: RecoveredStream[] | undefined
  #skipped: string[] | undefined
  /** Calls of approaches by path. */
  #ofSteps: Map<string, StepCalls> | undefined
  /** The budget that ran out, once a call was refused or the time was up. */
  spent: 'calls' | 'tokens' | 'usd' | 'seconds' | 'client' | undefined

  constructor(allowance: Allowance, onAttempt?: (report: AttemptReport) => void) {
    this.#allowance = allowance
    this.#onAttempt = onAttempt
  }

  get calls(): number {
    return this.#calls
  }

  get attempts(): number {
    return this.#attempts
  }

  get provider(): string | undefined {
    return this.#provider
  }

  get usage(): Usage {
    return this.#usage
  }

  get cost(): RequestCost {
    if (this.#unpriced) return unknownCost
    const cost = this.#spending?.cost ?? noCost
    return this.#bill ? { ...cost, wasted_usd: (cost.wasted_usd ?? 0) + this.#bill.wasted.usd } : cost
  }

  get wastedTokens(): number {
    return this.#wastedTokens + (this.#bill?.wasted.tokens ?? 0)
  }

  get partial(): boolean {
    return this.#partial
  }

  get recovered(): readonly RecoveredStream[] | undefined {
    return this.#recovered
  }

  get skipped(): readonly string[] | undefined {
    return this.#skipped
  }

  get degraded(): string | undefined {
    // Asked several times for each request, of which most have no steps.
    if (!this.#ofSteps) return undefined
    const degraded = [...this.#ofSteps].filter(([, { failed }]) => failed > 0)
    if (degraded.length === 0) return undefined
    return degraded.map(([path, { made, failed }]) => `${path} ${failed}/${made}`).join(', ')
  }

  ask(path: string): void {
    this.#callsAt(path).made++
  }

  leaveOut(path?: string): void {
    this.#partial = true
    if (path !== undefined) this.#callsAt(path).failed++
  }

  #callsAt(path: string): StepCalls {
    this.#ofSteps ??= new Map()
    const calls = this.#ofSteps.get(path) ?? { made: 0, failed: 0 }
    this.#ofSteps.set(path, calls)
    return calls
  }

  /** A check of the client's own budget that notes if it throws. */
  noting(check: () => void): () => void {
    return () => {
      try {
        check()
      } catch (error) {
        this.spent ??= 'client'
        throw error
      }
    }
  }

  call(path: string): void {
    const { calls, tokens, usd, deadline } = this.#allowance
    if (performance.now() >= deadline) {
      this.spent ??= 'seconds'
      throw timeIsUp(this.#allowance)
    }
    if (this.#usage.total_tokens >= tokens) {
      this.spent ??= 'tokens'
      throw exhausted('budget_tokens', `The budget of ${tokens} tokens is used up`, path, 'tokens')
    }
    if (usd !== Infinity && (this.#unpriced || this.cost.usd! >= usd)) {
      this.spent ??= 'usd'
      throw exhausted('budget_usd', usdProblem(usd, this.#unpriced), path, 'usd')
    }
    if (this.#calls >= calls) {
      this.spent ??= 'calls'
      throw exhausted('budget_calls', `The budget of ${calls} model calls is used up`, path, 'calls')
    }
    this.#calls++
  }

  refund(): void {
    this.#calls--
  }

  begin(provider: string): void {
    this.#attempts++
    this.#provider = provider
  }

  answered(provider: string): void {
    this.#provider = provider
  }

  report(report: AttemptReport): void {
    this.#onAttempt?.(report)
  }

  recover(recovered: RecoveredStream): void {
    this.#recovered = [...(this.#recovered ?? []), recovered]
  }

  skipEvent(provider: string): void {
    this.#skipped = [...(this.#skipped ?? []), provider]
  }

  bill(usage: Usage): void {
    this.#usage = this.#usage === nothing ? usage : addUsage(this.#usage, usage)
  }

  spend(spent: Spent, wasted: boolean, bill?: Bill): void {
    if (bill) bill.add(spent, wasted)
    else if (wasted) this.#wastedTokens += spent.tokens
    const { cost } = spent
    if (cost.usd === null) {
      this.#unpriced = true
      return
    }
    this.#spending ??= new Spending()
    this.#spending.add(cost, wasted && !bill)
  }

  openBill(above: Bill | undefined): Bill {
    return (above ?? (this.#bill ??= new CallBill())).open()
  }
}

function exhausted(
  code: 'budget_calls' | 'budget_tokens' | 'budget_usd',
  problem: string,
  path: string,
  field: string,
): HulumanageError {
  const message = `${problem} (at ${path}); raise hulumanage_budget.${field}, or limits.${field} of the server`
  return new HulumanageError(code, message)
}

function usdProblem(usd: number, unpriced: boolean): string {
  if (!unpriced) return `The budget of ${usd} USD is used up`
  return `The budget of ${usd} USD cannot be kept, because a provider without a price was called; set its price, 0 if it is free`
}

/** Counts each call against the request's budget, and bills its usage once the body of the reply has ended. */
export function withMeter(next: ProviderUpstream): ProviderUpstream {
  return async (request, call) => {
    const { meter } = call.request
    call.request.checkModel?.(request.model)
    call.request.checkBudget?.()
    meter.call(call.path)
    const { trace } = call
    const reply = await (trace
      ? withTrace(trace, call.path, inner => next(request, { ...call, trace: inner }), request)
      : next(request, call))
    // The reply of a third-party wrapper may reject `done`, although it must not.
    const billed = whenDone(reply, ({ usage }) => usage && meter.bill(usage))
    if (billed)
      background(billed, call.request.log, 'a reply did not report how it ended', { path: call.path })
    return reply
  }
}
