import { collect } from '../../chat/collect.ts'
import { CompleteReply } from '../../chat/reply.ts'
import type { Reply } from '../../contract/index.ts'
import type { AttemptOptions } from '../options.ts'
import { Parts } from './parts.ts'
import type { AttemptOnce } from './parts.ts'
import { PartsReply } from './parts-reply.ts'

/**
 * Makes a call whose service may pause its answer: each part is sent back and continued by the same provider, and all of them
 * are one answer. Resolves and rejects as `attempt` does; `once` makes one attempt.
 */
export async function attemptInParts(options: AttemptOptions, once: AttemptOnce): Promise<Reply> {
  const parts = new Parts(options, once)
  const first = await parts.first()
  if (options.request.stream === true) return new PartsReply(first, parts)
  if (!parts.isPaused) return first
  const whole = await collect(new PartsReply(first, parts)[Symbol.asyncIterator]())
  return new CompleteReply(whole, options.provider.name)
}
