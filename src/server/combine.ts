import type { Runner } from '../chain/run/runner.ts'
import type { Asked, ClientSide, Outcome } from '../chain/request.ts'
import type { Usage } from '../contract/index.ts'
import { mergeCompletions, mergeStreams } from '../chat/merge.ts'
import { CompleteReply } from '../chat/reply.ts'
import { sumUsage } from '../chat/usage.ts'
import type { Answered, Tally } from './answer-headers.ts'

/** Runs all that a request asks, side by side where it is several, as one answer. One that fails stops the others. */
export async function runAll(
  runner: Runner,
  asked: readonly [Asked, ...Asked[]],
  client: ClientSide,
): Promise<Answered> {
  if (asked.length === 1) return await runner.run(asked[0], client)
  try {
    const outcomes = await Promise.all(asked.map(one => runner.run(one, client)))
    return await combine(outcomes, asked[0])
  } catch (error) {
    client.controller.abort(error)
    throw error
  }
}

async function combine(outcomes: readonly Outcome[], { request }: Asked): Promise<Answered> {
  // One outcome for each thing asked, and at least one was.
  const { approach } = outcomes[0]!
  const meter = new CombinedTally(outcomes.map(outcome => outcome.meter))
  const reply = request.stream
    ? mergeStreams(outcomes.map(outcome => ({ reply: outcome.reply, choices: request.n ?? 1 })))
    : new CompleteReply(
        mergeCompletions(await Promise.all(outcomes.map(outcome => outcome.reply.completion()))),
      )
  const trace = outcomes[0]!.trace && {
    records: () => outcomes.flatMap(outcome => outcome.trace?.records() ?? []),
  }
  return { reply, approach, meter, trace }
}

/** The sum over all answers; read when it is told. */
class CombinedTally implements Tally {
  readonly #tallies: readonly Tally[]

  constructor(tallies: readonly Tally[]) {
    this.#tallies = tallies
  }

  get calls(): number {
    return this.#tallies.reduce((total, tally) => total + tally.calls, 0)
  }

  get attempts(): number {
    return this.#tallies.reduce((total, tally) => total + tally.attempts, 0)
  }

  get provider(): string | undefined {
    return this.#tallies.at(-1)?.provider
  }

  get spent(): Tally['spent'] {
    return this.#tallies.find(tally => tally.spent !== undefined)?.spent
  }

  get usage(): Usage {
    const none = { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 }
    return this.#tallies.map(tally => tally.usage).reduce((one, other) => sumUsage(one, other) ?? none, none)
  }
}
