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
  const isList = completion.object === 'list'
  const relayed = meter.calls === 1 && wire?.dialect === dialectOf(completion) ? wire.body : undefined
  const summed = { ...completion, usage: isList ? meter.usage : withReasoningCount(meter.usage) }
  const body =
    relayed instanceof Uint8Array ? relayed : Buffer.from(JSON.stringify(isList ? listOf(summed) : summed))
  const others = storedWhole(summed, head, body)
  return {
    body,
    reply: waiter =>
      waiter.isLeader ? new WholeReply(completion, { ...head, cache: 'miss' }, wire) : others.reply(waiter),
  }
}

/** A whole answer of an earlier call. */
export function storedWhole(completion: Completion, head: ReplyHead, body: Uint8Array): SharedAnswer {
  const wire = { dialect: dialectOf(completion), status: 200, headers: {}, body }
  return { reply: () => new WholeReply(completion, { ...head, cache: 'hit' }, wire) }
}

/** The dialect of the bytes that an answer is kept in: embeddings are a list. */
function dialectOf({ object }: Completion): 'chat' | 'embeddings' {
  return object === 'list' ? 'embeddings' : 'chat'
}

/** Embeddings as their clients read them. */
function listOf({ data, model, usage }: Completion): object {
  const { prompt_tokens = 0, total_tokens = 0 } = usage ?? {}
  return { object: 'list', data, model, usage: { prompt_tokens, total_tokens } }
}
