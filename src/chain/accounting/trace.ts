import { toHulumanageError } from '../../contract/index.ts'
import type {
  AttemptReport,
  Done,
  FinishReason,
  Reply,
  ReplyHead,
  Trace,
  Usage,
} from '../../contract/index.ts'

/** A call as a client is told of it in `hulumanage_trace`. Without calls of its own it went to a model. */
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
  readonly choices?: readonly { readonly finish: FinishReason; readonly discarded?: string }[]
  /** The code of what went wrong. */
  readonly error?: string
  /** It was no longer needed. */
  readonly cancelled?: true
  /** Where the first provider that was asked did not answer: all that were. */
  readonly attempts?: readonly { readonly provider: string; readonly outcome: string; readonly ms: number }[]
  readonly calls?: readonly TraceRecord[]
}

/** A call of a request that a client wants to see, and the calls that were made for it. Holds no text of any of them. */
export class CallTrace implements Trace {
  readonly #path: string
  readonly #origin: number
  readonly #startedAt = performance.now()
  readonly #calls: CallTrace[] = []
  readonly #attempts: AttemptReport[] = []
  readonly #discarded = new Map<number, string>()
  #endedAt: number | undefined
  #head: ReplyHead | undefined
  #done: Done | undefined
  #error: string | undefined

  constructor(path = '', origin = performance.now()) {
    this.#path = path
    this.#origin = origin
  }

  open(path: string): CallTrace {
    const call = new CallTrace(path, this.#origin)
    this.#calls.push(call)
    return call
  }

  answered(reply: Reply): void {
    this.#head = reply.head
    reply.done.then(
      how => this.#end(how),
      (error: unknown) => this.failed(error),
    )
  }

  #end(done: Done): void {
    this.#done = done
    if (done.error) this.failed(done.error)
    else this.#endedAt = performance.now()
  }

  failed(error: unknown): void {
    this.#endedAt = performance.now()
    this.#error = toHulumanageError(error).code
  }

  attempted(report: AttemptReport): void {
    this.#attempts.push(report)
  }

  discard(choice: number, why: string): void {
    this.#discarded.set(choice, why)
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
    return !second && areOne(own, first) ? joined(own, first) : { ...own, calls }
  }

  #outcome(): Pick<TraceRecord, 'choices' | 'error' | 'cancelled'> {
    // A client that has gone reads no trace.
    if (this.#error === 'client_closed') return { cancelled: true }
    if (this.#error !== undefined) return { error: this.#error }
    const choices = this.#done?.finish.map((finish, index) => {
      const discarded = this.#discarded.get(index)
      return discarded === undefined ? { finish } : { finish, discarded }
    })
    return choices ? { choices } : {}
  }

  /** What is known of a call that went to a model. */
  #modelCall(): Partial<TraceRecord> {
    const attempts = this.#attempts.map(({ provider, outcome, totalMs }) => ({
      provider,
      outcome,
      ms: Math.round(totalMs),
    }))
    const { provider, model } = this.#head ?? {}
    return {
      ...(provider === undefined ? {} : { provider }),
      ...(model === undefined ? {} : { model }),
      ...(this.#done?.usage ? { usage: this.#done.usage } : {}),
      ...(attempts.length > (this.#head ? 1 : 0) ? { attempts } : {}),
    }
  }
}

/** Makes a call with what comes of it in the trace; `work` gets the place of the calls that are made for it. */
export async function withTrace(
  above: Trace,
  path: string,
  work: (trace: Trace) => Promise<Reply>,
): Promise<Reply> {
  const trace = above.open(path)
  try {
    const reply = await work(trace)
    trace.answered(reply)
    return reply
  } catch (error) {
    trace.failed(error)
    throw error
  }
}

/** Whether a call and the only one that was made for it say the same but for their place. */
function areOne(outer: TraceRecord, inner: TraceRecord): boolean {
  if (outer.error !== inner.error || outer.cancelled !== inner.cancelled) return false
  return !discards(outer) || !discards(inner)
}

function joined(outer: TraceRecord, inner: TraceRecord): TraceRecord {
  const { choices } = discards(outer) ? outer : inner
  return { ...inner, ...outer, path: inner.path, ...(choices ? { choices } : {}) }
}

function discards({ choices }: TraceRecord): boolean {
  return choices?.some(choice => choice.discarded !== undefined) ?? false
}
