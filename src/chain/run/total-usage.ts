import type { Chunk, MeterReading, Reply } from '../../contract/index.ts'
import { TransformedReply } from '../../chat/transform-reply.ts'
import { chunkOfPart, usageChunk } from '../../chat/merge.ts'

/** A reply with the usage of all calls of its request; a stream has it in its last chunk. */
export function withTotalUsage(reply: Reply, meter: MeterReading): Reply {
  return new TransformedReply(reply, {
    completion: async whole => {
      await reply.done
      return { ...whole, usage: meter.usage }
    },
    chunks: source => chunksWithTotal(reply, source, meter),
  })
}

async function* chunksWithTotal(
  reply: Reply,
  source: AsyncIterable<Chunk>,
  meter: MeterReading,
): AsyncGenerator<Chunk> {
  for await (const chunk of source) {
    const part = chunkOfPart(chunk, reply.head, 0)
    if (part) yield part
  }
  await reply.done
  yield usageChunk(reply.head, meter.usage)
}
