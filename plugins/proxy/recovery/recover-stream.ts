import { recover } from '../../../src/attempt/recovery/recover.ts'
import type { BrokenStream } from '../../../src/attempt/recovery/recovery.ts'
import type { StreamRecovery } from '../../../src/chat/provider-call.ts'
import type { Chunk } from '../../../src/contract/index.ts'
import { fallbacksOf } from '../fallback-models.ts'
import type { Member } from '../pool/member.ts'
import type { Balancer } from '../selection/balancer.ts'
import type { RoutedCall } from '../selection/routed-call.ts'
import { ProxySuccessors } from './proxy-successors.ts'
import type { SendTo } from './proxy-successors.ts'

/** The surroundings of a stream of the proxy. */
export interface StreamOfProxy {
  readonly balancer: Balancer
  readonly routed: RoutedCall
  /** The provider that streamed. */
  readonly member: Member
  readonly mode: StreamRecovery
  readonly sendTo: SendTo
}

/** Yields the rest of a stream that a provider broke off, from other providers of the proxy. */
export function recoverStream(
  broken: BrokenStream,
  { balancer, routed, member, mode, sendTo }: StreamOfProxy,
): AsyncGenerator<Chunk, void> {
  // The reader of the stream may leave while its client stays, and choices are counted for the first attempt alone.
  const signal = AbortSignal.any([routed.call.signal, broken.signal])
  routed.call = { ...routed.call, signal, requestFor: undefined }
  const fallbacks = fallbacksOf(routed.call.request, 'any', routed.model)
  const successors = new ProxySuccessors({ balancer, routed, sendTo, broke: member, fallbacks })
  return recover(broken, { mode, call: routed.call, successors })
}
