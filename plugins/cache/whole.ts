import type { Completion, MeterReading, Reply, ReplyHead } from '../../src/contract/index.ts'
import { withReasoningCount } from '../../src/chat/usage.ts'
import type { SharedAnswer } from './flight.ts'
import { WholeReply } from './replies.ts'

/** A whole answer that has just arrived. */
export interface FreshWhole extends SharedAnswer {
  /** Its JSON, for the store. */
  readonly body: Uint8Array
}

/** A whole answer: exactly as it arrived for the leader, as a cache hit for the other waiters. */
export function freshWhole(reply: Reply, completion: Completion, meter: MeterReading): FreshWhole {
  const { head, wire } = reply
  // The bytes of a single call contain the full usage; several calls need their sum instead.
  const relayed = meter.calls === 1 && wire?.dialect === 'chat' ? wire.body : undefined
  const summed = { ...completion, usage: withReasoningCount(meter.usage) }
  const body = relayed instanceof Uint8Array ? relayed : Buffer.from(JSON.stringify(summed))
  const others = storedWhole(summed, head, body)
  return {
    body,
    reply: waiter =>
      waiter.isLeader ? new WholeReply(completion, { ...head, cache: 'miss' }, wire) : others.reply(waiter),
  }
}

/** A whole answer of an earlier call. */
export function storedWhole(completion: Completion, head: ReplyHead, body: Uint8Array): SharedAnswer {
  const wire = { dialect: 'chat', status: 200, headers: {}, body }
  return { reply: () => new WholeReply(completion, { ...head, cache: 'hit' }, wire) }
}
