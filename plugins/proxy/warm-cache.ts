import type { ServedRequest } from '../../src/chat/provider-call.ts'
import type { AttemptOptions } from '../../src/attempt/options.ts'
import type { Provider } from '../../src/providers/provider.ts'
import { sharedPrefix } from '../../src/providers/spelling/shared-prefix.ts'

/** The prompts that services have in their caches, or soon will, for each request of a client. */
const warming = new WeakMap<ServedRequest, Map<string, Promise<void>>>()

/**
 * Holds a call of an approach back until the service has cached the prompt that it shares with an earlier one. For the first
 * call, returns the function to call when its answer begins; a service caches a prompt no sooner.
 */
export async function warmCache(
  provider: Provider,
  { request, call }: Pick<AttemptOptions, 'request' | 'call'>,
): Promise<(() => void) | undefined> {
  const { asked } = call.request
  const prefix = asked && sharedPrefix(request, asked)
  if (!prefix) return undefined
  const { messages, extended } = prefix
  const length = extended ? messages.length + 1 : messages.length
  // Services read tools before messages, so calls with and without tools share no prefix.
  const key = JSON.stringify([provider.name, request.model, length, request['tools'] != null])
  const prompts = promptsOf(call.request)
  const ready = prompts.get(key)
  if (ready) {
    await untilAborted(ready, call.signal)
    return undefined
  }
  const { promise, resolve } = Promise.withResolvers<void>()
  prompts.set(key, promise)
  return resolve
}

function promptsOf(request: ServedRequest): Map<string, Promise<void>> {
  const present = warming.get(request)
  if (present) return present
  const prompts = new Map<string, Promise<void>>()
  warming.set(request, prompts)
  return prompts
}

/** Waits for a promise; no longer than until the signal aborts. */
async function untilAborted(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  const aborted = Promise.withResolvers<void>()
  const onAbort = () => aborted.resolve()
  signal.addEventListener('abort', onAbort)
  if (signal.aborted) onAbort()
  await Promise.race([promise, aborted.promise])
  signal.removeEventListener('abort', onAbort)
}
