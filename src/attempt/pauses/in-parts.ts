import type { Reply } from '../../contract/index.ts'
import { sentFor } from '../options.ts'
import type { AttemptOptions } from '../options.ts'
import type { AttemptOnce } from './parts.ts'
import { loadedOnce } from '../../time/loaded-once.ts'

const loadParts = loadedOnce(() => import('./attempt-in-parts.ts'))

/** Makes an attempt; in several parts if the service may pause its answer, and its client cannot continue it. */
export function inParts(options: AttemptOptions, once: AttemptOnce): Promise<Reply> {
  const { provider, request } = options
  const { mayPause } = provider.translation ?? {}
  if (!mayPause?.(request) || sentFor(options).way.relayed) return once(options)
  return loadParts().then(({ attemptInParts }) => attemptInParts(options, once))
}
