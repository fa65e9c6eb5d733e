import { toHulumanageError } from '../../contract/index.ts'
import type { ChatRequest, HulumanageError, Reply } from '../../contract/index.ts'
import type { ProviderCall } from '../../chat/provider-call.ts'
import { limitChoices } from '../../chat/transform-reply.ts'
import { mergeCompletions, mergeStreams, type Part } from '../../chat/merge.ts'
import { CompleteReply } from '../../chat/reply.ts'

/**
 * Runs all branches concurrently. The answer has their choices in the order of the branches, at most `limit`. Failed
 * branches are left out; if all fail, the first error is thrown. A stream starts when each branch has started or failed,
 * and fails if a branch fails later.
 */
export async function runParallel(
  branches: readonly (() => Promise<Part>)[],
  request: ChatRequest,
  call: ProviderCall,
  limit: number,
): Promise<Reply> {
  if (request.stream) {
    return mergeParts(succeeded(await Promise.allSettled(branches.map(branch => branch())), call), limit)
  }
  const wholes = succeeded(await Promise.allSettled(branches.map(readWhole)), call)
  const whole = mergeCompletions(wholes.map(({ completion }) => completion))
  const providers = new Set(wholes.map(({ provider }) => provider))
  return new CompleteReply(
    { ...whole, choices: whole.choices.slice(0, limit) },
    providers.size === 1 ? [...providers][0] : undefined,
  )
}

async function readWhole(branch: () => Promise<Part>) {
  const { reply } = await branch()
  return { completion: await reply.completion(), provider: reply.head.provider }
}

function mergeParts(parts: readonly Part[], limit: number): Reply {
  let choices = 0
  const used: Part[] = []
  for (const part of parts) {
    if (choices < limit) used.push(part)
    else part.reply.cancel()
    choices += part.choices
  }
  const reply = used.length === 1 ? used[0]!.reply : mergeStreams(used)
  return choices > limit ? limitChoices(reply, limit) : reply
}

/** The values of the branches that succeeded, with a warning for each failure; throws if all failed. */
function succeeded<T>(results: readonly PromiseSettledResult<T>[], call: ProviderCall): T[] {
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
