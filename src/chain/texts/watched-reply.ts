import { BaseReply } from '../../chat/reply.ts'
import type { Chunk, Completion, Reply, ReplyEnd, ReplyHead, Wire } from '../../contract/index.ts'

/** Sees what the reader of a reply gets. */
export interface Watcher {
  sawWhole: (completion: Completion) => void
  sawBytes: (bytes: Uint8Array) => void
  sawFrames: (frames: string) => void
  sawChunk: (chunk: Chunk) => void
}

/** A reply that shows its body to a watcher while it is read. */
export class WatchedReply extends BaseReply {
  readonly wire?: Wire
  readonly #source: Reply
  readonly #watcher: Watcher

  constructor(source: Reply, watcher: Watcher) {
    super()
    this.#source = source
    this.#watcher = watcher
    if (source.wire) this.wire = { ...source.wire, body: watchedBody(source.wire.body, watcher) }
  }

  get head(): ReplyHead {
    return this.#source.head
  }

  get done(): Promise<ReplyEnd> {
    return this.#source.done
  }

  cancel(reason?: unknown): void {
    this.#source.cancel(reason)
  }

  protected async *chunks(): AsyncGenerator<Chunk> {
    for await (const chunk of this.#source) {
      this.#watcher.sawChunk(chunk)
      yield chunk
    }
  }

  protected async whole(): Promise<Completion> {
    const completion = await this.#source.completion()
    this.#watcher.sawWhole(completion)
    return completion
  }
}

function watchedBody(body: Wire['body'], watcher: Watcher): Wire['body'] {
  if (!(body instanceof Uint8Array)) return watchedFrames(body, watcher)
  watcher.sawBytes(body)
  return body
}

async function* watchedFrames(frames: AsyncIterable<string>, watcher: Watcher): AsyncGenerator<string> {
  for await (const text of frames) {
    watcher.sawFrames(text)
    yield text
  }
}
