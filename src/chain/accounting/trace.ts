import { toHulumanageError } from '../../contract/index.ts'
import type {
  AttemptCost,
  AttemptReport,
  ChatRequest,
  FinishReason,
  Reply,
  ReplyEnd,
  ReplyHead,
  RequestCost,
  Usage,
} from '../../contract/index.ts'
import { shownCost } from '../../chat/cost.ts'
import type { Trace } from '../../chat/provider-call.ts'
import { CallTexts } from '../texts/call-texts.ts'
import { Spending } from './spending.ts'

/** A call in `hulumanage_trace`. One without calls of its own went to a model. */
export interface TraceRecord {
  /** The steps and spans above the call, such as `proxy.bon.grade`. */
  readonly path: string
  /** Milliseconds from the start of the request. */
  readonly start_ms: number
  /** Milliseconds to the end of the answer's body. */
  readonly ms: number
  readonly provider?: string
  readonly model?: string
  readonly usage?: Usage
  /** Absent if a price is unknown. */
  readonly cost?: Partial<RequestCost>
  readonly choices?: readonly { readonly finish: FinishReason; readonly discarded?: string }[]
  /** The code of the error, if the call failed. */
  readonly error?: string
  /** Set if the call was no longer needed. */
  readonly cancelled?: true
  /** The attempts at providers, unless the first one answered all that was sent. */
  readonly attempts?: readonly TracedAttempt[]
  readonly calls?: readonly TraceRecord[]
}

interface TracedAttempt extends Pick<AttemptReport, 'provider' | 'outcome' | 'recovery'> {
  readonly ms: number
  /** Set if it was made beside an attempt that was slow to begin. */
  readonly hedge?: true
  /** The fields that the provider refused, so that the call was repeated without them. */
  readonly left_out?: readonly string[]
}

/** The facts about a traced call, as they are known so far. Times are of `performance.now()`. */
export interface CallFacts {
  readonly path: string
  readonly startedAt: number
  /** Undefined while the call runs. */
  readonly endedAt: number | undefined
  readonly done: ReplyEnd | undefined
  /** The code of the error, if the call failed. */
  readonly error: string | undefined
  /** Why choices of the answer are not used, by their index. */
  readonly discarded: ReadonlyMap<number, string>
  readonly attempts: readonly EndedAttempt[]
  readonly calls: readonly CallFacts[]
  /** The prompt and the answer, if they are kept and the call went to a model. */
  readonly texts?: CallTexts | undefined
}

/** An attempt at a provider, and when it ended. */
export interface EndedAttempt {
  readonly report: AttemptReport
  readonly endedAt: number
}

/** A call of a request that is traced, and the calls that were made for it. It holds texts only if `keepsTexts`. */
export class CallTrace implements Trace {
  readonly #path: string
  readonly #origin: number
  readonly #startedAt = performance.now()
  readonly #calls: CallTrace[] = []
  readonly #spending = new Spending()
  readonly #attempts: EndedAttempt[] = []
  readonly #discarded = new Map<number, string>()
  readonly #keepsTexts: boolean
  #texts: CallTexts | undefined
  #endedAt: number | undefined
  #head: ReplyHead | undefined
  #done: ReplyEnd | undefined
  #error: string | undefined

  constructor(path = '', origin = performance.now(), keepsTexts = false) {
    this.#path = path
    this.#origin = origin
    this.#keepsTexts = keepsTexts
  }

