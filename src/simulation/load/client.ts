import type { Logger } from 'pino'
import type { CallFacts } from '../../chain/accounting/trace.ts'
import type { ChainRequest, Client, Outcome, RecordedRun, RunRecorder } from '../../chain/request.ts'
import type { Runner } from '../../chain/run/runner.ts'
import { toHulumanageError } from '../../contract/index.ts'
import type { AttemptReport } from '../../contract/index.ts'
import type { Tally } from '../figures/tally.ts'

/** The parts that all clients of a simulation share. */
export interface Surroundings {
  readonly runner: Runner
  readonly log: Logger
  readonly tally: Tally
}

const note = (): void => {}

/** A client that sends one request, reads its answer to the end, and has it counted. */
export class SimulatedClient implements Client {
  readonly id: string
  readonly log: Logger
  readonly controller = new AbortController()
  readonly note = note
  readonly #runner: Runner
  readonly #tally: Tally
  readonly #begunAt = performance.now()
  /** When the first attempt of a plain call was sent. */
  #sentAt: number | undefined
  #run: RecordedRun | undefined

  /** `number`: that of the request, from which its id is made. */
  constructor(number: number, { runner, log, tally }: Surroundings) {
    this.id = `simulated-${number}`
    this.#runner = runner
    this.log = log
    this.#tally = tally
  }

  readonly record: RunRecorder = { began: run => (this.#run = run) }

  readonly onAttempt = (report: AttemptReport): void => {
    const sentAt = performance.now() - report.totalMs
    if (this.#sentAt === undefined || sentAt < this.#sentAt) this.#sentAt = sentAt
    this.#tally.attempt(report)
  }

  /** Sends a request. Resolves when its answer has ended; never rejects. */
  async send(request: ChainRequest): Promise<void> {
    this.#tally.begin()
    let answeredAt: number | undefined
    let failure: string | undefined
    try {
      const outcome = await this.#runner.run(request, this)
      answeredAt = performance.now()
      await readAll(outcome)
    } catch (error) {
      failure = toHulumanageError(error).code
    }
    const totalMs = performance.now() - this.#begunAt
    for (const wait of this.#waits(totalMs)) this.#tally.waitMs.add(exactMs(wait))
    const firstMs = (answeredAt ?? 0) - this.#begunAt
    this.#tally.end({ failure, firstMs, totalMs, meter: this.#run?.meter })
  }

  /** How long each call waited before it was sent, or given up. */
  #waits(totalMs: number): readonly number[] {
    const trace = this.#run?.trace
    if (trace) return trace.facts().calls.flatMap(waitsIn)
    return [this.#sentAt === undefined ? totalMs : this.#sentAt - this.#begunAt]
  }
}

/** Differences of large times are off in their last digits, and no call waits for that: whole microseconds are exact. */
function exactMs(milliseconds: number): number {
  return Math.max(0, Math.round(milliseconds * 1000) / 1000)
}

/** The waits of a call, or of those that were made for it. */
function waitsIn({ calls, attempts, startedAt, endedAt, error }: CallFacts): readonly number[] {
  if (calls.length > 0) return calls.flatMap(waitsIn)
  const sentAt = attempts.map(({ report, endedAt: end }) => end - report.totalMs)
  if (sentAt.length > 0) return [Math.min(...sentAt) - startedAt]
  return error !== undefined && endedAt !== undefined ? [endedAt - startedAt] : []
}

/** Reads an answer to its end, as the server does: relayed events as text, anything else as it is written. Throws what ends it early. */
async function readAll({ reply }: Outcome): Promise<void> {
  const body = reply.wire?.body
  if (body instanceof Uint8Array) return
  if (body) for await (const _frames of body);
  else await reply.completion()
  const { error } = await reply.done
  if (error) throw error
}
