import type { EndedAttempt } from '../../../chain/accounting/trace.ts'
import type { RecordedRun, RunRecorder } from '../../../chain/request.ts'
import type { AttemptReport } from '../../../contract/index.ts'
import type { Value } from '../../../ledger/columns.ts'
import type { Entry } from '../../../ledger/ledger.ts'
import type { TextStore } from '../../../ledger/texts/texts.ts'
import { encodeRecord } from './encode.ts'
import { recordedTexts } from './recorded-texts.ts'
import type { TextsOfCall } from './recorded-texts.ts'
import type { EndedExchange, RequestEnd } from './request-end.ts'

/** Characters of a key's digest that name its client. */
const digestLength = 8

/**
 * The facts that the ledger keeps of one request, collected while it runs and encoded later, with others, after its
 * answer is sent.
 */
export class RequestRecord implements RunRecorder, Entry {
  readonly runs: RecordedRun[] = []
  /** The attempts of all runs; those of an approach are also in its trace. */
  readonly attempts: EndedAttempt[] = []
  /** Decides once whether the texts are kept; undefined while none may be. */
  readonly keepsTexts: ((asked: boolean) => boolean) | undefined
  readonly #texts: TextStore | undefined
  /** Whether the ledger keeps the texts; traces may have them although it does not. */
  #isKept: boolean | undefined
  #end: RequestEnd | undefined

  /** `isTraced`: the texts are wanted for a trace, whether the ledger keeps them or not. */
  constructor(texts?: TextStore, isTraced = false) {
    this.#texts = texts
    if (texts || isTraced) this.keepsTexts = asked => this.#isKeptIf(asked) || (isTraced && !asked)
  }

  /** Of several prompts in one request, all are kept or none. */
  #isKeptIf(asked: boolean): boolean {
    return (this.#isKept ??= this.#texts?.keeps(asked) ?? false)
  }

  began(run: RecordedRun): void {
    this.runs.push(run)
  }

  attempted(report: AttemptReport): void {
    this.attempts.push({ report, endedAt: performance.now() })
  }

  /** Takes the facts of the end, without a hold on the connection. */
  ended(exchange: EndedExchange): void {
    const { id, startedAt, answeredAt, route, status, failure, model, outcome, cost } = exchange
    const ms = performance.now() - startedAt
    const head = outcome?.reply.head
    this.#end = {
      id,
      at: Math.round(Date.now() - ms),
      startedAt,
      ms: Math.round(ms),
      firstMs: answeredAt === 0 ? null : Math.round(answeredAt - startedAt),
      route,
      status,
      code: failure ?? null,
      client: nameOfClient(exchange),
      asked: model ?? null,
      served: head?.model ?? null,
      cache: head?.cache ?? null,
      cost,
    }
  }

  encode(values: Value[]): void {
    if (!this.#end) return
    if (this.#texts && this.#isKept && this.runs.some(run => run.texts))
      this.#encodeWithTexts(this.#end, this.#texts, values)
    else encodeRecord(this.#end, this, values)
  }

  #encodeWithTexts(end: RequestEnd, texts: TextStore, values: Value[]): void {
    const ofCalls: TextsOfCall[] = []
    encodeRecord(end, this, values, ofCalls)
    texts.record(recordedTexts(end, this.runs, ofCalls, texts.characters))
  }
}

/** The name of a client, or one made of the digest of its key; null if no key is required. */
export function nameOfClient({ named, tenant }: Pick<EndedExchange, 'named' | 'tenant'>): string | null {
  if (named) return named.name
  return tenant === undefined ? null : `key-${tenant.slice(0, digestLength)}`
}
