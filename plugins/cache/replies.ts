import type {
  CacheStatus,
  Chunk,
  Completion,
  ReplyEnd,
  Reply,
  ReplyHead,
  Wire,
} from '../../src/contract/index.ts'
import { CompleteReply } from '../../src/chat/reply.ts'

/** A complete reply with a given head and given bytes. */
export class WholeReply extends CompleteReply {
  override readonly head: ReplyHead
  readonly wire?: Wire

  constructor(completion: Completion, head: ReplyHead, wire: Wire | undefined) {
    super(completion)
    this.head = head
    if (wire) this.wire = wire
  }
}

/** An unchanged reply whose head shows what the cache did. */
export class MarkedReply implements Reply {
  readonly head: ReplyHead
  readonly wire?: Wire
  readonly done: Promise<ReplyEnd>
  readonly #reply: Reply

  constructor(reply: Reply, cache: CacheStatus) {
    this.#reply = reply
    this.head = { ...reply.head, cache }
    this.done = reply.done
    if (reply.wire) this.wire = reply.wire
  }

  [Symbol.asyncIterator](): AsyncIterator<Chunk> {
    return this.#reply[Symbol.asyncIterator]()
  }

  completion() {
    return this.#reply.completion()
  }

  text() {
    return this.#reply.text()
  }

  texts() {
    return this.#reply.texts()
  }

  message() {
    return this.#reply.message()
  }

  cancel(reason?: unknown): void {
    this.#reply.cancel(reason)
  }
}
