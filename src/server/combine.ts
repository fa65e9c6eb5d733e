import { parallelCost } from '../chain/plan/cost.ts'
import type { Runner } from '../chain/run/runner.ts'
import type { ChainRequest, Client, Outcome } from '../chain/request.ts'
import type { MeterReading, RequestCost, Usage } from '../contract/index.ts'
import { mergeCompletions, mergeStreams } from '../chat/merge.ts'
import { CompleteReply } from '../chat/reply.ts'
import { sumCost } from '../chat/cost.ts'
import { sumUsage } from '../chat/usage.ts'

/** Runs the requests that one body contains concurrently, and combines their answers. A failure stops the others. */
export async function runAll(
  runner: Runner,
  requests: readonly [ChainRequest, ...ChainRequest[]],
  client: Client,
): Promise<Outcome> {
  try {
    const outcomes = await Promise.all(requests.map(request => runner.run(request, client)))
    return await combine(outcomes, requests[0])
  } catch (error) {
    client.controller.abort(error)
    throw error
  }
}

async function combine(outcomes: readonly Outcome[], { request }: ChainRequest): Promise<Outcome> {
  // There is an outcome for each request, and at least one request.
  const { approach, trace } = outcomes[0]!
  return {
    reply: await mergeReplies(outcomes, request.stream === true, request.n ?? 1),
    approach,
    meter: new TotalReading(outcomes.map(({ meter }) => meter)),
    cost: outcomes.map(({ cost }) => cost).reduce(parallelCost),
    trace: trace && { records: () => outcomes.flatMap(outcome => outcome.trace?.records() ?? []) },
  }
}

async function mergeReplies(outcomes: readonly Outcome[], stream: boolean, choices: number) {
  if (stream) return mergeStreams(outcomes.map(({ reply }) => ({ reply, choices })))
  return new CompleteReply(
    mergeCompletions(await Promise.all(outcomes.map(({ reply }) => reply.completion()))),
  )
}

/** The sum of several meters, computed when it is read. */
class TotalReading implements MeterReading {
  readonly #meters: readonly MeterReading[]

  constructor(meters: readonly MeterReading[]) {
    this.#meters = meters
  }

  get calls(): number {
    return this.#meters.reduce((total, { calls }) => total + calls, 0)
  }

  get attempts(): number {
    return this.#meters.reduce((total, { attempts }) => total + attempts, 0)
  }

  get provider(): string | undefined {
    return this.#meters.at(-1)?.provider
  }

  get spent(): MeterReading['spent'] {
    return this.#meters.find(({ spent }) => spent !== undefined)?.spent
  }

  get partial(): boolean {
    return this.#meters.some(({ partial }) => partial)
  }

  get degraded(): string | undefined {
    const all = this.#meters.flatMap(({ degraded }) => degraded ?? [])
    return all.length > 0 ? all.join(', ') : undefined
  }

  get cost(): RequestCost {
    return this.#meters.map(({ cost }) => cost).reduce(sumCost)
  }

  get wastedTokens(): number {
    return this.#meters.reduce((total, { wastedTokens = 0 }) => total + wastedTokens, 0)
  }

  get usage(): Usage {
    const none = { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 }
    return this.#meters.map(({ usage }) => usage).reduce((one, other) => sumUsage(one, other) ?? none, none)
  }
}
