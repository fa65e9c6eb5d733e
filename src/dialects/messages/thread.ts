import { HulumanageError } from '../../contract/index.ts'

/**
 * Refuses a conversation that Anthropic's servers should keep, as they refuse it to those who may not use threads: an SDK
 * that reads these details sends the whole conversation instead. Answering would be wrong, since the history is missing.
 */
export function refuseThread(thread: unknown): void {
  if (thread == null) return
  const message = 'thread: not supported here; send the whole conversation as messages'
  const details = { error_code: 'thread_unsupported_request', unsupported: ['thread'] }
  throw new HulumanageError('invalid_value', message, {
    param: 'thread',
    upstream: { message, type: 'invalid_request_error', param: 'thread', code: 'invalid_value', details },
  })
}
