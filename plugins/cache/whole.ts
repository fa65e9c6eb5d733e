import type { Completion, Meter, Reply, ReplyHead } from '../../src/contract/index.ts'
import type { Landing } from './flight.ts'
import { WholeReply } from './replies.ts'

/** A whole answer that has just come. */
export interface FreshWhole extends Landing {
  /** Its JSON, for the store. */
  readonly body: Uint8Array
}

/** A whole answer for the one who asked first, as it came, and for others. */
export function freshWhole(reply: Reply, completion: Completion, meter: Meter): FreshWhole {
  const { head, wire } = reply
  // The bytes of the only call tell the whole usage; of several calls it is the sum that counts.
  const relayed = meter.calls === 1 && wire?.dialect === 'chat' ? wire.body : undefined
  const summed = { ...completion, usage: meter.usage }
  const body = relayed instanceof Uint8Array ? relayed : Buffer.from(JSON.stringify(summed))
  const others = storedWhole(summed, head, body)
  return {
    body,
    reply: seat =>
      seat.leads ? new WholeReply(completion, { ...head, cache: 'miss' }, wire) : others.reply(seat),
  }
}

/** A whole answer of an earlier call. */
export function storedWhole(completion: Completion, head: ReplyHead, body: Uint8Array): Landing {
  const wire = { dialect: 'chat', status: 200, headers: {}, body }
  return { reply: () => new WholeReply(completion, { ...head, cache: 'hit' }, wire) }
}
