import type { Chunk, Meter, Reply } from '../../contract/index.ts'
import { TransformedReply } from '../../chat/transform-reply.ts'
import { chunkOfPart, usageChunk } from '../../chat/merge.ts'

/** A reply that tells the usage of all calls of its request; a stream tells it in its last chunk. */
export function summed(reply: Reply, meter: Meter): Reply {
  return new TransformedReply(reply, {
    completion: async whole => {
      await reply.done
      return { ...whole, usage: meter.usage }
    },
    chunks: source => summedChunks(reply, source, meter),
  })
}

async function* summedChunks(
  reply: Reply,
  source: AsyncIterable<Chunk>,
  meter: Meter,
): AsyncGenerator<Chunk> {
  for await (const chunk of source) {
    const part = chunkOfPart(chunk, reply.head, 0)
    if (part) yield part
  }
  await reply.done
  yield usageChunk(reply.head, meter.usage)
}