  open(path: string): CallTrace {
    const call = new CallTrace(path, this.#origin, this.#keepsTexts)
    this.#calls.push(call)
    return call
  }

  keepTexts(request: ChatRequest): ((reply: Reply) => Reply) | undefined {
    if (!this.#keepsTexts) return undefined
    const texts = (this.#texts = new CallTexts(request))
    return reply => texts.watch(reply)
  }

  answered(reply: Reply): void {
    this.#head = reply.head
    reply.done.then(how => this.#end(how)).catch((error: unknown) => this.failed(error))
  }

  #end(done: ReplyEnd): void {
    this.#done = done
    if (done.error) this.failed(done.error)
    else this.#endedAt = performance.now()
  }

  failed(error: unknown): void {
    this.#endedAt = performance.now()
    this.#error = toHulumanageError(error).code
  }

  attempted(report: AttemptReport): void {
    this.#attempts.push({ report, endedAt: performance.now() })
  }

  spent(cost: AttemptCost, wasted: boolean): void {
    this.#spending.add(cost, wasted)
  }

  discard(choice: number, why: string): void {
    this.#discarded.set(choice, why)
  }

  /** The call itself, for the ledger. */
  facts(): CallFacts {
    return {
      path: this.#path,
      startedAt: this.#startedAt,
      endedAt: this.#endedAt,
      done: this.#done,
      error: this.#error,
      discarded: this.#discarded,
      attempts: this.#attempts,
      calls: this.#calls.map(call => call.facts()),
      texts: this.#texts,
    }
  }

  /** The calls that were made for this one. */
  records(): TraceRecord[] {
    return this.#calls.map(call => call.#record())
  }

  #record(): TraceRecord {
    const end = this.#endedAt ?? performance.now()
    const own: TraceRecord = {
      path: this.#path,
      start_ms: Math.round(this.#startedAt - this.#origin),
      ms: Math.round(end - this.#startedAt),
      ...this.#outcome(),
    }
    const calls = this.records()
    const [first, second] = calls
    if (!first) return { ...own, ...this.#modelCall() }
    return !second && areSame(own, first) ? join(own, first) : { ...own, calls }
  }

  #outcome(): Pick<TraceRecord, 'choices' | 'error' | 'cancelled'> {
    // Nobody reads the trace of a client that disconnected, so this is a call that a step cancelled.
    if (this.#error === 'client_closed') return { cancelled: true }
    if (this.#error !== undefined) return { error: this.#error }
    const choices = this.#done?.finish.map((finish, index) => {
      const discarded = this.#discarded.get(index)
      return discarded === undefined ? { finish } : { finish, discarded }
    })
    return choices ? { choices } : {}
  }

  /** The facts about a call that went to a model. */
  #modelCall(): Partial<TraceRecord> {
    const attempts = this.#attempts.map(({ report }) => tracedAttempt(report))
    const { provider, model } = this.#head ?? {}
    const cost = this.#spending.isEmpty ? undefined : shownCost(this.#spending.cost)
    return {
      ...(provider === undefined ? {} : { provider }),
      ...(model === undefined ? {} : { model }),
      ...(this.#done?.usage ? { usage: this.#done.usage } : {}),
      ...(cost && { cost }),
      ...(attempts.length > (this.#head ? 1 : 0) || attempts.some(({ left_out: fields }) => fields)
        ? { attempts }
        : {}),
    }
  }
}

/**
 * Records a call and its result in the trace. `work` gets the node to which its own calls are added. `request`: that of a call
 * to a model, which may be kept.
 */
export async function withTrace(
  above: Trace,
  path: string,
  work: (trace: Trace) => Promise<Reply>,
  request?: ChatRequest,
): Promise<Reply> {
  const trace = above.open(path)
  const watch = request && trace.keepTexts(request)
  try {
    const reply = await work(trace)
    trace.answered(reply)
    return watch ? watch(reply) : reply
  } catch (error) {
    trace.failed(error)
    throw error
  }
}

function tracedAttempt({
  provider,
  outcome,
  totalMs,
  recovery,
  reason,
  leftOut,
}: AttemptReport): TracedAttempt {
  return {
    provider,
    outcome,
    ms: Math.round(totalMs),
    ...(recovery && { recovery }),
    ...(reason === 'hedge' && { hedge: true as const }),
    ...(leftOut && { left_out: leftOut }),
  }
}

/** Whether a call and the only call that was made for it differ in nothing but their path. */
function areSame(outer: TraceRecord, inner: TraceRecord): boolean {
  if (outer.error !== inner.error || outer.cancelled !== inner.cancelled) return false
  return !hasDiscarded(outer) || !hasDiscarded(inner)
}

function join(outer: TraceRecord, inner: TraceRecord): TraceRecord {
  const { choices } = hasDiscarded(outer) ? outer : inner
  return { ...inner, ...outer, path: inner.path, ...(choices ? { choices } : {}) }
}

function hasDiscarded({ choices }: TraceRecord): boolean {
  return choices?.some(choice => choice.discarded !== undefined) ?? false
}
