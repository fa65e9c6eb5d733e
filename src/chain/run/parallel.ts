import { toHulumanageError } from '../../contract/index.ts'
import type { Call, ChatRequest, HulumanageError, Reply } from '../../contract/index.ts'
import { limitChoices } from '../../chat/transform-reply.ts'
import { mergeCompletions, mergeStreams, type Part } from '../../chat/merge.ts'
import { CompleteReply } from '../../chat/reply.ts'

/**
 * Runs all branches at once and answers with their choices in the order of the branches, `most` of them. A branch that
 * fails is left out; where all fail, the first one's error is thrown. A stream starts when each branch has started or
 * failed, and breaks off where one of them breaks off later.
 */
export async function sideBySide(
  branches: readonly (() => Promise<Part>)[],
  request: ChatRequest,
  call: Call,
  most: number,
): Promise<Reply> {
  if (request.stream) {
    return merged(succeeded(await Promise.allSettled(branches.map(branch => branch())), call), most)
  }
  const wholes = succeeded(await Promise.allSettled(branches.map(read)), call)
  const whole = mergeCompletions(wholes.map(({ completion }) => completion))
  const providers = new Set(wholes.map(({ provider }) => provider))
  return new CompleteReply(
    { ...whole, choices: whole.choices.slice(0, most) },
    providers.size === 1 ? [...providers][0] : undefined,
  )
}

async function read(branch: () => Promise<Part>) {
  const { reply } = await branch()
  return { completion: await reply.completion(), provider: reply.head.provider }
}

function merged(parts: readonly Part[], most: number): Reply {
  let choices = 0
  const used: Part[] = []
  for (const part of parts) {
    if (choices < most) used.push(part)
    else part.reply.cancel()
    choices += part.choices
  }
  const reply = used.length === 1 ? used[0]!.reply : mergeStreams(used)
  return choices > most ? limitChoices(reply, most) : reply
}

/** The values of what went well, and a warning for each failure; throws where nothing did. */
function succeeded<T>(results: readonly PromiseSettledResult<T>[], call: Call): T[] {
  const failures = results
    .filter(result => result.status === 'rejected')
    .map(result => result.reason as unknown)
  if (failures.length === results.length) throw allFailed(failures)
  for (const failure of failures) {
    call.request.meter.leaveOut()
    call.request.log.warn({ err: failure, path: call.path }, 'a branch failed and is left out')
  }
  return results.flatMap(result => (result.status === 'fulfilled' ? [result.value] : []))
}

/** The first failure, with all of them as its cause. */
function allFailed(failures: readonly unknown[]): HulumanageError {
  const first = toHulumanageError(failures[0])
  if (failures.length === 1) return first
  return first.with({ cause: new AggregateError(failures, `All ${failures.length} branches failed`) })
}
